-- Integer dot products of codes whose bytes hold several rows: `fields` for few tokens,
-- `fieldpanel` for many.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local sums_fields = require("fields.sums")


local function layout_of(format, numbers, isa)
    return layout.fields(isa.vector // 4, numbers.b, format.bits)
end

-- A reason against fields that do not fill the bytes of a tile.
local function refuse_fields(format, numbers)
    if format.bits == 3 then
        return "fields of 3 bits do not fill a byte"
    elseif numbers.m % (8 // format.bits) ~= 0 then
        return ("a tile of %d vectors of rows has no whole bytes"):format(numbers.m)
    end
    return method_cost.even_parts(numbers)
end

return {
    {
        family = "dot",
        name = "fields",
        loop = "fields",
        isas = { dotprod = true, i8mm = true },
        modes = { exact = true },
        gemv = {
            { b = 4, m = 4, n = 1 }, { b = 8, m = 8, n = 1 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 }, { b = 8, m = 8, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 4, m = 4, n = 4, p = 2, f = 8 }, { b = 8, m = 8, n = 2, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "a byte holds fields of several rows, each field has a\n"
            .. " * sum of the byte's bits up to its own; the sum of the field below is taken off\n"
            .. " * at the end of a group.",
        sums = sums_fields.bytes,
        layout = layout_of,
        refuse = function(format, _, numbers, isa)
            return refuse_fields(format, numbers) or method_cost.whole_block(numbers)
                or method_cost.registers(numbers.m * numbers.n + 8, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local fields = 8 // format.bits
            return (1 + (fields - 1) / fields / numbers.n) / isa.vector,
                method_cost.group(format, isa, 2)
        end,
    },
    {
        family = "dot",
        name = "fieldpanel",
        loop = "fields",
        isas = { dotprod = true },
        modes = { exact = true },
        gemv = {},
        gemm = {
            { b = 4, m = 4, n = 4, k = 512 }, { b = 8, m = 4, n = 4, k = 512 },
            { b = 8, m = 8, n = 2, k = 512 },
        },
        template = "panel/panel.c.in",
        note = "fields are unpacked once to a panel of bytes in the\n"
            .. " * level 1 cache, which serves all tokens of a block; each lane of a vector of\n"
            .. " * activations multiplies by itself.",
        sums = bounds.none,
        layout = layout_of,
        refuse = function(format, _, numbers, isa)
            if numbers.m == 8 and format.bits > 1 then
                return "half as many rows by twice as many tokens take fewer loads"
            end
            return refuse_fields(format, numbers) or method_cost.even_tokens(numbers, isa)
                or method_cost.registers(numbers.m * (numbers.n + 1) + 2, isa.registers)
                or method_cost.busy(numbers.m * numbers.n, isa)
        end,
        cost = function(format, _, numbers, isa)
            return (1 + 0.1 / numbers.m + 0.1 / numbers.n) / isa.vector,
                method_cost.group(format, isa), 0.001
        end,
    },
}
