-- Two byte tables at once, for instruction sets whose lookup takes two registers.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local sums_twin = require("twin.sums")

local function layout_of(format, numbers, isa)
    return layout.twin(isa.vector // 4, numbers.b, format.bits)
end

-- A plane without a partner has the bytes of two vectors of rows side by side.
local function refuse_parts(format, numbers)
    if format.bits % 2 == 1 then
        return numbers.m % 2 == 1 and "a vector of rows is half a vector of a single plane"
            or method_cost.whole_block(numbers)
    end
    return method_cost.even_parts(numbers)
end

local function refuse_planes(format, numbers)
    if format.bits == 4 then
        return "four planes take longer than the dot product of codes"
    end
    return refuse_parts(format, numbers)
end

return {
    {
        family = "lut",
        name = "twin",
        loop = "twin",
        isas = { dotprod = true, i8mm = true },
        modes = { table = true, table7 = true },
        gemv = {
            { b = 4, m = 4, n = 1 }, { b = 8, m = 8, n = 1 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 },
            { b = 8, m = 8, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 4, m = 4, n = 2, p = 2, f = 8 }, { b = 8, m = 8, n = 2, p = 2, f = 8 },
        },
        gemm = { { b = 4, m = 4, n = 4 }, { b = 8, m = 8, n = 2 }, { b = 8, m = 8, n = 4 } },
        template = "tile/tiles.c.in",
        note = "two tables at once: bit 4 of an index, which\n"
            .. " * stays in its register, tells which. A dot product adds two planes times their\n"
            .. " * weights; a plane without a partner is added in 16 bits.",
        sums = sums_twin.single_plane,
        layout = layout_of,
        refuse = function(format, _, numbers, isa)
            local sums = (format.bits // 2 + format.bits % 2 / 2) * numbers.m * numbers.n
            return refuse_planes(format, numbers)
                or method_cost.registers(sums + 2 * numbers.n + 7, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local plane = (2 / numbers.n + 4) / (8 * isa.vector)
            return plane * format.bits, method_cost.group(format, isa, format.bits % 2 * 2)
        end,
    },
    {
        family = "dot",
        name = "twinpanel",
        loop = "twin",
        isas = { dotprod = true, i8mm = true },
        modes = { exact = true },
        gemv = {},
        gemm = { { b = 4, m = 4, n = 4, k = 512 }, { b = 8, m = 8, n = 2, k = 512 } },
        template = "panel/panel.c.in",
        note = "indices are unpacked once to a panel of bytes in the\n"
            .. " * level 1 cache, the codes, which serves all tokens of a block.",
        sums = bounds.none,
        layout = layout_of,
        refuse = function(format, _, numbers, isa)
            return refuse_planes(format, numbers) or method_cost.even_tokens(numbers, isa)
        end,
        cost = function(format, _, numbers, isa)
            return (1 + 0.1 / numbers.m + 0.1 / numbers.n) / isa.vector,
                method_cost.group(format, isa), 0.003
        end,
    },
}
