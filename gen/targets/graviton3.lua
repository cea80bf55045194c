return {
    name = "graviton3",
    description = "AWS Graviton 3 (Neoverse V1)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod", "i8mm" },
    mca = "neoverse-v1",
    cache = { l1 = 64, l2 = 1024, l3 = 32768 },
    flags = {},
}
