-- The sums of table entries with signs that must not overflow (bounds.lua): those of 8 symbols of 3
-- codes, in 16 bits.
local bounds = require("bounds")

local sums = {}

local UNIT_K, SYMBOLS = 24, 8

-- An entry of a symbol, and the larger of the two parts that an exact one comes in.
local ENTRY, PART = { exact = 3 * bounds.ACT, table = bounds.ENTRY.table }, 15

-- Codes after which the sums are widened: negative signs are counted in a byte.
function sums.chunk(mode)
    return math.min(bounds.codes(SYMBOLS * ENTRY[mode], UNIT_K, bounds.I16),
        bounds.codes(SYMBOLS, UNIT_K, bounds.U8))
end

function sums.symbols(record)
    local k = bounds.chunk_k(record)
    local list = { bounds.sum("the sum of symbols", SYMBOLS * ENTRY[record.mode], UNIT_K, k,
        bounds.I16) }
    list[2] = record.mode == "exact"
        and bounds.sum("the sum of a part", SYMBOLS * PART, UNIT_K, UNIT_K, bounds.I8)
        or bounds.sum("the count of signs", SYMBOLS, UNIT_K, k, bounds.U8)
    return list
end

return sums
