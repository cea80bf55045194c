-- Small help with lists.
local list = {}

-- The names of records, in their order.
function list.names(records)
    local names = {}
    for index, record in ipairs(records) do
        names[index] = record.name
    end
    return names
end

function list.contains(values, wanted)
    for _, value in ipairs(values) do
        if value == wanted then
            return true
        end
    end
    return false
end

-- The keys of a table, which are of one kind, in their order.
function list.sorted_keys(map)
    local keys = {}
    for key in pairs(map) do
        keys[#keys + 1] = key
    end
    table.sort(keys)
    return keys
end

-- values[key], which is set to `new` and appended where there is none.
function list.keyed(values, key, new)
    if not values[key] then
        values[key] = new
        values[#values + 1] = new
    end
    return values[key]
end

return list
