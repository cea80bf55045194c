-- The matrices of GGUF files: each is one tensor.
local MAX_DIM = require("input.model").MAX_DIM
local blocks = require("source.blocks")
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local i2s = require("source.schemes.i2s")
local roles = require("source.roles")
local tl = require("source.schemes.tl")

local gguf = {}

-- Types of numbers, which are not quantised.
local PLAIN = { F32 = true, F16 = true, BF16 = true, F64 = true, I8 = true, I16 = true, I32 = true,
    I64 = true }

-- As the backend for llama.cpp has it (runtime/llama/matrix.c): one matrix, or one for each expert.
local function is_matrix(tensor)
    local shape, dims = tensor.shape, #tensor.shape
    return dims >= 2 and shape[dims] <= MAX_DIM and shape[dims - 1] <= MAX_DIM
        and (dims < 4 or shape[1] == 1) and not PLAIN[tensor.type_name]
end

-- Types with a file of their own, which says what this one does not know.
local DESCRIBED = { I2_S = i2s, TL1 = tl, TL2 = tl }

-- The weights of a row.
local function dequantize(matrix, row)
    local codes = matrix.parts.codes
    local bytes = matrix.k // codes.row.codes * codes.row.bytes
    return blocks.dequantize(codes.row, matrix.model:read(codes, row * bytes, bytes))
end

local function refuse(matrix)
    fail("%s: %s: %s", matrix.model.path, escaped(matrix.name), matrix.why)
end

-- What is known by the row of input/gguf_types.lua, or that there is none.
local function describe(tensor)
    local row, name = tensor.row, tensor.type_name
    if row then
        return { format = row.format, codec = "gguf", numbers = { type = row.number },
            dequantize = dequantize }
    elseif name:find("^IQ[123]_") then
        return { why = ("no format holds the codebook of %s"):format(name), dequantize = refuse }
    end
    return { why = ("no format holds %s (%d)"):format(name, tensor.type), dequantize = refuse }
end

-- Models of PrismML's whose weights are made for activations that have been rotated.
local function is_rotated(model)
    for key in pairs(model.metadata) do
        if key:find("^prism%.hadamard%.") then
            return true
        end
    end
    return false
end

local function matrix_of(model, tensor, options)
    local shape, dims = tensor.shape, #tensor.shape
    local name = tensor.name:gsub("%.weight$", "")
    local matrix = {
        name = name,
        role = roles.of(name),
        count = dims >= 3 and shape[dims - 2] or 1,
        m = shape[dims - 1],
        k = shape[dims],
        kind = tensor.type_name,
        looked_up = name == "token_embd" and model.by_name["output.weight"] ~= nil or nil,
        parts = { codes = tensor },
        numbers = {},
    }
    local own = DESCRIBED[tensor.type_name]
    for key, value in pairs(own and own.describe(model, tensor, options) or describe(tensor)) do
        matrix[key] = value
    end
    return matrix
end

function gguf.find(model, options)
    if model.kind ~= "gguf" then
        return nil
    end
    local found = {}
    for _, tensor in ipairs(model.tensors) do
        if is_matrix(tensor) then
            found[#found + 1] = matrix_of(model, tensor, options)
        end
    end
    for _, matrix in ipairs(is_rotated(model) and found or {}) do
        matrix.format = nil
        matrix.why = "its activations are to be rotated first (prism.hadamard), which no plan does"
    end
    return found
end

return gguf
