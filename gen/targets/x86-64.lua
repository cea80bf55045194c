return {
    name = "x86-64",
    description = "any 64-bit x86 processor; portable C only",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c" },
    flags = {},
}
