return {
    name = "rpi5",
    description = "Raspberry Pi 5 (Cortex-A76)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    mca = "neoverse-n1",
    cache = { l1 = 64, l2 = 512, l3 = 2048 },
    flags = {},
}
