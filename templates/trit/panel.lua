-- Panels of ternary symbols: groups may begin inside a unit of 160 codes, and a panel has whole units.

local panel = {}

local UNIT_K = 160

-- A reason against panels of so many codes, a multiple of UNIT_K, or nil.
function panel.refuse(format, codes)
    if codes < format.group then
        return ("a panel of %d codes is less than a group"):format(codes)
    end
    local step = format.group > 0 and codes // format.group * format.group or codes
    for first = 0, (UNIT_K - 1) * step, step do
        if first % UNIT_K + step > codes then
            return ("a panel of %d codes has no room for the units that groups of %d begin in"):format(
                codes, format.group)
        end
    end
end

return panel
