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

return list
