-- The sums of table entries in 16 bits that must not overflow (bounds.lua).
local bounds = require("bounds")

local sums = {}

-- Entries of two planes, the second twice; of exact ones the larger of their two parts.
local PLANES = 1 + 2
local PART = { exact = bounds.HIGH, table = bounds.STORED.table, table7 = bounds.STORED.table7 }

-- Codes after which the sums are widened.
sums.CHUNK = bounds.half_of_codes(PLANES * PART.table, 4, bounds.U16, 256)

function sums.planes(record)
    local list = bounds.entries_in_byte(record.mode)
    list[#list + 1] = bounds.sum("the sum of two planes", PLANES * PART[record.mode], 4,
        bounds.chunk_k(record), bounds.U16)
    return list
end

return sums
