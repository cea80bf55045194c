return {
    name = "rpi2",
    description = "Raspberry Pi 2 (Cortex-A7), and 32-bit systems of other boards",
    arch = "armv7",
    triple = "arm-linux-gnueabihf",
    isas = { "c", "neon32" },
    flags = { "-mtune=cortex-a7" },
}
