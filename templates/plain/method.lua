-- Portable C: one row at a time.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")

-- C leaves open what an int32_t does that overflows.
local function sum_of(record, adds, of)
    return bounds.sum("the sum of products", adds * ((1 << record.format.bits) - 1), of,
        bounds.chunk_k(record), bounds.I32)
end

local function sums_of_entries(record)
    return record.mode == "exact" and {} or { sum_of(record, bounds.STORED[record.mode], 4) }
end

local function sums_of_codes(record)
    return { sum_of(record, record.format.step * bounds.ACT, 1) }
end

local ONE = { { b = 1, m = 1, n = 1 } }

local function refuse(_, _, numbers)
    if numbers.b > 1 or numbers.n > 1 then
        return "portable C has no tiles"
    end
end

return {
    {
        family = "lut",
        name = "plain",
        loop = "plain",
        isas = { c = true },
        modes = { exact = true, table = true, table7 = true },
        gemv = ONE,
        gemm = ONE,
        template = "plain/plain.c.in",
        note = "one row at a time.",
        sums = sums_of_entries,
        layout = function(format)
            return layout.plain_lut(format.bits)
        end,
        refuse = refuse,
        cost = function(format, mode)
            return 4 * format.bits * method_cost.lookups(mode) / 16
        end,
    },
    {
        family = "lut",
        name = "plainsign",
        loop = "plainsign",
        isas = { c = true },
        modes = { table = true },
        act = "sign8",
        gemv = ONE,
        gemm = ONE,
        template = "plain/sign.c.in",
        note = "4 rows at a time.",
        sums = bounds.none,
        layout = layout.plain_sign,
        refuse = function(format, mode, numbers)
            return method_cost.triples(format) or refuse(format, mode, numbers)
        end,
        cost = function()
            return 5
        end,
    },
    {
        family = "dot",
        name = "plain",
        parts = true,
        loop = "plain",
        isas = { c = true },
        modes = { exact = true },
        gemv = ONE,
        gemm = ONE,
        template = "plain/plain.c.in",
        note = "one row at a time.",
        sums = sums_of_codes,
        layout = function(format)
            return layout.dot(1, 1, format.bits, format.group)
        end,
        refuse = refuse,
        cost = function()
            return 0.8
        end,
    },
}
