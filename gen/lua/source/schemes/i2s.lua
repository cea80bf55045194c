-- I2_S of bitnet.cpp's GGUF files (ggml-bitnet-mad.cpp, quantize_i2_s): the codes of the whole
-- matrix, four in a byte, then one fp32 scale, 32 bytes with what follows it. Codes are 0, 1, 2 for
-- -1, 0, 1. In each block of bytes the highest bits are the first quarter of the block's codes, the
-- next ones the second, and so on. How long blocks are depends on the program that wrote the file,
-- and nothing in it tells.
local elements = require("source.elements")
local wrong = require("source.wrong")

local i2s = {}

-- Bytes of a block by the layout's name; rows of `k` columns.
local LAYOUTS = {
    x86 = function()
        return 32
    end,
    arm = function()
        return 16
    end,
    ["x86-noactparallel"] = function(k)
        return k
    end,
}

i2s.layouts = { "x86", "x86-noactparallel", "arm" }

local function dequantize(matrix, row)
    local k, width = matrix.k, matrix.numbers.width
    local codes = matrix.parts.codes
    local scale = elements.read(matrix.model, matrix.parts.scales, 0, 1)[1]
    local first = row * k // (4 * width)
    local stop = (row * k + k - 1) // (4 * width) + 1
    local text = matrix.model:read(codes, first * width, (stop - first) * width)
    local weights = {}
    for column = 1, k do
        local at = row * k + column - 1 - first * 4 * width
        local byte = text:byte(at // (4 * width) * width + at % width + 1)
        local code = byte >> 6 - at // width % 4 * 2 & 3
        if code == 3 then
            wrong(matrix.model, codes, "has a code of 3 in row %d; right are 0, 1 and 2", row)
        end
        weights[column] = scale * (code - 1)
    end
    return weights
end

-- The scale of a tensor, as one of its own.
local function scale_of(tensor, bytes)
    return { name = tensor.name, file = tensor.file, at = tensor.at + bytes, bytes = 4,
        shape = { 1 }, type = "F32" }
end

-- What is taken where the user has not said it.
local DEFAULT = "I2_S weights are read as x86 builds of bitnet.cpp write them; --i2s says another "
    .. "layout"

-- What schemes/gguf.lua does not know of a tensor of this type. The option `i2s` says the layout.
function i2s.describe(model, tensor, options)
    local m, k = tensor.shape[1], tensor.shape[2]
    local layout = options.i2s or "x86"
    local bytes, width = m * k // 4, LAYOUTS[layout](k)
    if #tensor.shape ~= 2 or m * k % (4 * width) ~= 0 then
        wrong(model, tensor, "is no matrix of whole blocks of %d weights", 4 * width)
    end
    return { kind = ("I2_S (%s)"):format(layout), format = "ttensorf32", codec = "i2s",
        numbers = { width = width }, parts = { codes = tensor, scales = scale_of(tensor, bytes) },
        remark = not options.i2s and DEFAULT or nil, dequantize = dequantize }
end

return i2s
