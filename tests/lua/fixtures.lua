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

-- The cases of a folder in the order of their names: { name = "FOLDER/NAME", path = of its file,
-- options = of matrices.of }.
function fixtures.cases(folder)
    local cases = {}
    for _, entry in ipairs(assert(host.list_dir(FOLDER .. "/" .. folder))) do
        local name, ending = entry:match("^(.*)(%.%l+)$")
        if ending == ".gguf" or ending == ".safetensors" then
            cases[#cases + 1] = { name = folder .. "/" .. name, options = options_of(name),
                path = ("%s/%s/%s"):format(FOLDER, folder, entry) }
        end
    end
    table.sort(cases, function(a, b)
        return a.name < b.name
    end)
    return cases
end

function fixtures.matrices(case)
    return (matrices.of(model.open(case.path), case.options))
end

-- The fp32 weights of a matrix of a case, as text.
function fixtures.weights(case, matrix)
    local one = ("%s/%s.f32"):format(FOLDER, case.name)
    local of_tensor = ("%s/%s/%s.weight.f32"):format(FOLDER, case.name, matrix.name)
    return assert(files.read(host.path_kind(one) and one or of_tensor))
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
function fixtures.result(case, matrix)
    local result = { case = case.name, tensor = matrix.name, kind = matrix.kind,
        format = matrix.format, why = matrix.why }
    local ok, count, differ = pcall(compare, matrix, fixtures.weights(case, matrix))
    if ok then
        result.weights, result.differ = count, differ
    else
        result.refused = tostring(count)
    end
    return result
end

-- The result of each matrix of a folder's cases; of a case whose file is not read, one with
-- `refused`.
function fixtures.results(folder)
    local results = {}
    for _, case in ipairs(fixtures.cases(folder)) do
        local ok, list = pcall(fixtures.matrices, case)
        if not ok or #list == 0 then
            results[#results + 1] = { case = case.name, refused = ok and "has no matrices"
                or tostring(list) }
            list = {}
        end
        for _, matrix in ipairs(list) do
            results[#results + 1] = fixtures.result(case, matrix)
        end
    end
    return results
end

return fixtures
