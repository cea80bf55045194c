-- Ternary weights, 5 codes in 8 bits, for the dot product: one entry for one token, one for many.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local panel_trit = require("trit.panel")
local sums_trit = require("trit.sums")

local function layout_of(_, numbers)
    return layout.trit(16, numbers.b)
end

local function refuse(format, _, numbers)
    return not format.ternary and "only ternary codes come five in a symbol"
        or numbers.k and panel_trit.refuse(format, numbers.k) or method_cost.even_parts(numbers)
end

-- How much longer the operations take than that many of them would, since they wait for one another
-- (measured, from memory: four vectors of rows 0.97, two 1.06 times as long as codes of 2 bits).
local function waits(numbers)
    return numbers.b < 4 and 1.9 or 1.75
end

return {
    {
        family = "dot",
        name = "trit",
        loop = "trit",
        isas = { avx512vbmi = true },
        modes = { exact = true },
        gemv = {
            { b = 2, m = 2, n = 1 }, { b = 2, m = 2, n = 1, p = 2, f = 8 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "5 codes are 8 bits, the bits are planes; 17 VPTERNLOG\n"
            .. " * of them are 5 codes of 2 bits, which VPDPBUSD takes as fields in place.",
        sums = sums_trit.fields,
        layout = layout_of,
        refuse = refuse,
        cost = function(format, _, numbers, isa)
            return waits(numbers) * 117 / 2560, method_cost.group(format, isa)
        end,
    },
    {
        family = "dot",
        name = "trit",
        loop = "trit",
        isas = { avx512vbmi = true },
        modes = { exact = true },
        gemv = {},
        few = { { b = 2, m = 2, n = 4, k = 640 }, { b = 4, m = 2, n = 4, k = 640 } },
        gemm = { { b = 2, m = 2, n = 8, k = 640 }, { b = 4, m = 2, n = 8, k = 640 } },
        template = "panel/panel.c.in",
        note = "5 codes are 8 bits, the bits are planes, unpacked\n"
            .. " * once to a panel of bytes in the level 1 cache, which serves a block of tokens.",
        sums = bounds.none,
        layout = layout_of,
        refuse = refuse,
        cost = function(format, _, numbers, isa)
            return (1 + 0.5 / numbers.m + 0.5 / numbers.n) / 64,
                method_cost.group(format, isa), 0.003
        end,
    },
}
