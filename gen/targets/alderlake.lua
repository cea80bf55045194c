return {
    name = "alderlake",
    description = "Intel Core from the 12th generation on (Alder Lake)",
    arch = "x86_64",
    triple = "x86_64-linux-gnu",
    isas = { "c", "avx2", "avxvnni" },
    flags = {},
    mca = "alderlake",
}
