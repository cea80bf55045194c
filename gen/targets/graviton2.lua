return {
    name = "graviton2",
    description = "AWS Graviton 2 (Neoverse N1)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    mca = "neoverse-n1",
    cache = { l1 = 64, l2 = 1024, l3 = 32768 },
    flags = {},
}
