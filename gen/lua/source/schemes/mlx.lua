-- MLX's affine quantisation (mlx/backend/cpu/quantized.cpp): NAME.weight has the codes of a row
-- side by side, in words of 32 bits; NAME.scales and NAME.biases have a number each for a group.
-- A weight is scale * code + bias. Scales may be negative. `quantization` of config.json says the
-- bits and the group, for single modules too.
local elements = require("source.elements")
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local number = require("source.number")
local roles = require("source.roles")
local shown = require("source.shown")
local wrong = require("source.wrong")

local mlx = {}

local BITS = { [2] = true, [3] = true, [4] = true, [5] = true, [6] = true, [8] = true }
local GROUPS = { [32] = true, [64] = true, [128] = true }

-- Whether settings are MLX's: those of other quantisers name a method.
local function are_own(settings)
    return settings and settings.bits and settings.group_size and not settings.quant_method
end

local function dequantize(matrix, row)
    local model, parts = matrix.model, matrix.parts
    local bits, group = matrix.numbers.bits, matrix.numbers.group
    local bytes, groups = matrix.k * bits // 8, matrix.k // group
    local codes = elements.codes(model:read(parts.codes, row * bytes, bytes), bits, matrix.k)
    local scales = elements.read(model, parts.scales, row * groups, groups)
    local offsets = elements.read(model, parts.offsets, row * groups, groups)
    local weights = {}
    for index, code in ipairs(codes) do
        local of = (index - 1) // group + 1
        weights[index] = number.f32(number.f32(scales[of] * code) + offsets[of])
    end
    return weights
end

local function refuse(matrix)
    fail("%s: %s is %s, which is not supported", matrix.model.path, escaped(matrix.name),
        escaped(matrix.kind))
end

-- Rows, columns and experts of a module whose rows have so many words.
local function shape_of(model, tensor, bits)
    local rank = #tensor.shape
    if tensor.type ~= "U32" or rank < 2 or rank > 3 then
        wrong(model, tensor, "has the type %s and %d dimensions; MLX's codes are U32 and have 2 "
            .. "or 3", tensor.type, rank)
    end
    local count = rank == 3 and tensor.shape[1] or 1
    return tensor.shape[rank - 1], tensor.shape[rank] * 32 // bits, count
end

local function affine(model, name, settings)
    local codes = model.by_name[name .. ".weight"]
    local bits, group = settings.bits, settings.group_size
    if not BITS[bits] or not GROUPS[group] then
        wrong(model, codes, "has %s bits and groups of %s; MLX has 2, 3, 4, 5, 6 or 8 bits and "
            .. "groups of 32, 64 or 128", shown(bits), shown(group))
    end
    local m, k, count = shape_of(model, codes, bits)
    if k % group ~= 0 or k * bits % 32 ~= 0 then
        wrong(model, codes, "has rows of %d words, which are no groups of %d codes of %d bits",
            codes.shape[#codes.shape], group, bits)
    end
    local scales = elements.find_floats(model, name .. ".scales", count * m * k // group, codes)
    local offsets = elements.find_like(model, name .. ".biases", scales, codes)
    return { name = name, role = roles.of(name), m = m, k = k, count = count,
        kind = ("MLX %d-bit"):format(bits),
        format = ("w%dg%dm%s"):format(bits, group, scales.type == "F16" and "" or "f32"),
        codec = "mlx",
        numbers = { bits = bits, group = group, floats = elements.floats_number(scales) },
        parts = { codes = codes, scales = scales, offsets = offsets }, dequantize = dequantize }
end

-- A mode other than affine: a matrix that is only named.
local function other(model, name, settings)
    local codes = model.by_name[name .. ".weight"]
    if not BITS[settings.bits] then
        wrong(model, codes, "has %s bits; MLX has 2, 3, 4, 5, 6 or 8", shown(settings.bits))
    end
    local m, k, count = shape_of(model, codes, settings.bits)
    return { name = name, role = roles.of(name), m = m, k = k, count = count,
        kind = "MLX " .. shown(settings.mode), why = "MLX's mode affine is supported alone",
        parts = { codes = codes }, numbers = {}, dequantize = refuse }
end

-- The matrices of a model, or nil where MLX has not written it.
function mlx.find(model)
    local common = model.quantization
    if model.kind ~= "safetensors" or not are_own(common) then
        return nil
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.scales$")
        if name and model.by_name[name .. ".weight"] then
            local own = common[name]
            local settings = type(own) == "table" and own or common
            local make = (settings.mode or "affine") == "affine" and affine or other
            matrices[#matrices + 1] = make(model, name, settings)
        end
    end
    return matrices
end

return mlx
