return {
    name = "zen4",
    description = "AMD Zen 4 (Ryzen 7000, EPYC 9004)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avx512vbmi" },
    flags = {},
    streams = true,
    mca = "znver4",
}
