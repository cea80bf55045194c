return {
    name = "sapphire-rapids",
    description = "Intel Sapphire and Emerald Rapids (Xeon, 4th and 5th generation)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avx512vbmi", "amx" },
    flags = {},
    mca = "sapphirerapids",
}
