return {
    name = "icelake-server",
    description = "Intel Ice Lake server (Xeon, 3rd generation)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avx512vbmi" },
    flags = {},
    mca = "icelake-server",
}
