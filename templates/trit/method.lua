-- Ternary weights, 5 codes in 8 bits: for the dot product, and for lookups in four byte tables at
-- once. Each has one entry for one token, one for many.

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

local function tables_layout_of(_, numbers)
    return layout.quadtrit(16, numbers.b)
end

local function refuse_tables(format, mode, numbers, isa)
    return format.group == 0 and "a row that is one group has codes that come three in a symbol"
        or refuse(format, mode, numbers)
        or method_cost.registers(numbers.m * numbers.n + 2 * numbers.n + 4, isa.registers)
end

-- One token takes a block whole, several take a vector of it in turn with the others.
local function refuse_tile_of_tables(format, mode, numbers, isa)
    return refuse_tables(format, mode, numbers, isa)
        or numbers.n == 1 and method_cost.whole_block(numbers)
        or numbers.n > 1 and numbers.m > 1
        and ("planes of %d vectors of rows have no registers beside those of tokens")
            :format(numbers.m) or nil
end

-- Of 160 codes of 16 rows: operations of the decoding, planes, loads of a token's tables.
local DECODE, PLANES, TABLES = 17, 10, 10

-- How much longer those of one token take than that many would: 36 weights a cycle in cache.
local TABLES_WAIT = 1.3

local function cost_of_tile_of_tables(format, _, numbers, isa)
    local n = numbers.n
    local operations = (DECODE + 4 * PLANES) / n + 4 * PLANES + TABLES
    return (n == 1 and TABLES_WAIT or 1) * operations / 2560, method_cost.group(format, isa)
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
    {
        family = "lut",
        name = "trit",
        loop = "quadtrit",
        isas = { avx512vbmi = true },
        modes = { table = true },
        gemv = { { b = 4, m = 4, n = 1 }, { b = 4, m = 4, n = 1, p = 2, f = 8 } },
        few = { { b = 4, m = 1, n = 4, p = 2, f = 8 } },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "5 codes are 8 bits, the bits are planes; 17 VPTERNLOG\n"
            .. " * of them are planes of codes, which VPERMB looks up and VPDPBUSD adds.",
        sums = bounds.none,
        layout = tables_layout_of,
        refuse = refuse_tile_of_tables,
        cost = cost_of_tile_of_tables,
    },
    {
        family = "lut",
        name = "trit",
        loop = "quadtrit",
        isas = { avx512vbmi = true },
        modes = { table = true },
        gemv = {},
        gemm = { { b = 4, m = 4, n = 2, k = 640 } },
        template = "panel/panel.c.in",
        note = "5 codes are 8 bits, the bits are planes, unpacked\n"
            .. " * once to indices in the level 1 cache, which serve a block of tokens.",
        sums = bounds.none,
        layout = tables_layout_of,
        refuse = refuse_tables,
        cost = function(format, _, numbers, isa)
            return ((4 + 0.5 / numbers.n) * PLANES + 10 / numbers.m) / 2560,
                method_cost.group(format, isa), 0.0005
        end,
    },
}
