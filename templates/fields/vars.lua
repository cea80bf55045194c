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
        part_bytes = numbers.m // fields * record.isa.vector,
        chunk_k = group,
        chunk_end = group > 0 and group
            or ("k + %d < a->k_group ? k + %d : a->k_group"):format(MOST_K, MOST_K),
        held = held,
        -- What an accumulator starts at: the sum of its field or, of the fields above the first, of
        -- the accumulator below.
        acc_start = function(t, v)
            if group > 0 and v % fields == fields - 1 then
                return ("v_spread_4(&whole[%d])"):format(t)
            end
            return held and ("v_spread_4(&start[%d])"):format(t) or "v_zero()"
        end,
        -- The bits of a byte up to field f.
        up_to = function(x, f)
            local mask = (1 << bits * (f + 1)) - 1
            return mask == 255 and x or ("v_and(%s, v_set_i8(%d))"):format(x, mask)
        end,
    }
end
