-- Ternary weights, 3 codes in 5 bits, for table lookup.

local layout = require("layout")
local method_cost = require("method_cost")

-- Operations on 3 codes: index and sign, which the tokens of a tile share; of each token 2 lookups,
-- signs and additions, and an eighth of what widens the sums.
local INDEX, TOKEN = 2.6, 6.7

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
        gemv = { { b = 1, m = 1, n = 1 }, { b = 1, m = 1, n = 1, p = 4 } },
        gemm = { { b = 1, m = 1, n = 2 }, { b = 1, m = 1, n = 4 } },
        template = "tiles.c.in",
        note = "3 codes are an index and a sign: PSHUFB looks up\n"
            .. " * the two bytes of a sum of 3 activations, PSIGNB applies the sign, 8 such sums\n"
            .. " * add in a byte and PMADDUBSW joins the two bytes.",
        layout = function(_, _, isa)
            return layout.sign(isa.vector)
        end,
        refuse = function(format)
            if not format.ternary then
                return "only ternary codes come three in a symbol"
            elseif format.group > 0 then
                return ("symbols of 3 codes do not end where groups of %d do"):format(format.group)
            end
        end,
        cost = function(format, _, numbers, isa)
            return (INDEX / numbers.n + TOKEN) / (3 * isa.vector)
                + method_cost.group(format, isa)
        end,
    },
}
