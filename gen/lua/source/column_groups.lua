-- Which group each column is in, where a file says so (act-order: GPTQ's g_idx).
local elements = require("source.elements")
local wrong = require("source.wrong")

local column_groups = {}

local function check_range(model, tensor, list, groups)
    for column, group in ipairs(list) do
        if group < 0 or group >= groups then
            wrong(model, tensor, "has column %d in group %d; its groups are 0 to %d", column - 1,
                group, groups - 1)
        end
    end
end

-- Whether all columns are in the groups that follow one another.
local function in_order(list, group)
    for column, of in ipairs(list) do
        if of ~= (column - 1) // group then
            return false
        end
    end
    return true
end

-- Whether each group has so many columns, the last those that are left.
local function are_whole(list, group)
    local counts = {}
    for _, of in ipairs(list) do
        counts[of] = (counts[of] or 0) + 1
    end
    local last = (#list - 1) // group
    for of, count in pairs(counts) do
        if of > last or count ~= math.min(group, #list - of * group) then
            return false
        end
    end
    return true
end

-- What a tensor of K numbers says of groups of so many columns, or nil where it says what is so
-- without it: { list = the group of each column, from 0, whole = whether sorting by it gives groups
-- of that size }.
function column_groups.read(model, tensor, k, group, groups)
    local list = elements.read(model, tensor, 0, k)
    check_range(model, tensor, list, groups)
    if in_order(list, group) then
        return nil
    end
    return { list = list, whole = are_whole(list, group) }
end

return column_groups
