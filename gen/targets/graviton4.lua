return {
    name = "graviton4",
    description = "AWS Graviton 4 (Neoverse V2)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod", "i8mm" },
    mca = "neoverse-v2",
    cache = { l2 = 2048, l3 = 36864 },
    flags = {},
}
