-- The sums of table entries over tokens, of 4 activations, that must not overflow (bounds.lua).
local bounds = require("bounds")

local sums = {}

-- Entries are added, times so much, in 16 bits.
local function entries(record, times)
    return { bounds.sum("the sum of a plane", 4 * bounds.ACT * times, 4, record.vars.k_block,
        bounds.I16) }
end

function sums.planes(record)
    return entries(record, 1)
end

-- Planes that count twice are doubled there.
function sums.doubled_planes(record)
    return entries(record, 2)
end

return sums
