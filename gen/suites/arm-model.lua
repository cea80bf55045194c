-- The figures that kernels for ARM are built to reach, on llvm-mca's models of the cores.
-- README.md says what the fields mean.
-- Ternary weights packed at 1.6 or 1.67 bits.
local DENSE = { "_trit_", "sign_" }

return {
    name = "arm-model",
    description = "weights and multiply-adds a cycle on models of ARM cores",
    runs = {
        { name = "rpi5", target = "rpi5", n = { 1 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "rpi4", target = "rpi4", n = { 1 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "rk3588-little", target = "rk3588-little", n = { 1 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "graviton4", target = "graviton4", n = { 1 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "rpi5, N = 32", target = "rpi5", n = { 32 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "rpi4, N = 32", target = "rpi4", n = { 32 }, formats = { "w1g128", "w2g128" } },
        { name = "graviton4, N = 32", target = "graviton4", n = { 32 },
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
    },
    figures = {
        { title = "Neoverse N1 (Cortex-A76), N = 1: weights a cycle",
            run = "rpi5", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 34 },
                { format = "w2g128", at_least = 19 },
                { format = "w3g128", at_least = 13 },
                { format = "w4g128", at_least = 19 },
                { label = "t, 2.0 bits", format = "t", without = DENSE, at_least = 19 },
                { label = "t, 1.67 bits", format = "t", with = DENSE, at_least = 20 },
            } },
        { title = "Cortex-A57 (Cortex-A72), N = 1: weights a cycle",
            run = "rpi4", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 19 },
                { format = "w2g128", at_least = 10.5 },
                { format = "w3g128", at_least = 7 },
                { format = "w4g128", at_least = 7.8 },
                { label = "t, 2.0 bits", format = "t", without = DENSE, at_least = 10.8 },
                { label = "t, 1.67 bits", format = "t", with = DENSE, at_least = 12.5 },
            } },
        { title = "Cortex-A55, N = 1: weights a cycle",
            run = "rk3588-little", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 12.5 },
                { format = "w2g128", at_least = 6.8 },
                { format = "w3g128", at_least = 3.6 },
                { format = "w4g128", at_least = 5.8 },
                { label = "t, 2.0 bits", format = "t", without = DENSE, at_least = 6.8 },
                { label = "t, 1.67 bits", format = "t", with = DENSE, at_least = 5.8 },
            } },
        { title = "Neoverse V2, N = 1: weights a cycle",
            run = "graviton4", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 68 },
                { format = "w2g128", at_least = 38 },
                { format = "w3g128", at_least = 26 },
                { format = "w4g128", at_least = 37 },
                { label = "t, 2.0 bits", format = "t", without = DENSE, at_least = 38 },
                { label = "t, 1.67 bits", format = "t", with = DENSE, at_least = 39 },
            } },
        { title = "Neoverse N1 (Cortex-A76), N = 32: multiply-adds a cycle",
            run = "rpi5, N = 32", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 56 },
                { format = "w2g128", at_least = 32 },
                { format = "t", at_least = 32 },
                { format = "w3g128", at_least = 26 },
                { format = "w4g128", at_least = 26 },
            } },
        { title = "Cortex-A57 (Cortex-A72), N = 32: multiply-adds a cycle",
            run = "rpi4, N = 32", key = "weights_per_cycle", pick = "largest", items = {
                { format = "w1g128", at_least = 27 },
                { format = "w2g128", at_least = 15 },
            } },
        { title = "Neoverse V2, N = 32: multiply-adds a cycle",
            run = "graviton4, N = 32", key = "weights_per_cycle", pick = "largest", at_least = 90,
            items = {
                { format = "w1g128" }, { format = "w2g128" }, { format = "w3g128" },
                { format = "w4g128" }, { format = "t" },
            } },
    },
}
