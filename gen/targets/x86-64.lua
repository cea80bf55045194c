return {
    name = "x86-64",
    description = "any 64-bit x86 processor, each with the best level it has",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "ssse3", "avx2", "avxvnni", "avx512bw", "avx512vbmi", "amx" },
    flags = {},
}
