-- The sums of bytes of fields that must not overflow (bounds.lua): those of a byte's bits up to a
-- field, whose differences are shifted down.
local bounds = require("bounds")

local sums = {}

local BYTE = 255 * bounds.ACT

sums.CHUNK = bounds.half_of_codes(BYTE, 1, bounds.I32, bounds.ROW)

function sums.bytes(record)
    return { bounds.sum("the sum of bytes", BYTE, 1, bounds.chunk_k(record), bounds.I32) }
end

return sums
