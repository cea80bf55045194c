-- Which candidates are compiled: all that methods list, and of the rest, ranked by the model alone,
-- the first for each op, format, mode and ISA; or of each method one alone. Pure.
local shortlist = {}

-- How many of the rest where nobody asks for more: their tiles and prefetch distances are worse by
-- a guess (tile.lua, distance.lua), and each kernel is compiled and verified with every library.
shortlist.COUNT = 0

local function group_of(kernel)
    return table.concat({ kernel.op, kernel.format.key, kernel.mode, kernel.isa.name }, " ")
end

-- A copy of the list, the best by the model first.
local function ranked(kernels)
    local order = table.move(kernels, 1, #kernels, 1, {})
    table.sort(order, function(a, b)
        return a.rank ~= b.rank and a.rank < b.rank or a.rank == b.rank and a.name < b.name
    end)
    return order
end

-- The kernels that a test passes, and those that it does not. In their order.
local function parted(kernels, is_taken)
    local taken, others = {}, {}
    for _, kernel in ipairs(kernels) do
        table.insert(is_taken(kernel) and taken or others, kernel)
    end
    return taken, others
end

-- The first kernel of each method for each op, format, mode and ISA, and those in `kept` (name ->
-- true); and the others. In their order.
function shortlist.first(kernels, kept)
    local seen, is_first = {}, {}
    for _, kernel in ipairs(ranked(kernels)) do
        local group = group_of(kernel) .. " " .. kernel.method
        is_first[kernel.name] = not seen[group]
        seen[group] = true
    end
    return parted(kernels, function(kernel)
        return is_first[kernel.name] or kept[kernel.name]
    end)
end

-- The kernels that are compiled with `count` (or nil) of the rest; and the others. In their order.
function shortlist.of(kernels, count)
    local taken, is_compiled = {}, {}
    for _, kernel in ipairs(ranked(kernels)) do
        local group = group_of(kernel)
        taken[group] = (taken[group] or 0) + (kernel.listed and 0 or 1)
        is_compiled[kernel.name] = kernel.listed or taken[group] <= (count or shortlist.COUNT)
    end
    return parted(kernels, function(kernel)
        return is_compiled[kernel.name]
    end)
end

return shortlist
