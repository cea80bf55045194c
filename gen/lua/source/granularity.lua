-- How the grammar says what a source's groups are.
local granularity = {}

local GROUPS = { 256, 128, 64, 32 }

-- The granularity of formats that holds one scale for each `group` weights of a row of `k`: the
-- longest of which whole ones fill a group, whose scale is repeated for them. Or nil and why.
function granularity.of(group, k)
    if k % group ~= 0 then
        return nil, ("groups of %d weights run over the ends of rows of %d"):format(group, k)
    end
    for _, size in ipairs(GROUPS) do
        if group % size == 0 then
            return "g" .. size
        end
    end
    if group == k then
        return "row"
    end
    return nil, ("groups of %d weights are no multiple of 32"):format(group)
end

return granularity
