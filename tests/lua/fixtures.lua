-- Files of formats of weights, each with the fp32 matrix that the format's own code makes of it,
-- where they lie beside the project. A case NAME has NAME.gguf or NAME.safetensors, and NAME.f32
-- or, of several matrices, NAME/TENSOR.f32.
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local i2s = require("source.schemes.i2s")
local matrices = require("source.matrices")
local model = require("source.model")

local fixtures = {}

local FOLDER = check.root .. "/../shared/formats"

fixtures.folders = { "awq", "bitnet-gguf", "bitnet-hf", "bitsandbytes", "compressed-tensors",
    "fp4-safetensors", "gguf", "gptq", "hqq", "mlx" }

-- Whether there are any.
function fixtures.exist()
    return host.path_kind(FOLDER) == "folder"
end

-- The options for a case: the longest name of a layout that is in its own.
local function options_of(name)
    for _, layout in ipairs(i2s.layouts) do
        if name:find(layout:match("[^-]*$"), 1, true) then
            return { i2s = layout }
        end
    end
    return { i2s = i2s.layouts[1] }
end

-- How many weights of a matrix have other bits than those of a text, and how many there are.
local function compare(matrix, wanted)
    local count, differ = 0, 0
    for row = 0, matrix.m * matrix.count - 1 do
        for _, weight in ipairs(matrix:dequantize(row)) do
            local bits = ("<f"):pack(weight)
            differ = differ + (bits == wanted:sub(4 * count + 1, 4 * count + 4) and 0 or 1)
            count = count + 1
        end
    end
    check.equal(count * 4, #wanted, matrix.name .. " has as many weights")
    return count, differ
end

-- What becomes of one matrix: { case =, tensor =, kind =, format =, why =, weights =, differ =,
-- refused = }.
local function result_of(name, matrix, path)
    local result = { case = name, tensor = matrix.name, kind = matrix.kind,
        format = matrix.format, why = matrix.why }
    local ok, count, differ = pcall(compare, matrix, assert(files.read(path)))
    if ok then
        result.weights, result.differ = count, differ
    else
        result.refused = tostring(count)
    end
    return result
end

-- The result of each matrix of a case, or one with `refused` where its file is not read.
local function results_of_case(folder, name, ending, results)
    local path = ("%s/%s/%s"):format(FOLDER, folder, name)
    local ok, list = pcall(function()
        return matrices.of(model.open(path .. ending), options_of(name))
    end)
    if not ok or #list == 0 then
        results[#results + 1] = { case = folder .. "/" .. name, refused = ok and "has no matrices"
            or tostring(list) }
        return
    end
    for _, matrix in ipairs(list) do
        local one = path .. ".f32"
        local of_tensor = ("%s/%s.weight.f32"):format(path, matrix.name)
        results[#results + 1] = result_of(folder .. "/" .. name, matrix,
            host.path_kind(one) and one or of_tensor)
    end
end

-- The results of all cases of a folder, in the order of their names.
function fixtures.results(folder)
    local results = {}
    for _, entry in ipairs(assert(host.list_dir(FOLDER .. "/" .. folder))) do
        local name, ending = entry:match("^(.*)(%.%l+)$")
        if ending == ".gguf" or ending == ".safetensors" then
            results_of_case(folder, name, ending, results)
        end
    end
    table.sort(results, function(a, b)
        return a.case .. (a.tensor or "") < b.case .. (b.tensor or "")
    end)
    return results
end

return fixtures
