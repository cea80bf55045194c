-- T-MAC's published schedule, kept to compare with.

local bounds = require("bounds")
local layout = require("layout")

-- Those of a unit are added in 16 bits.
local function entries(record)
    return { bounds.sum("the sum of entries", bounds.STORED.table, 4, record.layout.unit_k,
        bounds.U16) }
end

return {
    {
        family = "lut",
        name = "tmac",
        loop = "tmac",
        isas = { avx2 = true, neon32 = true, neon = true },
        modes = { table = true, table7 = true },
        gemv = { { b = 1 }, { b = 4 }, { b = 8 } },
        gemm = {},
        template = "tmac/tmac.c.in",
        note = "T-MAC's published schedule (arXiv 2407.00088):\n"
            .. " * every entry is widened to 16 bits and added.",
        tmac = true,
        sums = entries,
        layout = function(format, numbers)
            return layout.tmac(numbers.b, format.group == 32 and 32 or 64, format.bits)
        end,
        refuse = function(format, mode, numbers)
            if numbers.b & numbers.b - 1 ~= 0 then
                return ("a block of %d is none of T-MAC's"):format(32 * numbers.b)
            end
            if mode == "table7" and not format.triples then
                return "T-MAC's entries have 8 bits, for which mode table has tables of four"
            end
        end,
        cost = function(format)
            return 10 * format.bits / 128
        end,
    },
}
