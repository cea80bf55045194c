return {
    name = "haswell",
    description = "Intel Haswell to Comet Lake",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2" },
    flags = {},
    mca = "haswell",
}
