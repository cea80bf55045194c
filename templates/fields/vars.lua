-- Variables of the dot products whose bytes hold several rows.

local sums_fields = require("fields.sums")

return function(record)
    local bits, group, numbers = record.format.bits, record.format.group, record.numbers
    local fields = 8 // bits
    local held = group > 0 and not record.format.zero_points and record.format.step == 1
    return {
        packed = numbers.m // fields,
        packed_block = numbers.b // fields,
        chunk_k = not numbers.k and sums_fields.CHUNK or nil,
        held = held,
        signed_bytes = record.isa.signed or false,
        -- The bits of a byte up to field f.
        up_to = function(x, f)
            local mask = (1 << bits * (f + 1)) - 1
            return mask == 255 and x or ("v_and(%s, v_set_i8(%d))"):format(x, mask)
        end,
    }
end
