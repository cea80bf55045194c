return {
    name = "zen3",
    description = "AMD Zen 1 to 3",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2" },
    flags = {},
    streams = true,
    mca = "znver3",
}
