-- Variables of the integer dot products' templates.

local code_parts = require("parts")
local layout = require("layout")
local sums_dot = require("dot.sums")

local function shift(value, count)
    if count == 0 then
        return value
    end
    return ("v_sh%s_u16(%s, %d)"):format(count > 0 and "r" or "l", value, math.abs(count))
end

-- C expressions: field f of the vector x, as bytes; for 1 bit twice the code, which is what enters
-- the sum.
local function low_expression(low, f, x)
    if low == 8 then
        return x
    elseif low * (f + 1) == 8 then
        return ("v_shr_u8(%s, %d)"):format(x, low * f)
    end
    return ("v_and(%s, v_set_i8(%d))"):format(shift(x, low * f), (1 << low) - 1)
end
local function code_expression(bits, vector_index, f, x, top)
    local low = layout.low_bits(bits)
    if bits == 1 then
        return ("v_and(%s, v_set_i8(2))"):format(shift(x, f - 1))
    elseif bits == low then
        return low_expression(low, f, x)
    end
    -- Where the top bits of a code are in `top`, less where they are in the code.
    local apart = low * f + (bits - low) * (vector_index % (low // (bits - low))) - low
    return ("v_join%d(%s, %s)"):format(bits, shift(x, low * f), shift(top, apart))
end

-- Codes that are summed together, or nil for all of a group.
local function chunk_of(record)
    if record.loop == "mask" then
        return sums_dot.mask_chunk(record.format)
    elseif sums_dot.is_wide(record.format, record.isa) then
        return nil
    end
    return sums_dot.products_chunk(record.format, record.isa)
end

-- After how many times 4 codes sums of 16 bits are widened and multiplied by a factor at once.
local function flush_steps(record)
    return (record.loop == "dot" or record.loop == "shift")
        and sums_dot.flush_steps(record.format, record.isa) or nil
end

-- What the products of codes enter: a sub-block's sum, or the group's.
local function total_of(record, steps)
    return record.format.sub and not steps and not code_parts.fold_bias(record) and "part" or "sum"
end

-- The variables of one kernel.
return function(record)
    local bits, group = record.format.bits, record.format.group
    local low = layout.low_bits(bits)
    local vectors = math.min(record.layout.unit_k, 32) / 32
    local low_vectors = math.tointeger(low * vectors)
    local top_vectors = math.tointeger((bits - low) * vectors)
    local top_first = layout.top_first(bits)
    local chunk = chunk_of(record)
    -- Those of fields are in fields/vars.lua.
    local chunk_k = chunk and (group > 0 and math.min(chunk, group) or chunk) or false
    local of_fields = record.loop == "fields" and not record.numbers.k
    local flips = code_parts.flips_codes(record)
    local wide = sums_dot.is_wide(record.format, record.isa)
    local steps = flush_steps(record)
    return {
        fields = bits == 3 and 3 or 8 // low,
        field_bits = low,
        byte_fields = 8 // low,
        low_vectors = low_vectors,
        top_vectors = top_vectors,
        -- Where they begin in a unit, in vectors of a row.
        low_start = top_first and top_vectors or 0,
        top_start = top_first and 0 or low_vectors,
        sums_of_16_bits = record.isa.sum_bits == 16 and not wide,
        wide = wide,
        dot4_lane = record.isa.lane_products and "v_dot4_lane" or false,
        total = total_of(record, steps),
        flush_steps = steps or false,
        -- Whether start values have room in its accumulators.
        start_in_acc = steps and sums_dot.start_fits(record.format, record.isa, steps) or false,
        dot2 = code_parts.wide_dot4(record) == "v_dot4_signed" and "v_dot2_signed" or "v_dot2",
        -- Steps of a round of the panel's loop.
        unroll = steps and 4 * steps < record.format.sub and math.max(2, steps) or 2,
        dot4 = wide and code_parts.wide_dot4(record) or "v_acc_dot4",
        chunk_k = not of_fields and chunk_k or nil,
        -- The vector of top bits that the code of a vector of fields has its own in.
        top_of = function(vector_index)
            return vector_index * (bits - low) // low
        end,
        code = function(vector_index, f, x, top)
            if record.format.book and record.isa.lookup_low then
                return ("v_lookup_low(book, %s)"):format(shift(x, low * f))
            end
            local code = code_expression(bits, vector_index, f, x, top)
            if record.format.book and record.isa.name ~= "c" then
                return ("v_lookup(book, %s)"):format(code)
            end
            return flips and ("v_xor(%s, v_set_i8(-128))"):format(code) or code
        end,
    }
end
