return {
    name = "graviton4",
    description = "AWS Graviton 4 (Neoverse V2)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    flags = { "-mtune=neoverse-n2" },
}
