-- Panels of ternary symbols: groups may begin inside a unit of 160 codes, but whole units are
-- unpacked.

local panel = {}

-- A unit is so many runs of 32 codes, of which all groups are multiples.
local RUNS, RUN_K = 5, 32

-- A reason against panels of so many codes, or nil.
function panel.refuse(format, codes)
    if codes < format.group then
        return ("a panel of %d codes is less than a group"):format(codes)
    end
    local group = format.group > 0 and format.group or codes
    local step = codes // group * group
    for first = 0, (RUNS - 1) * step, step do
        if first % (RUNS * RUN_K) + step > codes then
            return ("a panel of %d codes has no room for the units that groups of %d begin in")
                :format(codes, group)
        end
    end
end

return panel
