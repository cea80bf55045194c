-- Variables of the templates of AMX.

-- Groups whose ends, for a block of tokens, are at hand together: 48 KiB of stack.
local GROUPS = 32

-- Codes along K of a tile, or the whole group.
local TILE_K = 64

-- The variables of one kernel; `row_panels` is how many panels of a row go together where their ends
-- take no room.
return function(record, row_panels)
    local group = record.format.group
    if group == 0 then
        return { tile_k = TILE_K, panels = row_panels }
    end
    local panel_groups = math.max(1, record.numbers.k // group)
    local panels = GROUPS // panel_groups
    return {
        tile_k = math.min(TILE_K, group),
        panels = panels,
        amx_groups = panels * panel_groups,
    }
end
