return {
    name = "zen5",
    description = "AMD Zen 5 (Ryzen 9000, EPYC 9005)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avx512vbmi" },
    flags = {},
    mca = "znver4",
}
