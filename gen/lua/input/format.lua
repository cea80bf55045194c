-- Weight formats: names to records and back. The grammar stands in runtime/loom.h.

local scales = require("input.scales")

local format = {}

local GROUPS = { g16 = 16, g32 = 32, g64 = 64, g128 = 128, g256 = 256, row = 0, tensor = 0 }

-- Numbers that codes pick from: those of ggml's IQ4_NL, and those of FP4 (E2M1), doubled.
local BOOKS = {
    iq4 = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 },
    fp4 = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 },
}

local function base_record(base)
    if base == "t" then
        return { bits = 2, ternary = true, step = 1, zero = 1 }
    elseif BOOKS[base] then
        local numbers = BOOKS[base]
        local least, most = math.min(table.unpack(numbers)), math.max(table.unpack(numbers))
        return { bits = 4, ternary = false, step = 1, zero = 0, book = base, numbers = numbers,
            least_number = least, most_number = most, largest_number = math.max(most, -least) }
    end
    local bits = tonumber(base:match("^w([1-8])$"))
    if not bits then
        return nil
    end
    return { bits = bits, ternary = false, step = bits == 1 and 2 or 1, zero = 1 << (bits - 1) }
end

-- The longest granularity that starts `text`, and the rest.
local function take_granularity(text)
    local digits, rest = text:match("^(g%d+)(.*)$")
    if digits then
        return digits, rest
    end
    for _, word in ipairs({ "row", "tensor" }) do
        if text:sub(1, #word) == word then
            return word, text:sub(#word + 1)
        end
    end
    return nil, text
end

local function take_flag(text, flag)
    if text:sub(1, #flag) == flag then
        return true, text:sub(#flag + 1)
    end
    return false, text
end

-- Takes the size of sub-blocks and the bits of their factors. The rest, or nil and the reason.
local function take_factors(record, text)
    local sub, bits, rest = text:match("^s(%d+)x(%d+)(.*)$")
    if not sub then
        return text
    elseif record.group ~= 256 then
        return nil, "sub-blocks with factors are those of g256"
    elseif not (sub == "16" or sub == "32") or not bits:find("^[468]$") then
        return nil, ("s%sx%s: sub-blocks are of 16 or 32 weights, factors of 4, 6 or 8 bits")
            :format(sub, bits)
    end
    record.sub, record.factor_bits = tonumber(sub), tonumber(bits)
    return rest
end

local function take_fixed_zero(record, digits, rest)
    local zero = math.tointeger(tonumber(digits))
    if record.ternary then
        return nil, "ternary weights are -1, 0 and 1; w2 takes other zero points"
    elseif record.book then
        return nil, "numbers of a book have no zero point"
    elseif digits ~= tostring(zero) or zero > 1 << record.bits then
        return nil, ("z%s is no zero point from 0 to %d"):format(digits, 1 << record.bits)
    elseif zero == record.zero then
        return nil, ("%d is the zero point of weights without z%d"):format(zero, zero)
    end
    record.zero, record.fixed_zero, record.zero_points = zero, true, false
    return rest
end

-- Takes `m`, `z`, or `z` and a number: the zero point of all weights. The rest, or nil and the
-- reason.
local function take_zero(record, text)
    record.zero_points, record.offsets = false, false
    local digits, rest = text:match("^z(%d+)(.*)$")
    if digits then
        return take_fixed_zero(record, digits, rest)
    end
    record.offsets, rest = take_flag(text, "m")
    if record.offsets then
        record.zero = 0
        if record.ternary or record.book or record.bits == 1 then
            return nil, "offsets are those of w2 to w8"
        end
        return rest
    end
    record.zero_points, rest = take_flag(text, "z")
    if record.zero_points and record.book then
        return nil, "numbers of a book have no zero points"
    end
    return rest
end

local function take_scale(record, text)
    for _, scale in ipairs(scales.list) do
        local found, rest = take_flag(text, scale.name)
        if found then
            record.scale, record.scale_bytes = scale.name, scale.bytes
            return rest
        end
    end
end

local function make_key(record)
    local base = record.ternary and "t" or record.book or "w" .. record.bits
    return base .. (record.group == 0 and "row" or "g" .. record.group)
        .. (record.sub and ("s%dx%d"):format(record.sub, record.factor_bits) or "")
        .. (record.zero_points and "z" or record.fixed_zero and "z" .. record.zero or "")
        .. (record.offsets and "m" or "") .. record.scale
end

-- Takes all that comes after the granularity; true, or nil and the reason.
local function take_parts(record, rest)
    local reason
    for _, take in ipairs({ take_factors, take_zero, take_scale }) do
        rest, reason = take(record, rest)
        if not rest then
            return nil, reason
        end
    end
    record.act_row, rest = take_flag(rest, "arow")
    if rest ~= "" then
        return nil, ("ends in '%s': after the granularity come s, z or m, f32, e8m0 or ue4m3, and "
            .. "arow, in this order"):format(rest)
    end
    return true
end

-- The record of a format's name, or nil and the reason.
function format.parse(name)
    local text = tostring(name)
    local base, rest = text:match("^([if][qp]4)(.*)$")
    if not base then
        base, rest = text:match("^(w?[%dt])(.*)$")
    end
    local record = base and base_record(base)
    if not record then
        return nil, ("unknown format '%s': a format starts with w1 to w8, t, iq4 or fp4, "
            .. "for example w2g128"):format(name)
    end
    local granularity
    granularity, rest = take_granularity(rest)
    if not granularity and record.ternary then
        granularity = "tensor"
    end
    if not GROUPS[granularity] then
        return nil, ("format '%s' needs the scale's granularity after '%s': g16, g32, g64, "
            .. "g128, g256, row or tensor"):format(name, base)
    end
    record.name = name
    record.group = GROUPS[granularity]
    record.tensor = granularity == "tensor"
    local ok, reason = take_parts(record, rest)
    if not ok then
        return nil, ("format '%s': %s"):format(name, reason)
    end
    -- Three codes are looked up at once in mode table (runtime/kernel.h).
    record.triples = record.ternary and record.group == 0 and not record.zero_points
    -- What only some methods serve: codes that are no integers from 0, factors, offsets, more bits,
    -- scales of a byte, groups of half a unit.
    record.has_parts = record.bits > 4 or record.book ~= nil or record.sub ~= nil
        or record.offsets or record.scale_bytes == 1 or record.group == 16
    record.key = make_key(record)
    return record
end

-- The record of the format that the kernels of `record` are generated for.
function format.kernel_format(record)
    return format.parse(record.key)
end

return format
