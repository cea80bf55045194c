return {
    name = "snapdragon-x",
    description = "Qualcomm Snapdragon X under Linux (Oryon)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    flags = {},
}
