-- Parts of formats beside codes, one scale and zero points: offsets, factors of sub-blocks with
-- minimums, and books of numbers.

local bounds = require("bounds")
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

-- The least and the most of a code less its zero point, and of a factor.
local function code_range(format)
    return -format.zero, format.step * ((1 << format.bits) - 1) - format.zero
end
local function factor_range(format)
    local count = 1 << format.factor_bits
    if format.offsets then
        return 0, count - 1
    end
    return -count // 2, count // 2 - 1
end

-- The largest magnitude of a code less its zero point.
function parts.largest_code(format)
    local least, highest = code_range(format)
    return math.max(-least, highest)
end

-- True where sub-blocks of codes have factors and products of unsigned bytes are added in 32 bits.
local function adds_sub_blocks(format, isa)
    return format.sub ~= nil and not format.numbers and isa.name ~= "c" and not isa.signed
        and isa.sum_bits == 32
end

-- Where a panel has codes less their zero point times their factors: what is added to make unsigned
-- bytes of them. nil where they do not fit.
function parts.fold_bias(record)
    local format = record.format
    local is_panel = record.loop == "dot" or record.loop == "fields" and record.numbers.k
    if not is_panel or not adds_sub_blocks(format, record.isa) then
        return nil
    end
    local least, highest = code_range(format)
    local low, high = factor_range(format)
    local products = { least * low, least * high, highest * low, highest * high }
    local bias = -math.min(table.unpack(products))
    return bias + math.max(table.unpack(products)) <= 255 and bias or nil
end

-- True where the sums of two sub-blocks fit the halves of a 32-bit lane, and both are multiplied at
-- once. For one token: more tokens leave no registers for a second sum.
function parts.pairs_sums(record)
    local format = record.format
    return record.op == "gemv" and (record.loop == "shift" or record.loop == "fields")
        and adds_sub_blocks(format, record.isa)
        and parts.largest_code(format) * bounds.ACT * format.sub <= bounds.I16
end

-- The numbers of the book as bytes, in two lines, or false.
local function book_bytes(record)
    local bytes, bias = {}, parts.bias(record)
    for index, number in ipairs(record.format.numbers or {}) do
        bytes[index] = record.isa.name == "c" and number or number - bias & 255
    end
    return #bytes > 0 and { table.concat(bytes, ", ", 1, 8), table.concat(bytes, ", ", 9) }
end

-- Words of 32 bits that factors and minimums of a row's group take as bytes, and those that are
-- stored (runtime/factors.h): of 6 bits a quarter of the bytes is in the others.
local function factor_words(format)
    if not format.sub then
        return 0, 0
    end
    local words = format.group // format.sub // 4
    if format.offsets and format.factor_bits > 4 then
        words = 2 * words
    end
    return words, format.factor_bits == 6 and words * 3 // 4 or words
end

-- True where what is stored is no whole words: six bytes.
local function has_halves(format)
    local values, words = factor_words(format)
    return format.factor_bits == 6 and 4 * words < 3 * values
end

-- What kernels are given besides scales and zeros, in the order of arguments: names and types, and
-- how many elements a row has of it in a group.
local function operands(format, scale_type, folds)
    local list, _, words = {}, factor_words(format)
    local has_mins = format.sub and format.offsets
    local function add(name, kind, per_row)
        list[#list + 1] = { name = name, type = kind, per_row = per_row }
    end
    if format.offsets then
        add("offsets", scale_type, 1)
    end
    if format.sub and (not folds or has_mins) then
        add("factors", "uint8_t", 4 * words)
    end
    if has_halves(format) then
        add("halves", "uint16_t", 1)
    end
    return list
end

-- The variables of a kernel.
function parts.vars(record)
    local format = record.format
    local subs = format.sub and format.group // format.sub or 0
    local scale = scales.by_name[format.scale]
    local fold_bias = parts.fold_bias(record)
    local value_words, stored_words = factor_words(format)
    local part_sums = format.sub ~= nil and not fold_bias
    return {
        scale_type = scale.type,
        scale_value = scale.value or false,
        sub_k = format.sub or 0,
        subs = subs,
        factor_bits = format.factor_bits or 0,
        value_words = value_words,
        factor_words = stored_words,
        six_bits = format.factor_bits == 6,
        has_halves = has_halves(format),
        factors_signed = format.sub ~= nil and not format.offsets,
        has_offsets = format.offsets or false,
        has_mins = format.sub ~= nil and (format.offsets or false),
        -- Words of a group's sums of activations (loom_act_words in runtime/activations.h).
        act_words = format.sub and (format.offsets and subs // 2 or subs) or 1,
        operands = operands(format, scale.type, fold_bias),
        -- Panels of codes times factors; else a sub-block has a sum of its own.
        fold_bias = fold_bias or false,
        part_sums = part_sums,
        pair_sums = parts.pairs_sums(record),
        book = book_bytes(record),
        dot4_of_mins = record.isa.sum_bits == 16 and "v_dot4_small" or "v_dot4",
    }
end

return parts
