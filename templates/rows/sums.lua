-- The sums of table entries in byte lanes that must not overflow (bounds.lua): all planes of a row
-- come together in 16 bits, the low parts of exact entries in a byte.
local bounds = require("bounds")

local sums = {}

local MOST_K = 256

-- What 4 codes add.
local function of_planes(format, mode)
    return bounds.STORED[mode] * ((1 << format.bits) - 1) * format.step
end

-- Codes after which the sums are widened.
function sums.chunk(format, mode)
    local chunk = bounds.half_of_codes(of_planes(format, mode), 4, bounds.U16, MOST_K)
    return mode == "exact"
        and math.min(chunk, bounds.half_of_codes(bounds.LOW, 4, bounds.U8, MOST_K)) or chunk
end

function sums.planes(record)
    local mode, k = record.mode, bounds.chunk_k(record)
    local list = bounds.entries_in_byte(mode)
    list[#list + 1] = bounds.sum("the sum of all planes", of_planes(record.format, mode), 4, k,
        bounds.U16)
    list[#list + 1] = mode == "exact"
        and bounds.sum("the sum of low parts", bounds.LOW, 4, k, bounds.U8) or nil
    return list
end

return sums
