return {
    name = "rk3588",
    description = "Rockchip RK3588, four Cortex-A76 and four A55",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    mca = "neoverse-n1",
    cache = { l1 = 64, l2 = 512 },
    flags = {},
}
