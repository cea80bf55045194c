return {
    name = "haswell",
    description = "Intel Haswell to Comet Lake and from Alder Lake on, AMD Zen 1 to 3",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2" },
    flags = {},
}
