-- Products of small matrices of codes, for many tokens: `matrix` for the codes of layout.dot,
-- `fieldmatrix` for those of layout.fields.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")

local NOTE = "fields are unpacked once to a panel of bytes in the\n"
    .. " * level 1 cache, which serves all tokens of a block; two rows of 8 codes and two tokens\n"
    .. " * make four sums at once."

-- 16 rows by 4 tokens leave no register idle; larger tiles spill the results (93 multiply-adds a
-- cycle at 4 by 4 in llvm-mca's model of a Neoverse V2, 70 to 76 at 4 by 6, 6 by 4 and 8 by 2).
local TILES = {
    { b = 4, m = 4, n = 4, k = 512 }, { b = 8, m = 4, n = 4, k = 512 },
    { b = 8, m = 8, n = 2, k = 512 },
}

local function entry(name, loop, layout_of, refuse_fields)
    return {
        family = "dot",
        name = name,
        parts = loop == "dot",
        loop = loop,
        isas = { i8mm = true },
        modes = { exact = true },
        gemv = {},
        gemm = TILES,
        template = "panel/panel.c.in",
        note = NOTE,
        sums = bounds.none,
        layout = layout_of,
        refuse = function(format, _, numbers, isa)
            if numbers.m == 8 and format.bits > 1 then
                return "half as many rows by twice as many tokens keep their results in registers"
            end
            return refuse_fields and refuse_fields(format, numbers)
                or method_cost.even_parts(numbers) or method_cost.even_tokens(numbers, isa)
                or method_cost.registers(numbers.m * numbers.n + numbers.n + 2, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            return (0.5 + 1 / (2 * numbers.m)) / isa.vector, method_cost.group(format, isa, 1)
        end,
    }
end

return {
    entry("matrix", "dot", function(format, numbers, isa)
        return layout.dot(isa.vector // 4, numbers.b, format.bits, format.group)
    end),
    entry("fieldmatrix", "fields", function(format, numbers, isa)
        return layout.fields(isa.vector // 4, numbers.b, format.bits, isa.signed)
    end, function(format, numbers)
        if format.bits == 3 or numbers.m % (8 // format.bits) ~= 0 then
            return "fields do not fill bytes"
        end
    end),
}
