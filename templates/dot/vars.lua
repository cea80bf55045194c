-- Variables of the integer dot products' templates.

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

-- The largest number of codes, a power of two and at most 256, whose products of unsigned
-- codes and int8 sum to 16 bits. nil where sums have 32 bits.
local function dot_chunk(record)
    if record.isa.sum_bits == 32 then
        return nil
    end
    local code = ((1 << record.format.bits) - 1) * record.format.step
    local largest = record.isa.sum_products * 127 * code
    local chunk = 256
    while chunk // 4 * largest > 32767 do
        chunk = chunk // 2
    end
    return chunk
end

-- The variables of one kernel.
return function(record)
    local bits, group = record.format.bits, record.format.group
    local chunk = dot_chunk(record)
    -- Sums of 32 bits have no need of chunks; those of fields are in fields/vars.lua.
    local chunk_k = chunk and (group > 0 and math.min(chunk, group) or chunk) or false
    local of_fields = record.loop == "fields" and not record.numbers.k
    return {
        fields = bits == 3 and 3 or 8 // bits,
        field_bits = bits == 3 and 2 or bits,
        byte_fields = bits == 3 and 4 or 8 // bits,
        sums_of_16_bits = chunk and true or false,
        chunk_k = not of_fields and chunk_k or nil,
        unroll = 2,
        code = function(vector_index, f, x, top)
            return code_expression(bits, vector_index, f, x, top)
        end,
    }
end
