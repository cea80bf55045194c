-- Variables of the templates for ternary codes, three in a symbol.

-- Tables hold a sum of three activations as low + BASE * high (LOOM_ACT_SIGN16 in kernel.h).
local BASE = 31
local LARGEST = 3 * 127
local UNIT_K, UNIT_SYMBOLS = 24, 8

return function()
    -- Units whose sums fit 16 bits.
    local units = 32767 // (UNIT_SYMBOLS * LARGEST)
    return { sign_base = BASE, sign_chunk = units * UNIT_K }
end
