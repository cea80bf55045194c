-- Variables of the template of AMX.

local expression = require("expression")

-- Groups whose ends, for a block of tokens, are at hand together: 48 KiB of stack.
local GROUPS = 32

-- Codes along K of a tile, or the whole group.
local TILE_K = 64

-- The variables of one kernel; `row_panels` is how many panels of a row go together where their
-- ends take no room.
return function(record, row_panels)
    local group = record.format.group
    if group == 0 then
        return { tile_k = TILE_K, panels = row_panels }
    end
    local panel_groups = math.max(1, record.numbers.k // group)
    local panels = GROUPS // panel_groups
    return {
        tile_k = math.min(TILE_K, group),
        sum_of_end = record.format.zero_points and "act_sum[g]"
            or expression.plus("V_SUM_START", expression.times(-record.format.zero, "act_sum[g]")),
        panels = panels,
        amx_groups = panels * panel_groups,
    }
end
