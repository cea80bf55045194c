-- What the fuzzer calls (fuzz.c gives the source tree): readers of files of weights, each with
-- bytes as the only file, in memory. One returns nothing where the bytes are read or refused as a
-- user's wrong file is, and else the error's text.
local HOME = ...
package.path = table.concat({ HOME .. "/gen/lua/?.lua", HOME .. "/tests/lua/?.lua",
    HOME .. "/tests/fuzz/?.lua", package.path }, ";")

-- A thousand numbers for the lines of each module: fuzz.c tells lines by their numbers alone.
local LINES, loaded = 1000, 0
table.insert(package.searchers, 2, function(name)
    local path, reason = package.searchpath(name, package.path)
    if not path then
        return reason
    end
    local file <close> = assert(io.open(path, "rb"))
    loaded = loaded + 1
    return assert(load(("\n"):rep(LINES * loaded) .. file:read("a"), "@" .. path, "t")), path
end)

local fail = require("base.fail")
-- What does not end a command would fill the log.
fail.remark = function() end

local matrices = require("source.matrices")
local model = require("source.model")
local model_config = require("source.model_config")
local safetensors_text = require("safetensors_text")
local small_models = require("small_models")
local text_disk = require("text_disk")

local readers = {}

-- Weights of a row that are worth their time.
local MOST_WEIGHTS = 1 << 10

-- Calls what a user's wrong file may end.
local function attempt(call, ...)
    local ok, reason = xpcall(call, function(value)
        return fail.is_user_error(value) and value or debug.traceback(tostring(value))
    end, ...)
    if not ok and not fail.is_user_error(reason) then
        error(reason, 0)
    end
end

-- The tensors of a model that readers let through are in their files.
local function check_tensors(opened)
    for _, tensor in ipairs(opened.tensors) do
        local stop = opened.files[tensor.file].size
        assert(tensor.at >= 0 and tensor.bytes >= 0 and tensor.bytes <= stop - tensor.at)
        for _, size in ipairs(tensor.shape) do
            assert(size >= 0 and (size == 0 or tensor.bytes == 0 or size <= 8 * tensor.bytes))
        end
    end
end

-- Does with a model what commands do.
local function use(opened)
    for _, matrix in ipairs(matrices.of(opened)) do
        if matrix.k <= MOST_WEIGHTS then
            attempt(matrix.dequantize, matrix, matrix.m * matrix.count - 1)
        end
    end
end

local function open(path, texts)
    local opened = model.open(path, text_disk.new(texts))
    check_tensors(opened)
    use(opened)
end

local function try(call, ...)
    local ok, reason = pcall(attempt, call, ...)
    return not ok and tostring(reason) or nil
end

function readers.gguf(bytes)
    return try(open, "a.gguf", { ["a.gguf"] = bytes })
end

-- The models of small_models.lua, opened once, and what their configuration is.
local opened_models, configs = {}, {}
for index, one in ipairs(small_models) do
    local path = index .. ".safetensors"
    opened_models[index] = model.open(path,
        text_disk.new({ [path] = safetensors_text.file(one[1]) }))
    configs[index] = one[2]
end

-- Which of them the first byte picks.
local function picked(bytes)
    return (bytes:byte(1) or 0) % #small_models + 1
end

-- A file of tensors, and a configuration that it may be for.
function readers.safetensors(bytes)
    return try(open, "a.safetensors", { ["a.safetensors"] = bytes:sub(2),
        ["config.json"] = configs[picked(bytes)] })
end

local function use_with(opened, config)
    local disk = text_disk.new({ ["config.json"] = config })
    opened.config, opened.quantization = model_config.find(disk, "")
    use(opened)
end

-- A configuration, and tensors that it may be for.
function readers.config(bytes)
    return try(use_with, opened_models[picked(bytes)], bytes:sub(2))
end

-- An index.json over two files.
local ONE = safetensors_text.file({ { "a", "U8", { 1 }, "x" } })
local TWO = safetensors_text.file({ { "b", "U8", { 1 }, "x" } })

function readers.index(bytes)
    return try(open, "model.safetensors.index.json", { ["model.safetensors.index.json"] = bytes,
        ["x.safetensors"] = ONE, ["y.safetensors"] = TWO })
end

return readers
