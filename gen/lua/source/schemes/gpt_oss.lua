-- Experts of gpt-oss (transformers, integrations/mxfp4.py): NAME_blocks, experts x rows x groups x
-- 16 bytes, has two codes of FP4 in a byte, the even one in its lower half; NAME_scales has a byte
-- e for each group of 32. A weight is 2^(e - 127) * number.
local elements = require("source.elements")
local number = require("source.number")
local roles = require("source.roles")
local wrong = require("source.wrong")

local gpt_oss = {}

local GROUP = 32

local function dequantize(matrix, row)
    local model, parts = matrix.model, matrix.parts
    local groups = matrix.k // GROUP
    local codes = elements.codes(model:read(parts.codes, row * matrix.k // 2, matrix.k // 2), 4,
        matrix.k)
    local scales = elements.read(model, parts.scales, row * groups, groups)
    local weights = {}
    for index, code in ipairs(codes) do
        local exponent = scales[(index - 1) // GROUP + 1]
        if exponent == 255 then
            wrong(model, parts.scales, "has a scale of 255 in row %d, which is no number", row)
        end
        weights[index] = number.f32(number.e8m0(exponent) * number.E2M1[code])
    end
    return weights
end

local function experts(model, name, blocks)
    local shape = blocks.shape
    if blocks.type ~= "U8" or #shape ~= 4 or shape[4] ~= GROUP // 2 then
        wrong(model, blocks, "has the type %s and the shape %s; right is U8, experts x rows x "
            .. "groups x 16", blocks.type, table.concat(shape, " x "))
    end
    local scales = elements.find(model, name .. "_scales", shape[1] * shape[2] * shape[3],
        { U8 = true }, blocks)
    return { name = name, role = roles.of(name), m = shape[2], k = shape[3] * GROUP,
        count = shape[1], kind = "gpt-oss MXFP4", format = "fp4g32e8m0", codec = "gpt_oss",
        parts = { codes = blocks, scales = scales }, numbers = {}, dequantize = dequantize }
end

-- The matrices of a model, or nil where it has none of gpt-oss's experts.
function gpt_oss.find(model)
    if model.kind ~= "safetensors" or (model.quantization or {}).quant_method ~= "mxfp4" then
        return nil
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)_blocks$")
        if name then
            matrices[#matrices + 1] = experts(model, name, tensor)
        end
    end
    return matrices
end

return gpt_oss
