-- Variables of the templates for ternary codes, five in a symbol.

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

-- Units of 160 codes are 5 runs of 32; so many units are together 5 groups. A part is a group, or
-- a run where the group is the whole row.
return function(record)
    local group = record.format.group
    local runs = group > 0 and group // 32 or 1
    return {
        logic = logic,
        units = runs,
        unit_groups = 5,
        run_of = function(unit, j)
            local run = unit * 5 + j
            return { part = run // runs, starts = group > 0 and run % runs == 0,
                ends = group > 0 and run % runs == runs - 1 }
        end,
        fields_of = function(v)
            return ("field0_%d, field1_%d, field2_%d, field3_%d"):format(v, v, v, v)
        end,
    }
end
