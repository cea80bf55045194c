-- Parts of formats beside codes, one scale and zero points: offsets, factors of sub-blocks with
-- minimums, and books of numbers.

local scales = require("input.scales")

local parts = {}

-- Numbers of a book from the lowest one on, or codes: the most that they are.
local function most(format)
    return format.numbers and format.most_number - format.least_number or (1 << format.bits) - 1
end

-- True where what an activation is multiplied by is a signed byte: so it is on ARM, and where
-- products of two unsigned bytes of 8 bits do not fit 16.
local function is_signed(record)
    local isa = record.isa
    return isa.signed or isa.name == "c" or isa.sum_bits == 16 and most(record.format) > 127
end

-- What a code is less as an operand of a dot product than in the format: codes of 8 bits where
-- operands are signed, and numbers where they are not.
function parts.bias(record)
    local format = record.format
    if format.numbers then
        return is_signed(record) and 0 or format.least_number
    end
    return record.isa.name ~= "c" and is_signed(record) and format.bits == 8 and 128 or 0
end

-- True where codes of 8 bits become signed bytes, by their top bit.
function parts.flips_codes(record)
    return record.format.bits == 8 and parts.bias(record) ~= 0
end

-- The largest magnitude of what an activation is multiplied by.
function parts.largest_operand(record)
    local format = record.format
    if not is_signed(record) then
        return most(format)
    end
    return format.largest_number or format.bits == 8 and 128 or most(format)
end

-- The dot product whose sums have 32 bits at once, where an ISA has none that does anyway.
function parts.wide_dot4(record)
    return is_signed(record) and "v_dot4_signed" or "v_dot4_small"
end

-- The numbers of the book as bytes, in two lines, or false.
local function book_bytes(record)
    local bytes, bias = {}, parts.bias(record)
    for index, number in ipairs(record.format.numbers or {}) do
        bytes[index] = record.isa.name == "c" and number or number - bias & 255
    end
    return #bytes > 0 and { table.concat(bytes, ", ", 1, 8), table.concat(bytes, ", ", 9) }
end

-- What kernels are given besides scales and zeros, in the order of arguments: names and types, and
-- how many elements a row has of it in a group.
local function operands(format, scale_type)
    local list, subs = {}, format.sub and format.group // format.sub
    local function add(name, kind, per_row)
        list[#list + 1] = { name = name, type = kind, per_row = per_row }
    end
    if format.offsets then
        add("offsets", scale_type, 1)
    end
    if format.sub then
        add("factors", "uint8_t", subs)
    end
    if format.sub and format.offsets and format.factor_bits > 4 then
        add("mins", "uint8_t", subs)
    end
    return list
end

-- The variables of a kernel.
function parts.vars(record)
    local format = record.format
    local subs = format.sub and format.group // format.sub or 0
    local scale = scales.by_name[format.scale]
    return {
        scale_type = scale.type,
        scale_value = scale.value or false,
        sub_k = format.sub or 0,
        subs = subs,
        factor_bits = format.factor_bits or 0,
        factors_signed = format.sub ~= nil and not format.offsets,
        has_offsets = format.offsets or false,
        has_mins = format.sub ~= nil and (format.offsets or false),
        -- Words of a group's sums of activations (loom_act_words in runtime/activations.h).
        act_words = format.sub and (format.offsets and subs // 2 or subs) or 1,
        operands = operands(format, scale.type),
        book = book_bytes(record),
        dot4_of_mins = record.isa.sum_bits == 16 and "v_dot4_small" or "v_dot4",
        -- What the products of codes enter: a sub-block's sum, or the group's.
        total = format.sub and "part" or "sum",
    }
end

return parts
