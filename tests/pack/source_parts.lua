-- Scales and offsets as a source has them, in the order of packed ones, by the codec that reads
-- them: those whose weights alone do not tell them (a group may be constant).
local elements = require("source.elements")
local format = require("input.format")

local source_parts = {}

-- All numbers of a part, from 0 on.
local function read(matrix, name)
    local tensor = matrix.parts[name]
    local count = tensor.bytes // (tensor.type == "F32" and 4 or tensor.type == "U8" and 1 or 2)
    return table.move(elements.read(matrix.model, tensor, 0, count), 1, count, 0, {})
end

function source_parts.mlx(matrix)
    return { scales = read(matrix, "scales"), offsets = read(matrix, "offsets") }
end

function source_parts.hqq(matrix)
    local scales, offsets = read(matrix, "scales"), read(matrix, "zeros")
    for index, zero in pairs(offsets) do
        offsets[index] = -zero * scales[index]
    end
    return { scales = scales, offsets = offsets }
end

function source_parts.i2s(matrix)
    return { scales = read(matrix, "scales") }
end

source_parts.tl1, source_parts.tl2 = source_parts.i2s, source_parts.i2s

-- A byte e is 2^(e - 127), for numbers that are half of the format's.
function source_parts.gpt_oss(matrix)
    local scales = read(matrix, "scales")
    for index, byte in pairs(scales) do
        scales[index] = byte < 2 and 0.0 or 2.0 ^ (byte - 128)
    end
    return { scales = scales }
end

-- What `of` says of each row and each group of the file, repeated as the format has it.
local function by_groups(matrix, of)
    local record, numbers = assert(format.parse(matrix.format)), matrix.numbers
    local group = record.group > 0 and record.group or matrix.k
    local values, count = {}, 0
    for row = 0, record.tensor and 0 or matrix.m - 1 do
        for first = 0, matrix.k - 1, group do
            values[count] = of(row, numbers.groups == 1 and 0 or first // numbers.group)
            count = count + 1
        end
    end
    return values
end

function source_parts.gptq(matrix)
    local scales = read(matrix, "scales")
    return { scales = by_groups(matrix, function(row, group)
        return scales[group * matrix.m + row]
    end) }
end

function source_parts.ct_integers(matrix)
    local scales = read(matrix, "scales")
    return { scales = by_groups(matrix, function(row, group)
        return scales[row * matrix.numbers.groups + group]
    end) }
end

function source_parts.awq(matrix)
    local parts = {}
    for name, part in pairs({ scales = "scale", offsets = "offset", zeros = "zero" }) do
        local of = matrix.layout[part]
        parts[name] = of and matrix.parts[name] and by_groups(matrix, function(row, group)
            return of(matrix.model, matrix, row, group)
        end) or nil
    end
    return parts
end

return source_parts
