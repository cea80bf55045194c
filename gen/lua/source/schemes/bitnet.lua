-- BitNet in safetensors (transformers, integrations/bitnet.py). NAME.weight, U8, a quarter of the
-- rows x columns: the lowest bits of a byte are the code of a row of the matrix's first quarter,
-- the next ones that of the same row of the second, and so on. Codes are 0, 1, 2 for -1, 0, 1.
-- NAME.weight_scale has one number: AutoBitLinear multiplies by it, BitLinear divides. Only
-- `linear_class` of the config tells which it is.
local elements = require("source.elements")
local fail = require("base.fail").fail
local number = require("source.number")
local roles = require("source.roles")
local shown = require("source.shown")
local wrong = require("source.wrong")

local bitnet = {}

local IN_BYTE = 4

local function dequantize(matrix, row)
    local model, parts, k = matrix.model, matrix.parts, matrix.k
    local rows = matrix.m // IN_BYTE
    local text = model:read(parts.codes, row % rows * k, k)
    local shift = row // rows * 2
    local scale = elements.read(model, parts.scales, 0, 1)[1]
    local unit = matrix.numbers.divide == 1 and number.f32(1 / scale) or scale
    local weights = {}
    for column = 1, k do
        local code = text:byte(column) >> shift & 3
        if code == 3 then
            wrong(model, parts.codes, "has a code of 3 in row %d; right are 0, 1 and 2", row)
        end
        weights[column] = unit * (code - 1)
    end
    return weights
end

local function packed(model, name, scales, divide)
    local codes = model.by_name[name .. ".weight"]
    if not codes or codes.type ~= "U8" or #codes.shape ~= 2 then
        wrong(model, scales, "has no %s.weight of U8 with two dimensions beside it", name)
    end
    elements.find_floats(model, scales.name, 1, codes)
    return { name = name, role = roles.of(name), m = codes.shape[1] * IN_BYTE,
        k = codes.shape[2], count = 1,
        kind = divide and "BitNet, divided by its scale" or "BitNet, multiplied by its scale",
        format = "ttensorf32", codec = "bitnet",
        numbers = { divide = divide and 1 or 0, floats = elements.floats_number(scales) },
        parts = { codes = codes, scales = scales }, dequantize = dequantize }
end

-- The matrices of a model, or nil where it is not BitNet's. Weights that are not packed yet, which
-- the mode `online` has, are none.
function bitnet.find(model)
    if model.kind ~= "safetensors" or (model.quantization or {}).quant_method ~= "bitnet" then
        return nil
    end
    local class = model.quantization.linear_class or "bitlinear"
    if class ~= "bitlinear" and class ~= "autobitlinear" then
        fail("%s: the linear_class '%s' is none of autobitlinear and bitlinear", model.path,
            shown(class))
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.weight_scale$")
        if name then
            matrices[#matrices + 1] = packed(model, name, tensor, class == "bitlinear")
        end
    end
    return matrices
end

return bitnet
