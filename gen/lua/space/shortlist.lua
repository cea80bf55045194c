-- Which candidates are compiled: all that methods list, and of the rest, ranked by the model alone,
-- the first for each op, format, mode and ISA. Pure.
local shortlist = {}

-- How many of the rest where nobody asks for more: their tiles and prefetch distances are worse by
-- a guess (tile.lua, distance.lua), and each kernel is compiled and verified with every library.
shortlist.COUNT = 0

local function group_of(kernel)
    return table.concat({ kernel.op, kernel.format.key, kernel.mode, kernel.isa.name }, " ")
end

-- The kernels that are compiled with `count` (or nil) of the rest; and the others. In their order.
function shortlist.of(kernels, count)
    local order = table.move(kernels, 1, #kernels, 1, {})
    table.sort(order, function(a, b)
        return a.rank ~= b.rank and a.rank < b.rank or a.rank == b.rank and a.name < b.name
    end)
    local taken, is_compiled = {}, {}
    for _, kernel in ipairs(order) do
        local group = group_of(kernel)
        taken[group] = (taken[group] or 0) + (kernel.listed and 0 or 1)
        is_compiled[kernel.name] = kernel.listed or taken[group] <= (count or shortlist.COUNT)
    end
    local compiled, others = {}, {}
    for _, kernel in ipairs(kernels) do
        table.insert(is_compiled[kernel.name] and compiled or others, kernel)
    end
    return compiled, others
end

return shortlist
