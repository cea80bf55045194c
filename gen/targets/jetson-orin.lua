return {
    name = "jetson-orin",
    description = "NVIDIA Jetson Orin (Cortex-A78AE)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    mca = "neoverse-n1",
    cache = { l1 = 64, l2 = 256 },
    flags = {},
}
