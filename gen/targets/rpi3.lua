return {
    name = "rpi3",
    description = "Raspberry Pi 3 and Zero 2 W (Cortex-A53)",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon" },
    mca = "cortex-a53",
    cache = { l1 = 32, l2 = 512 },
    flags = { "-mtune=cortex-a53" },
}
