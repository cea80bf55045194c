-- The methods that look byte tables up one LUT group at a time, `pair` for one token and `panel`
-- for many: entries of methods.lua.

local layout = require("layout")
local method_cost = require("cost")
local sums_pair = require("pair.sums")

local lookups, registers = method_cost.lookups, method_cost.registers

local MODES = { exact = true, table = true, table7 = true }
local ISAS = {
    ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, neon32 = true,
    neon = true, dotprod = true, i8mm = true,
}

local function layout_of(format, numbers, isa)
    return layout.pair(isa.vector, numbers.b, format.bits)
end

-- Pairs of planes and a plane without a partner stand apart.
local function refuse_parts(format, numbers)
    if format.bits == 3 then
        return method_cost.whole_block(numbers)
    end
end

-- Vectors of 16-bit sums of a tile.
local function sums_of(format, mode, numbers)
    local planes = (format.bits + 1) // 2 * 2
    return planes * numbers.m * numbers.n * (mode == "exact" and 2 or 1)
end

-- Tiles of the panel method, m by n, for each length of the panel.
local function tiles_of(lengths)
    local tiles = {}
    for _, k in ipairs(lengths) do
        for m = 1, 2 do
            for _, n in ipairs({ 1, 2, 4 }) do
                tiles[#tiles + 1] = { b = m, m = m, n = n, k = k }
            end
        end
    end
    return tiles
end

-- Of the lengths that differ by 2 one is right: the longest that leaves most of a level 1 cache
-- of 32 KiB to the tables.
local function size_of_panel(format, numbers, isa)
    local kib = format.bits * numbers.m * isa.vector * numbers.k // 4096
    if numbers.k > 256 and kib > 16 then
        return ("a panel of %d KiB leaves little of the level 1 cache to the tables"):format(kib)
    elseif numbers.k == 256 and kib <= 8 then
        return ("a panel of %d KiB may be longer"):format(kib)
    end
end

-- Additions of what was looked up for a vector of weights. Exact tables come in two parts, each
-- with its sums.
local ADDS = { table = 4, table7 = 3, exact = 6 }

-- `unpack` operations bring the indices of a vector of weights, and the tables.
local function cost_of(format, mode, unpack, isa)
    local step = unpack + lookups(mode) / 2 + ADDS[mode]
    return step * format.bits / (8 * isa.vector),
        method_cost.group(format, isa, mode == "exact" and 16 or 8)
end

return {
    {
        family = "lut",
        name = "pair",
        loop = "pair",
        isas = ISAS,
        modes = MODES,
        gemv = {
            { b = 1, m = 1, n = 1 }, { b = 2, m = 2, n = 1 },
            { b = 2, m = 2, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 1, m = 1, n = 2, p = 2, f = 8 }, { b = 1, m = 1, n = 4, p = 2, f = 8 },
            { b = 2, m = 2, n = 2, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "VPMADDUBSW adds the entries of two planes in 16\n"
            .. " * bits, which are widened before they can overflow; a plane without a partner\n"
            .. " * has two rows in a 16-bit lane, told apart by a second sum of the high bytes.",
        sums = sums_pair.planes,
        layout = layout_of,
        refuse = function(format, mode, numbers, isa)
            local needed = sums_of(format, mode, numbers) + lookups(mode) // 2
            -- Four of them may stay in memory.
            return refuse_parts(format, numbers) or registers(needed - 4, isa.registers)
        end,
        cost = function(format, mode, numbers, isa)
            return cost_of(format, mode, 4 / numbers.n, isa)
        end,
    },
    {
        family = "lut",
        name = "panel",
        loop = "pair",
        isas = ISAS,
        modes = MODES,
        gemv = {},
        gemm = tiles_of({ 256, 512 }),
        template = "panel/panel.c.in",
        note = "indices are unpacked once to a panel in the\n"
            .. " * level 1 cache, which serves all tokens of a block; added as lut_pair does it.",
        sums = sums_pair.planes,
        layout = layout_of,
        refuse = function(format, mode, numbers, isa)
            local sums, others = sums_of(format, mode, numbers), lookups(mode) // 2 + 3
            if 2 * sums + others <= isa.registers then
                return "leaves half of the vector registers idle"
            end
            return refuse_parts(format, numbers) or size_of_panel(format, numbers, isa)
                or registers(sums + others, isa.registers)
        end,
        cost = function(format, mode, numbers, isa)
            return cost_of(format, mode, 0.5 / numbers.n + 1 / numbers.m, isa)
        end,
    },
}
