-- Variables of the templates for ternary codes, five in a symbol.

local sums_trit = require("trit.sums")

local vars_trit = {}

-- The number that tells v_logic what to do: bit 4 a + 2 b + c of it is f(a, b, c).
local function logic(f)
    local number = 0
    for index = 0, 7 do
        if f(index & 4 > 0, index & 2 > 0, index & 1 > 0) then
            number = number | 1 << index
        end
    end
    return number
end

local LOGIC = {
    a_and_b_and_c = logic(function(a, b, c) return a and b and c end),
    a_or_b_and_c = logic(function(a, b, c) return a or b and c end),
    a_or_b_but_not_c = logic(function(a, b, c) return a or b and not c end),
    a_if_c_or_not_b = logic(function(a, b, c) return a and (c or not b) end),
    b_but_not_a = logic(function(a, b) return not a and b end),
}

-- Groups whose values are ready together, since so many end where a unit does.
vars_trit.GROUPS = 5

-- Tiles of up to so many tokens have a sum for each plane: more have no registers for these, and
-- keep the dot products busy without.
vars_trit.TWO_SUMS = 4

-- Units of 160 codes are 5 runs of 32; so many units are together 5 groups. A part is a group, or
-- a run where the group is the whole row.
function vars_trit.of(record)
    local group = record.format.group
    local runs = group > 0 and group // 32 or 1
    return {
        chunk_k = group == 0 and not record.numbers.k and sums_trit.chunk(record.layout.unit_k)
            or nil,
        logic = LOGIC,
        -- Where plane p of vector v is in a unit, in vectors.
        plane_at = function(p, v)
            if record.loop == "quadtrit" then
                return 8 * v + p
            end
            return p * record.numbers.b + v
        end,
        units = runs,
        two_sums_tokens = vars_trit.TWO_SUMS,
        unit_groups = vars_trit.GROUPS,
        run_of = function(unit, j)
            local run = unit * 5 + j
            return { part = run // runs, starts = group > 0 and run % runs == 0,
                ends = group > 0 and run % runs == runs - 1 }
        end,
    }
end

return vars_trit
