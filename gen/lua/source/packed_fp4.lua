-- 4-bit floats (E2M1) of safetensors files, two in a byte, the first in its lower half, [M][K / 2]:
--     nvfp4    a scale of E4M3 for 16 weights, and one of fp32 for all. That of compressed-tensors,
--              weight_global_scale, divides; that of ModelOpt, weight_scale_2, multiplies.
--     mxfp4    a scale for 32 weights: a byte e, that is 2^(e - 127)
-- A weight is scale * number. Formats of the grammar have numbers twice as large, and half the
-- scale.
local elements = require("source.elements")
local number = require("source.number")
local roles = require("source.roles")
local tables = require("source.tables")
local wrong = require("source.wrong")

local packed_fp4 = {}

local BYTES = { U8 = true }
local E4M3 = { F8_E4M3 = true }
local E8M0 = { U8 = true, F8_E8M0 = true }

local function scale_of(matrix, byte)
    if not matrix.parts.global then
        return number.e8m0(byte)
    end
    local scale = number.e4m3(byte)
    return number.f32(matrix.numbers.divides == 1 and scale / matrix.global
        or scale * matrix.global)
end

local function dequantize(matrix, row)
    local model, k, group = matrix.model, matrix.k, matrix.numbers.group
    local text = model:read(matrix.parts.codes, row * (k // 2), k // 2)
    local scales = model:read(matrix.parts.scales, row * (k // group), k // group)
    local weights = {}
    for column = 0, k - 1 do
        local code = text:byte(column // 2 + 1) >> column % 2 * 4 & 15
        local scale = scale_of(matrix, scales:byte(column // group + 1))
        weights[column + 1] = number.f32(scale * number.E2M1[code])
    end
    return weights
end

-- The scale of all weights, a positive number, and its tensor.
local function find_global(model, name, codes)
    local tensor = elements.find(model, name, 1, { F32 = true }, codes)
    local value = elements.read(model, tensor, 0, 1)[1]
    if not (value > 0 and value < math.huge) then
        wrong(model, tensor, "is %s; right is a positive number", tostring(value))
    end
    return value, tensor
end

-- What both have: the tensor of codes, M and K. `beside` is one that asks for it, or nil.
local function find_codes(model, name, group, beside)
    local codes = tables.find(model, name, BYTES, nil, nil, beside)
    local m, k = codes.shape[1], codes.shape[2] * 2
    if k % group ~= 0 then
        wrong(model, codes, "has rows of %d weights, which groups of %d do not divide", k, group)
    end
    return codes, m, k
end

local function nvfp4(model, name, words)
    local beside = model.by_name[name .. words.global]
    local codes, m, k = find_codes(model, name .. words.codes, 16, beside)
    local scales = tables.find(model, name .. ".weight_scale", E4M3, m, k // 16, codes)
    local global, tensor = find_global(model, name .. words.global, codes)
    return { name = name, role = roles.of(name), count = 1, m = m, k = k, kind = words.kind,
        format = "fp4g16f32", codec = "nvfp4_global",
        parts = { codes = codes, scales = scales, global = tensor },
        numbers = { group = 16, divides = words.divides }, global = global,
        dequantize = dequantize }
end

local function mxfp4(model, name)
    local codes, m, k = find_codes(model, name .. ".weight_packed", 32)
    local scales = tables.find(model, name .. ".weight_scale", E8M0, m, k // 32, codes)
    return { name = name, role = roles.of(name), count = 1, m = m, k = k,
        kind = "compressed-tensors MXFP4", format = "fp4g32e8m0", codec = "gpt_oss",
        parts = { codes = codes, scales = scales }, numbers = { group = 32 },
        dequantize = dequantize }
end

-- The matrix of a module of compressed-tensors: with a scale for all weights it is NVFP4.
function packed_fp4.compressed(model, name)
    if not model.by_name[name .. ".weight_global_scale"] then
        local scales = model.by_name[name .. ".weight_scale"]
        if scales and E8M0[scales.type] then
            return mxfp4(model, name)
        end
    end
    return nvfp4(model, name, { codes = ".weight_packed", global = ".weight_global_scale",
        kind = "compressed-tensors NVFP4", divides = 1 })
end

-- The matrix of a module of ModelOpt.
function packed_fp4.modelopt(model, name)
    return nvfp4(model, name, { codes = ".weight", global = ".weight_scale_2",
        kind = "ModelOpt NVFP4", divides = 0 })
end

return packed_fp4
