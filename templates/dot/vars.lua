-- Variables of the integer dot products' templates.

local sums_dot = require("dot.sums")

-- A C expression: field f of the vector x, for 3 bits with its top bit from `top`, as bytes; for
-- 1 bit twice the code, which is what enters the sum.
local function code_expression(bits, vector_index, f, x, top)
    local function shift(value, count)
        if count == 0 then
            return value
        end
        return ("v_sh%s_u16(%s, %d)"):format(count > 0 and "r" or "l", value,
            math.abs(count))
    end
    if bits == 3 then
        return ("v_join3(%s, %s)"):format(shift(x, 2 * f), shift(top, 2 * f + vector_index - 2))
    end
    if bits == 1 then
        return ("v_and(%s, v_set_i8(2))"):format(shift(x, f - 1))
    end
    if bits * (f + 1) == 8 then
        return ("v_shr_u8(%s, %d)"):format(x, bits * f)
    end
    return ("v_and(%s, v_set_i8(%d))"):format(shift(x, bits * f), (1 << bits) - 1)
end

-- Codes that are summed together, or nil for all of a group.
local function chunk_of(record)
    if record.loop == "mask" then
        return sums_dot.mask_chunk(record.format)
    end
    return sums_dot.products_chunk(record.format, record.isa)
end

-- The variables of one kernel.
return function(record)
    local bits, group = record.format.bits, record.format.group
    local chunk = chunk_of(record)
    -- Those of fields are in fields/vars.lua.
    local chunk_k = chunk and (group > 0 and math.min(chunk, group) or chunk) or false
    local of_fields = record.loop == "fields" and not record.numbers.k
    return {
        fields = bits == 3 and 3 or 8 // bits,
        field_bits = bits == 3 and 2 or bits,
        byte_fields = bits == 3 and 4 or 8 // bits,
        sums_of_16_bits = record.isa.sum_bits == 16,
        chunk_k = not of_fields and chunk_k or nil,
        unroll = 2,
        code = function(vector_index, f, x, top)
            return code_expression(bits, vector_index, f, x, top)
        end,
    }
end
