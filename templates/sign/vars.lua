-- Variables of the templates for ternary codes, three in a symbol.

local UNIT_K, UNIT_SYMBOLS = 24, 8

-- Tables of mode exact hold a sum of three activations as low + BASE * high (LOOM_ACT_SIGN16 in
-- kernel.h), whose sums are added in 16 bits; those of mode table hold it in a byte.
local BASE = 31
local LARGEST = { exact = 3 * 127, table = 127 }

-- Negative signs are counted in a byte.
local MOST_UNITS = 255 // UNIT_SYMBOLS

return function(record)
    -- Units whose sums fit 16 bits.
    local units = 32767 // (UNIT_SYMBOLS * (LARGEST[record.mode] or 127))
    return { sign_base = BASE, chunk_k = math.min(units, MOST_UNITS) * UNIT_K }
end
