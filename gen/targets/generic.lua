return {
    name = "generic",
    description = "any 64-bit x86 processor, by portable C alone",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c" },
    flags = {},
}
