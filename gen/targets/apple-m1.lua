return {
    name = "apple-m1",
    description = "Apple M1 under Linux",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod" },
    flags = {},
}
