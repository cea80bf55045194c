-- Ternary weights, 3 codes in 5 bits, for table lookup: one entry for one token, one for many.

local layout = require("layout")
local method_cost = require("method_cost")

local function method(of)
    of.family, of.name, of.loop = "lut", "sign", "sign"
    of.isas = { ssse3 = true, avx2 = true, avxvnni = true }
    of.modes = { exact = true }
    of.act = "sign16"
    of.template = "lut_sign.c.in"
    of.note = "3 codes are an index and a sign: PSHUFB looks the\n"
        .. " * sum of 3 activations up in two bytes, PSIGNB applies the sign, 8 sums add in bytes\n"
        .. " * and PMADDUBSW joins the two."
    of.layout = function(_, numbers, isa)
        return layout.sign(isa.vector, numbers.b)
    end
    of.refuse = function(format)
        if not format.ternary then
            return "only ternary codes come three in a symbol"
        elseif format.group > 0 then
            return "a symbol's codes are 8 apart: groups of 32 do not end between symbols"
        end
    end
    -- For 3 codes: index and sign, which all tokens share, and what each token does with them.
    of.cost = function(format, _, numbers, isa)
        return (2.6 / numbers.n + 6.7) / (3 * isa.vector) + method_cost.group(format, isa)
    end
    return of
end

return {
    method({
        gemv = {
            { b = 1, m = 1, n = 1 }, { b = 2, m = 2, n = 1 },
            { b = 1, m = 1, n = 1, p = 4 }, { b = 2, m = 2, n = 1, p = 4 },
        },
        gemm = { { b = 1, m = 1, n = 2 }, { b = 1, m = 1, n = 4 },  { b = 2, m = 1, n = 4 }, { b = 2, m = 2, n = 2 }},
    }),
}
