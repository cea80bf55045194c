return {
    name = "armv8",
    description = "any 64-bit ARM CPU",
    arch = "aarch64",
    triple = "aarch64-linux-gnu",
    isas = { "c", "neon", "dotprod", "i8mm" },
    flags = {},
}
