return {
    name = "skylake-x",
    description = "Intel Skylake and Cascade Lake (Xeon, 1st and 2nd generation; Core X)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avx512bw" },
    flags = {},
    mca = "skylake-avx512",
}
