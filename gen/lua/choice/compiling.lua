-- Which candidates are compiled with a library, as --candidates says. Pure.
local selection = require("choice.selection")
local shortlist = require("space.shortlist")

local compiling = {}

-- What --candidates says where one of each method is enough.
compiling.FIRST = "first"

-- The kernels that are compiled, and the others. `candidates` is compiling.FIRST, or how many that
-- no method lists (or nil). The untuned choice is always among the first, so that no measurement
-- changes what they are.
function compiling.of(kernels, candidates)
    if candidates ~= compiling.FIRST then
        return shortlist.of(kernels, candidates)
    end
    local listed, others = shortlist.of(kernels)
    local first, left = shortlist.first(listed, selection.library(listed, {}))
    return first, table.move(left, 1, #left, #others + 1, others)
end

return compiling
