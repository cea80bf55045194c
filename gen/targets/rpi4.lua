return {
    name = "rpi4",
    description = "Raspberry Pi 4 and 400 (Cortex-A72)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon" },
    mca = "cortex-a57",
    cache = { l1 = 32, l2 = 1024 },
    flags = {},
}
