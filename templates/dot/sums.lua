-- The sums of integer dot products that must not overflow (bounds.lua).
local bounds = require("bounds")
local code_parts = require("parts")

local sums = {}

-- ---- Fields in place, each with a sum in 32 bits that is shifted down ---------------------

-- The fields of a byte that have a sum, how many bits apart they are, and how many of 32 codes of a
-- row are in one of them.
local function fields_of(bits)
    if bits == 3 then
        return { count = 3, apart = 2, codes = 8 }
    end
    return { count = 8 // bits, apart = bits, codes = 4 * bits }
end

-- What 32 codes add to field f: `largest` of them, and what is shifted down from the fields above.
local function of_field(fields, largest, f)
    return (largest << f * fields.apart) * bounds.ACT * fields.codes * (fields.count - f)
end

-- Codes after which the sums of fields are shifted down, a multiple of `unit`, at least that; nil
-- where a row has no more.
function sums.fields_chunk(bits, largest, unit)
    local chunk, fields = bounds.ROW, fields_of(bits)
    for f = 1, fields.count - 1 do
        chunk = math.min(chunk, bounds.codes(of_field(fields, largest, f), 32, bounds.I32))
    end
    return chunk < bounds.ROW and math.max(chunk // unit, 1) * unit or nil
end

-- The lowest field is the sum itself, and only added to.
function sums.of_fields(record, bits, largest)
    local list, fields, k = {}, fields_of(bits), bounds.chunk_k(record)
    for f = 1, fields.count - 1 do
        list[f] = bounds.sum(("the sum of field %d"):format(f), of_field(fields, largest, f), 32, k,
            bounds.I32)
    end
    return list
end

function sums.mask_chunk(format)
    return sums.fields_chunk(format.bits, (1 << format.bits) - 1, 32)
end

function sums.mask(record)
    local bits = record.format.bits
    return sums.of_fields(record, bits, (1 << bits) - 1)
end

-- ---- What enters sums ---------------------------------------------------------------------

-- What 4 codes add to a sum of products of 16 bits.
local function of_products(format, isa)
    local operand = code_parts.largest_operand({ format = format, isa = isa })
    return isa.sum_products * bounds.ACT * operand * format.step
end

-- Codes of a sum at most: of a group, or of a sub-block.
local function codes_of_sum(format, k)
    return math.min(k, format.sub or k, format.group > 0 and format.group or k)
end

-- True where products are too large for sums of 16 bits over a unit, or over what ends before it:
-- they enter 32 at once.
function sums.is_wide(format, isa)
    if isa.sum_bits == 32 or format.bits <= 4 and not format.book then
        return false
    end
    return of_products(format, isa) * codes_of_sum(format, 32) // 4 > bounds.I16
end

-- ---- Sub-blocks whose products in 16 bits are multiplied by a factor as they are widened --

-- What a sub-block's sum starts at, at most: two halves of it are multiplied.
local function half_start(format, isa)
    local factor = code_parts.bias({ format = format, isa = isa }) - format.zero
    return (math.abs(factor) * bounds.ACT * format.sub + 1) // 2
end

-- How many times 4 codes are summed before that, a power of two; nil where it is not done.
function sums.flush_steps(format, isa)
    if not format.sub or isa.signed or isa.name == "c" or isa.sum_bits == 32
        or half_start(format, isa) > bounds.I16 then
        return nil
    end
    local steps = format.sub // 4
    while steps > 1 and steps * of_products(format, isa) > bounds.I16 do
        steps = steps // 2
    end
    return steps
end

-- True where the start value is in the accumulator before the products of a whole sub-block.
function sums.start_fits(format, isa, steps)
    local start = half_start(format, isa)
    return start > 0 and 4 * steps == format.sub
        and start + steps * of_products(format, isa) <= bounds.I16
end

local function of_flush(record)
    local format, isa, vars = record.format, record.isa, record.vars
    local start = half_start(format, isa)
    return {
        bounds.sum("half of a start value", start, format.sub, format.sub, bounds.I16),
        bounds.sum("the products of an accumulator", of_products(format, isa) * vars.flush_steps
            + (vars.start_in_acc and start or 0), 4 * vars.flush_steps, 4 * vars.flush_steps,
            bounds.I16),
    }
end

-- ---- Products in 16 bits ------------------------------------------------------------------

-- Codes whose products are widened at least so often.
local MOST_K = 256

-- nil where sums have 32 bits.
function sums.products_chunk(format, isa)
    return isa.sum_bits == 16
        and bounds.half_of_codes(of_products(format, isa), 4, bounds.I16, MOST_K) or nil
end

function sums.products(record)
    local format, isa = record.format, record.isa
    if record.vars.flush_steps then
        return of_flush(record)
    elseif record.vars.pair_sums then
        return { bounds.sum("the sum of a sub-block", bounds.ACT * code_parts.largest_code(format),
            1, format.sub, bounds.I16) }
    elseif isa.sum_bits == 32 then
        return {}
    elseif sums.is_wide(format, isa) then
        return { bounds.sum("a pair of products", 2 * bounds.ACT
            * code_parts.largest_operand(record), 4, 4, bounds.I16) }
    end
    return { bounds.sum("the sum of products", of_products(format, isa), 4,
        codes_of_sum(format, bounds.chunk_k(record)), bounds.I16) }
end

return sums
