-- A matrix out of the raw files that lutloom unpack writes: its parts, and its weights as
-- runtime/loom.h defines them.
local files = require("base.files")
local format = require("input.format")
local number = require("source.number")

local packed_weights = {}

-- A byte e for 2^(e - 128); less than 2^-126 is 0.
local function e8m0(byte)
    return byte < 2 and 0.0 or 2.0 ^ (byte - 128)
end

-- Half of an E4M3 number without its sign; its NaN is 0.
local function ue4m3(byte)
    return byte & 127 == 127 and 0.0 or number.e4m3(byte & 127) / 2
end

-- string.unpack's format, bytes, and what makes a number of them, by a scale's type.
local SCALES = { [""] = { "<I2", 2, number.f16 }, f32 = { "<f", 4 }, e8m0 = { "B", 1, e8m0 },
    ue4m3 = { "B", 1, ue4m3 } }

-- The values of PREFIX.NAME from 0 on, or nil where the format has no such part.
local function read(prefix, name, kind)
    local text = files.read(prefix .. "." .. name)
    local values = {}
    for index = 0, text and #text // kind[2] - 1 or -1 do
        local value = kind[1]:unpack(text, index * kind[2] + 1)
        values[index] = kind[3] and kind[3](value) or value
    end
    return text and values
end

local BYTE, SIGNED, WORD = { "B", 1 }, { "b", 1 }, { "<I4", 4 }

-- The parts of a matrix of the format: numbers from 0 on, nil for what the format has not.
function packed_weights.parts(prefix, name)
    local record = assert(format.parse(name))
    local scale = SCALES[record.scale]
    return { codes = read(prefix, "codes", BYTE), scales = read(prefix, "scales", scale),
        zeros = read(prefix, "zeros", BYTE), offsets = read(prefix, "offsets", scale),
        factors = read(prefix, "factors", record.offsets and BYTE or SIGNED),
        mins = read(prefix, "minimums", BYTE), order = read(prefix, "order", WORD) }
end

-- The weight of a code whose scale is number `at` of its part, and whose factor number `sub`.
local function weight_of(record, parts, code, at, sub)
    local scale = parts.scales[at] * (parts.factors and parts.factors[sub] or 1)
    if record.numbers then
        return number.f32(scale * record.numbers[1 + code])
    elseif parts.offsets then
        return number.f32(scale * code + parts.offsets[at] * (parts.mins and parts.mins[sub] or 1))
    end
    local zero = parts.zeros and parts.zeros[at] or record.zero
    return number.f32(scale * (record.step * code - zero))
end

-- The list of a matrix's weights out of its parts, row after row, in the order of the source's
-- columns. `matrix` has `format`, `m`, `k` and `count`.
function packed_weights.of(parts, matrix)
    local record = assert(format.parse(matrix.format))
    local group = record.group > 0 and record.group or matrix.k
    local groups = -(-matrix.k // group)
    local subs = record.sub and group // record.sub or 1
    local weights = {}
    for row = 0, matrix.count * matrix.m - 1 do
        local first = record.tensor and row // matrix.m or row * groups
        for column = 0, matrix.k - 1 do
            local at = record.tensor and first or first + column // group
            local sub = record.sub and at * subs + column % group // record.sub
            local source = parts.order and parts.order[column] or column
            weights[row * matrix.k + source + 1] = weight_of(record, parts,
                parts.codes[row * matrix.k + column], at, sub)
        end
    end
    return weights
end

return packed_weights
