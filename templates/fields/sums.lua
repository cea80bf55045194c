-- The sums of bytes of fields that must not overflow (bounds.lua): those of a byte's bits up to a
-- field, whose differences are shifted down.
local bounds = require("bounds")
local code_parts = require("parts")

local sums = {}

local BYTE = 255 * bounds.ACT

sums.CHUNK = bounds.half_of_codes(BYTE, 1, bounds.I32, bounds.ROW)

function sums.bytes(record)
    local format, list = record.format, {}
    if record.vars.pair_sums then
        list[1] = bounds.sum("the sum of a sub-block", bounds.ACT * code_parts.largest_code(format),
            1, format.sub, bounds.I16)
    end
    list[#list + 1] = bounds.sum("the sum of bytes", BYTE, 1, bounds.chunk_k(record), bounds.I32)
    return list
end

return sums
