-- Ternary weights, 3 codes in 5 bits, for table lookup.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local sums_sign = require("sign.sums")

local function refuse_sign(format, _, numbers)
    return method_cost.triples(format) or method_cost.whole_block(numbers)
end

-- Operations on 3 codes: index and sign, which the tokens of a tile share; of each token lookups,
-- signs and additions, and an eighth of what widens the sums.
local INDEX, TOKEN = 2.6, { exact = 6.7, table = 4.5 }

local function layout_of(_, numbers, isa)
    return layout.sign(isa.vector, numbers.b)
end

local function cost(format, mode, numbers, isa)
    return (INDEX / numbers.n + TOKEN[mode]) / (3 * isa.vector), method_cost.group(format, isa)
end

local function tile(m, n, p, f)
    return { b = m, m = m, n = n, p = p, f = f }
end

return {
    {
        family = "lut",
        name = "sign",
        loop = "sign",
        isas = {
            ssse3 = true, avx2 = true, avxvnni = true, neon32 = true, neon = true,
            dotprod = true, i8mm = true,
        },
        modes = { exact = true },
        act = "sign16",
        gemv = { tile(1, 1), tile(1, 1, 4) },
        gemm = { tile(1, 2), tile(1, 4) },
        template = "tile/tiles.c.in",
        note = "3 codes are an index and a sign: PSHUFB looks up\n"
            .. " * the two bytes of a sum of 3 activations, PSIGNB applies the sign, 8 such sums\n"
            .. " * add in a byte and PMADDUBSW joins the two bytes.",
        sums = sums_sign.symbols,
        layout = layout_of,
        refuse = function(format, mode, numbers)
            return refuse_sign(format, mode, numbers)
                or numbers.b > 1 and "sums in two bytes fill the registers of one vector of rows"
                or nil
        end,
        cost = cost,
    },
    {
        family = "lut",
        name = "sign",
        loop = "sign",
        isas = {
            ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, neon32 = true, neon = true,
        },
        modes = { table = true },
        act = "sign8",
        gemv = { tile(1, 1), tile(2, 1), tile(1, 1, 4), tile(2, 1, 4) },
        few = { tile(1, 2, 4), tile(2, 2, 4), tile(1, 4, 4) },
        gemm = { tile(1, 2), tile(2, 2), tile(1, 4), tile(2, 4) },
        template = "tile/tiles.c.in",
        note = "3 codes are an index and a sign: one lookup of the\n"
            .. " * sum of 3 activations, to which the sign is applied; added in 16 bits.",
        sums = sums_sign.symbols,
        layout = layout_of,
        refuse = function(format, mode, numbers, isa)
            return refuse_sign(format, mode, numbers)
                or method_cost.registers((2 * numbers.n + 1) * numbers.m + 6, isa.registers)
        end,
        cost = cost,
    },
    {
        family = "lut",
        name = "twinsign",
        loop = "twinsign",
        isas = { dotprod = true, i8mm = true },
        modes = { table = true },
        act = "sign8",
        gemv = { tile(2, 1), tile(4, 1), tile(2, 1, 4), tile(4, 1, 4) },
        few = { tile(2, 2, 4), tile(4, 2, 4), tile(2, 4, 4) },
        gemm = { tile(2, 2), tile(4, 2), tile(2, 4) },
        template = "tile/tiles.c.in",
        note = "3 codes are an index of two tables at once, those of\n"
            .. " * sums of 3 activations and of minus the sums; entries are added in 16 bits.",
        sums = sums_sign.symbols,
        layout = function(_, numbers, isa)
            return layout.twinsign(isa.vector, numbers.b)
        end,
        refuse = function(format, mode, numbers, isa)
            return refuse_sign(format, mode, numbers)
                or method_cost.registers(2 * numbers.n * (numbers.m + 2) + 6, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            return (1.75 / numbers.n + 3) / (3 * isa.vector), method_cost.group(format, isa)
        end,
    },
    {
        family = "lut",
        name = "quadsign",
        loop = "quadsign",
        isas = { avx512vbmi = true },
        modes = { table = true },
        act = "sign8",
        gemv = {
            tile(4, 1), tile(8, 1), tile(4, 1, 2, 8), tile(4, 1, 4, 16), tile(8, 1, 2, 8),
            tile(8, 1, 4, 16),
        },
        few = { tile(4, 2, 2, 8), tile(4, 4, 2, 8), tile(8, 2, 2, 8) },
        gemm = { tile(4, 2), tile(4, 4), tile(8, 2) },
        template = "tile/tiles.c.in",
        note = "3 codes are an index and a sign: VPERMB looks up four\n"
            .. " * tables at once, a mask of signs negates, VPDPBUSD adds four entries of a row.",
        sums = bounds.none,
        layout = function(_, numbers)
            return layout.quadsign(16, numbers.b)
        end,
        refuse = refuse_sign,
        cost = function(format, _, numbers, isa)
            return (5 / numbers.n + 6) / 384, method_cost.group(format, isa)
        end,
    },
}
