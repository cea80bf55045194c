-- Weight formats: names to records and back. The grammar stands in runtime/loom.h.

local format = {}

local GROUPS = { g32 = 32, g64 = 64, g128 = 128, g256 = 256, row = 0, tensor = 0 }

local function base_record(base)
    if base == "t" then
        return { bits = 2, ternary = true, step = 1, zero = 1 }
    end
    local bits = tonumber(base:match("^w([1-4])$"))
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

local function make_key(record)
    return (record.ternary and "t" or "w" .. record.bits)
        .. (record.group == 0 and "row" or "g" .. record.group)
        .. (record.zero_points and "z" or record.fixed_zero and "z" .. record.zero or "")
        .. (record.scale_fp32 and "f32" or "")
end

-- Takes `z`, or `z` and a number: the zero point of all weights. The rest, or nil and the reason.
local function take_zero(record, text)
    local digits, rest = text:match("^z(%d+)(.*)$")
    if not digits then
        record.zero_points, rest = take_flag(text, "z")
        return rest
    end
    local zero = math.tointeger(tonumber(digits))
    if record.ternary then
        return nil, "ternary weights are -1, 0 and 1; w2 takes other zero points"
    elseif digits ~= tostring(zero) or zero > 1 << record.bits then
        return nil, ("z%s is no zero point from 0 to %d"):format(digits, 1 << record.bits)
    elseif zero == record.zero then
        return nil, ("%d is the zero point of weights without z%d"):format(zero, zero)
    end
    record.zero, record.fixed_zero, record.zero_points = zero, true, false
    return rest
end

-- The record of a format's name, or nil and the reason.
function format.parse(name)
    local base, rest = tostring(name):match("^(w?[%dt])(.*)$")
    local record = base and base_record(base)
    if not record then
        return nil, ("unknown format '%s': a format starts with w1, w2, w3, w4 or t, "
            .. "for example w2g128"):format(name)
    end
    local granularity
    granularity, rest = take_granularity(rest)
    if not granularity and record.ternary then
        granularity = "tensor"
    end
    if not GROUPS[granularity] then
        return nil, ("format '%s' needs the scale's granularity after '%s': g32, g64, g128, "
            .. "g256, row or tensor"):format(name, base)
    end
    record.name = name
    record.group = GROUPS[granularity]
    record.tensor = granularity == "tensor"
    local reason
    rest, reason = take_zero(record, rest)
    if not rest then
        return nil, ("format '%s': %s"):format(name, reason)
    end
    record.scale_fp32, rest = take_flag(rest, "f32")
    record.act_row, rest = take_flag(rest, "arow")
    if rest ~= "" then
        return nil, ("format '%s' ends in '%s': after the granularity come z, f32 and arow, "
            .. "in this order"):format(name, rest)
    end
    -- Three codes are looked up at once in mode table (runtime/kernel.h).
    record.triples = record.ternary and record.group == 0 and not record.zero_points
    record.key = make_key(record)
    return record
end

-- The record of the format that the kernels of `record` are generated for.
function format.kernel_format(record)
    return format.parse(record.key)
end

return format
