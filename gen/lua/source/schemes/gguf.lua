-- The matrices of GGUF files: each is one tensor.
local MAX_DIM = require("input.model").MAX_DIM
local roles = require("source.roles")

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

local function matrix_of(model, tensor)
    local shape, dims, row = tensor.shape, #tensor.shape, tensor.row
    local name = tensor.name:gsub("%.weight$", "")
    return {
        name = name,
        role = roles.of(name),
        count = dims >= 3 and shape[dims - 2] or 1,
        m = shape[dims - 1],
        k = shape[dims],
        kind = tensor.type_name,
        format = row and row.format,
        why = not row and ("no format holds %s (%d)"):format(tensor.type_name, tensor.type) or nil,
        looked_up = name == "token_embd" and model.by_name["output.weight"] ~= nil or nil,
        codec = row and row.codec,
        parts = { codes = tensor },
        numbers = {},
    }
end

function gguf.find(model)
    if model.kind ~= "gguf" then
        return nil
    end
    local found = {}
    for _, tensor in ipairs(model.tensors) do
        if is_matrix(tensor) then
            found[#found + 1] = matrix_of(model, tensor)
        end
    end
    return found
end

return gguf
