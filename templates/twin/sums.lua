-- The sums of table entries that must not overflow (bounds.lua): a plane without a partner has
-- those of 16 codes, 4 of them, in one sum of 16 bits.
local bounds = require("bounds")

local sums = {}

local ENTRIES = 4 * bounds.STORED.table

-- Codes after which the sums are widened.
sums.CHUNK = bounds.half_of_codes(ENTRIES, 16, bounds.U16, bounds.ROW)

function sums.single_plane(record)
    return record.format.bits % 2 == 0 and {} or { bounds.sum("the sum of a single plane", ENTRIES,
        16, bounds.chunk_k(record), bounds.U16) }
end

return sums
