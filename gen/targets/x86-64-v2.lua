return {
    name = "x86-64-v2",
    description = "any x86-64-v2 processor, such as Intel Nehalem and AMD Bulldozer",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "ssse3" },
    flags = {},
}
