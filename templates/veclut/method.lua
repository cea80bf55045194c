-- Tables whose rows are vectors over tokens (Vec-LUT), for many tokens: entries of methods.lua.

local layout = require("layout")
local method_cost = require("cost")
local sums_veclut = require("veclut.sums")

-- Of a level 1 cache of 32 KiB; with more than this other levels have to help. A panel of indices
-- goes through it once for all tokens of a tile.
local MOST_KIB, MOST_PANEL_KIB = 32, 24

-- For 4 codes and a vector of 16-bit sums, where two such vectors share an index. Measured on
-- AVX2, N = 128, groups of 128: one plane is 1.7 times as fast as the dot product, two planes are
-- 0.98 times as fast; and of fewer than 16 tokens it makes 16.
local OPERATIONS = { 2.1, 4.8 }

-- Codes along K whose tables are there at once, where a row is one group.
local K = 128

local GEMM = {
    { b = 1, n = 16, k = K }, { b = 2, n = 16, k = K },
    { b = 1, n = 32, k = K }, { b = 2, n = 32, k = K },
}

local NOTE = "an index picks the sums of 4 activations of\n"
    .. " * all tokens of a tile at once (Vec-LUT, arXiv 2512.06443), from tables that are\n"
    .. " * made in the level 1 cache for many rows"

local function refuse(format, _, numbers, isa)
    local vectors = 2 * numbers.n // isa.vector
    local k = format.group > 0 and format.group or numbers.k
    local kib = 8 * k * numbers.n // 1024
    local panel_kib = format.bits * numbers.b * isa.vector * k // 2048
    if format.bits > 2 then
        return "a lookup for every plane takes longer than the dot product of codes"
    elseif format.bits == 2 and (isa.sum_bits == 32 or isa.vector == 64) then
        return "two lookups take longer than this level's dot product of codes"
    elseif format.group > 0 and numbers.k ~= K then
        return ("tables are of a group of %d, whatever K is"):format(format.group)
    elseif vectors == 0 then
        return ("%d tokens do not fill a vector of sums"):format(numbers.n)
    elseif vectors == 1 and 2 * kib <= MOST_KIB then
        return "twice as many tokens share an index at no cost"
    elseif kib > MOST_KIB then
        return ("tables of %d KiB do not fit the level 1 cache"):format(kib)
    elseif panel_kib > MOST_PANEL_KIB then
        return ("a panel of %d KiB is too large beside tables of %d KiB"):format(panel_kib, kib)
    end
    return nil
end

local function cost(format, _, numbers, isa)
    local share = 0.85 + 0.15 * isa.vector / numbers.n
    return share * OPERATIONS[format.bits] / (2 * isa.vector), method_cost.group(format, isa)
end

return {
    {
        family = "veclut",
        name = "pair",
        loop = "veclut",
        isas = {
            ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, neon32 = true,
            neon = true, dotprod = true, i8mm = true,
        },
        modes = { exact = true },
        gemv = {},
        gemm = GEMM,
        template = "veclut/veclut.c.in",
        note = NOTE .. ".",
        sums = sums_veclut.planes,
        layout = function(format, numbers, isa)
            return layout.pair(isa.vector, numbers.b, format.bits)
        end,
        refuse = refuse,
        cost = cost,
    },
    {
        family = "veclut",
        name = "rows",
        loop = "veclut",
        isas = { neon = true },
        modes = { exact = true },
        gemv = {},
        gemm = GEMM,
        template = "veclut/veclut.c.in",
        note = NOTE .. "; rows share what a group ends with.",
        sums = sums_veclut.doubled_planes,
        layout = function(format, numbers, isa)
            return layout.rows(isa.vector, numbers.b, format.bits)
        end,
        refuse = function(format, mode, numbers, isa)
            if math.max(format.group, numbers.k) > 128 then
                return "sums of a plane do not fit 16 bits twice"
            end
            return refuse(format, mode, numbers, isa)
        end,
        cost = function(...)
            local steps, ends = cost(...)
            return 0.7 * steps, 0.7 * ends
        end,
    },
}
