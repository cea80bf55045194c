-- Table lookup where a byte lane is a row, for ISAs whose additions widen bytes: `rows`.

local layout = require("layout")
local method_cost = require("cost")
local sums_rows = require("rows.sums")
local vars_rows = require("rows.vars")

-- Operations on a vector of weights, 8 codes of a row each: two indices, their lookups (of which
-- the Cortex-A72 starts two in three cycles), and the additions.
local INDICES = 2
local LOOKUPS = { table = 10, table7 = 9, exact = 17 }

local function tile(m, n, p)
    return { b = m, m = m, n = n, p = p, f = p and 4 * p }
end

local function refuse(format, mode, numbers, isa)
    if mode == "exact" and format.bits > 1 then
        return "two lookups a plane take longer than the dot product of codes"
    end
    local parts = method_cost.whole_block(numbers)
    if parts then
        return parts
    end
    local sums = vars_rows.sums(format, mode) * numbers.m * numbers.n
    if sums > 16 then
        return ("%d vectors of sums leave too few registers to the rest"):format(sums)
    end
    return method_cost.registers(sums + 2 * numbers.n + 4, isa.registers)
end

return {
    {
        family = "lut",
        name = "rows",
        loop = "rows",
        isas = { neon = true },
        modes = { exact = true, table = true, table7 = true },
        gemv = { tile(1, 1), tile(2, 1), tile(1, 1, 2), tile(2, 1, 2) },
        gemm = { tile(1, 2), tile(1, 4), tile(2, 2), tile(2, 4) },
        template = "tile/tiles.c.in",
        note = "a byte lane is a row: TBL looks up one LUT group of\n"
            .. " * 16 rows, UADDW adds the entries in 16 bits, a sum for each plane.",
        sums = sums_rows.planes,
        layout = function(format, numbers, isa)
            return layout.rows(isa.vector, numbers.b, format.bits)
        end,
        refuse = refuse,
        cost = function(format, mode, numbers, isa)
            local vector = INDICES / numbers.n + LOOKUPS[mode] + 1 / numbers.m
            return vector * format.bits / (8 * isa.vector), method_cost.group(format, isa, 6)
        end,
    },
}
