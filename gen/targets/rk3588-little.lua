return {
    name = "rk3588-little",
    description = "the Cortex-A55 of an RK3588, to model; --target rk3588 for the chip",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    mca = "cortex-a55",
    cache = { l2 = 128 },
    flags = { "-mtune=cortex-a55" },
}
