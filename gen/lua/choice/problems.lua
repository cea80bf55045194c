-- The problems that a sweep measures: a library's distinct ones, as
-- runtime/tools/sweep/problems.c has them.
local format = require("input.format")

local problems = {}

-- "w2g128 4096x11008", of anything with these fields.
function problems.text(row)
    return ("%s %dx%d"):format(row.format, row.m, row.k)
end

-- Those of the rows of a library's problem table, each with the format that kernels are made for;
-- those with the most weights first.
function problems.distinct(rows)
    local found, known = {}, {}
    for _, row in ipairs(rows) do
        local problem = { format = format.parse(row.format).key, m = row.m, k = row.k, weights = 0 }
        local text = problems.text(problem)
        if not known[text] then
            known[text] = problem
            found[#found + 1] = problem
        end
        known[text].weights = known[text].weights + row.m * row.k
    end
    table.sort(found, function(a, b)
        if a.weights ~= b.weights then
            return a.weights > b.weights
        elseif a.m ~= b.m then
            return a.m > b.m
        end
        return problems.text(a) < problems.text(b)
    end)
    return found
end

-- The texts of those for which there is none among the choices of a tuning file.
function problems.without_choice(list, choices)
    local chosen, missing = {}, {}
    for _, row in ipairs(choices) do
        chosen[problems.text(row)] = true
    end
    for _, problem in ipairs(list) do
        local text = problems.text(problem)
        missing[#missing + 1] = not chosen[text] and text or nil
    end
    return missing
end

return problems
