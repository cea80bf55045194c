local check = require("check")
local format = require("input.format")
local isa = require("input.isa")
local space = require("space.space")

-- Kernels of the family for a format, and reasons why others are refused.
local function veclut(name)
    local kernels, refused = space.kernels({ format.kernel_format(assert(format.parse(name))) },
        { "exact" }, isa.list)
    local found, reasons = {}, {}
    for _, kernel in ipairs(kernels) do
        if kernel.family == "veclut" then
            found[#found + 1] = kernel
        end
    end
    for _, record in ipairs(refused) do
        if record.name:find("__veclut_", 1, true) then
            reasons[record.name:match("__veclut_(.*)$")] = record.reason
        end
    end
    return found, reasons
end

check.case("veclut: sums of the largest activations fit 16 bits, for every group", function()
    for _, name in ipairs({ "w1g32", "w1g256", "w1row", "w2g128", "w2g256z", "t" }) do
        local kernels = veclut(name)
        check.equal(#kernels > 0 and name, name)
        for _, kernel in ipairs(kernels) do
            check.equal(kernel.vars.k_block // 4 * 4 * 127 <= 32767 and name, name)
        end
    end
end)

check.case("veclut: tables fit the level 1 cache, the stack holds all", function()
    for _, name in ipairs({ "w1g32", "w1g256", "w1row", "w2g128", "w2g256z", "t" }) do
        for _, kernel in ipairs((veclut(name))) do
            local of = kernel.vars
            local tables = of.k_block // 4 * of.table_bytes
            local panel = of.k_block // 32 * of.panel_values * 2
            local sums = of.chunk_blocks * of.rows * of.tokens * 4
            check.equal(of.chunk_blocks >= 1 and tables <= 32768 and kernel.name, kernel.name)
            check.equal(tables + panel + sums <= 88 * 1024 and kernel.name, kernel.name)
        end
    end
end)

check.case("veclut: what is refused has a reason", function()
    local kernels, reasons = veclut("w3g128")
    check.equal(#kernels, 0)
    check.equal(reasons.pair_b1n32k128_avx2,
        "a lookup for every plane takes longer than the dot product of codes")
    kernels, reasons = veclut("w2g256")
    check.equal(reasons.pair_b1n32k128_avx2, "tables of 64 KiB do not fit the level 1 cache")
    check.equal(reasons.pair_b1n32k128_avx512bw,
        "two lookups take longer than this level's dot product of codes")
    check.equal(#kernels > 0, true)
    kernels, reasons = veclut("w1g128")
    check.equal(reasons.pair_b1n16k128_avx2, "twice as many tokens share an index at no cost")
    check.equal(reasons.pair_b1n16k128_avx512bw, "16 tokens do not fill a vector of sums")
    check.equal(#kernels > 0, true)
end)
