-- Tables whose rows are vectors over tokens, for many tokens: one entry of method.lua.

local layout = require("layout")
local method_cost = require("method_cost")

-- Longest K of a table, in activations.
local function longest(format, numbers)
    return math.max(format.group, numbers.k)
end

local function refuse(format, _, numbers, isa)
    local vectors = 2 * numbers.n // isa.vector
    local kib = longest(format, numbers) * numbers.n * 8 // 1024
    if vectors == 0 then
        return ("%d tokens do not fill a vector of sums"):format(numbers.n)
    elseif kib > 32 then
        return ("tables of %d KiB are larger than a level 1 cache"):format(kib)
    end
    return method_cost.registers(format.bits * vectors, isa.registers)
end

return {
    {
        family = "veclut",
        name = "pair",
        loop = "veclut",
        isas = { ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true },
        modes = { exact = true },
        gemv = {},
        gemm = {
            { b = 1, n = 16, k = 128 }, { b = 2, n = 16, k = 128 },
            { b = 1, n = 32, k = 128 }, { b = 2, n = 32, k = 128 },
        },
        template = "veclut.c.in",
        note = "an index picks the sums of 4 activations of\n"
            .. " * all tokens of a tile at once (Vec-LUT, arXiv 2512.06443), from tables that are\n"
            .. " * made in the level 1 cache for many rows.",
        layout = function(format, numbers, isa)
            return layout.pair(isa.vector, numbers.b, format.bits)
        end,
        refuse = refuse,
        cost = function(format, _, numbers, isa)
            local lookup = 1 + 0.5 * isa.vector / numbers.n
            return lookup * format.bits / (2 * isa.vector)
                + method_cost.group(format, isa, 4 * format.bits)
        end,
    },
}
