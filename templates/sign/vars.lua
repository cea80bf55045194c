-- Variables of the templates for ternary codes, three in a symbol.

local sums_sign = require("sign.sums")

-- Tables of mode exact hold a sum of three activations as low + BASE * high (LOOM_ACT_SIGN16 in
-- activations.h).
local BASE = 31

return function(record)
    return { sign_base = BASE, chunk_k = sums_sign.chunk(record.mode) }
end
