-- Variables of the dot products whose bytes hold several rows.

-- The most k, a power of two, whose differences of sums fit 32 bits: a byte's fields are at most
-- 255, an activation 127.
local MOST_K = 65536
assert(MOST_K * 255 * 127 < 2 ^ 31 and 2 * MOST_K * 255 * 127 > 2 ^ 31)

return function(record)
    local bits, group, numbers = record.format.bits, record.format.group, record.numbers
    local fields = 8 // bits
    local held = group > 0 and not record.format.zero_points and record.format.step == 1
    return {
        packed = numbers.m // fields,
        packed_block = numbers.b // fields,
        chunk_k = not numbers.k and MOST_K or nil,
        held = held,
        -- The bits of a byte up to field f.
        up_to = function(x, f)
            local mask = (1 << bits * (f + 1)) - 1
            return mask == 255 and x or ("v_and(%s, v_set_i8(%d))"):format(x, mask)
        end,
    }
end
