-- The sums of ternary codes, five in a symbol, that must not overflow (bounds.lua): those of fields
-- of 2 bits, no code of which is above 2.
local sums_dot = require("dot.sums")

local sums = {}

local BITS, LARGEST = 2, 2

function sums.chunk(unit_k)
    return sums_dot.fields_chunk(BITS, LARGEST, unit_k)
end

function sums.fields(record)
    return sums_dot.of_fields(record, BITS, LARGEST)
end

return sums
