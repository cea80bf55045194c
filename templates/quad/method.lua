-- Four byte tables at once, with VBMI: `quad` for one token and `panel` for many.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")

local lookups = method_cost.lookups

local MODES = { exact = true, table = true, table7 = true }

local function layout_of(format, numbers)
    return layout.quad(16, numbers.b, format.bits)
end

local function sums_of(record)
    return bounds.entries_in_byte(record.mode)
end

local function refuse(_, mode, numbers, isa)
    local tables = mode == "exact" and 4 or 2
    return method_cost.even_parts(numbers) or method_cost.registers(
        numbers.m * numbers.n + tables * numbers.n + 4, isa.registers)
end

-- `unpack` operations bring the indices of a vector of weights.
local function cost_of(format, mode, numbers, unpack, isa)
    local tables = lookups(mode) / 2 / numbers.m
    return ((unpack + lookups(mode)) * format.bits + tables) / 512,
        method_cost.group(format, isa)
end

return {
    {
        family = "lut",
        name = "quad",
        loop = "quad",
        isas = { avx512vbmi = true },
        modes = MODES,
        gemv = {
            { b = 4, m = 4, n = 1 }, { b = 4, m = 4, n = 1, p = 2, f = 8 },
            { b = 8, m = 8, n = 1 }, { b = 8, m = 8, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 4, m = 4, n = 2, p = 2, f = 8 }, { b = 4, m = 4, n = 4, p = 2, f = 8 },
            { b = 8, m = 4, n = 4, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "VPERMB looks up four tables at once, VPDPBUSD\n"
            .. " * adds the entries of four LUT groups times the plane's weight.",
        sums = sums_of,
        layout = layout_of,
        refuse = refuse,
        cost = function(format, mode, numbers, isa)
            return cost_of(format, mode, numbers, 4 / numbers.n, isa)
        end,
    },
    {
        family = "lut",
        name = "panel",
        loop = "quad",
        isas = { avx512vbmi = true },
        modes = MODES,
        gemv = {},
        gemm = {
            { b = 4, m = 4, n = 2, k = 512 }, { b = 4, m = 4, n = 4, k = 512 },
            { b = 8, m = 4, n = 4, k = 512 }, { b = 8, m = 8, n = 2, k = 512 },
            { b = 8, m = 8, n = 2, k = 256 },
        },
        template = "panel/panel.c.in",
        note = "indices are unpacked once to a panel in the\n"
            .. " * level 1 cache, which serves all tokens of a block; added as lut_quad does it.",
        sums = sums_of,
        layout = layout_of,
        refuse = refuse,
        cost = function(format, mode, numbers, isa)
            return cost_of(format, mode, numbers, 0.5 / numbers.n, isa)
        end,
    },
}
