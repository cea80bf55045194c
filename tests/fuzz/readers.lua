-- What the fuzzer calls (fuzz.c gives the source tree): readers of files of weights, each with
-- bytes as the only file, in memory. One returns nothing where the bytes are read or refused as a
-- user's wrong file is, and else the error's text.
local HOME = ...
package.path = table.concat({ HOME .. "/gen/lua/?.lua", HOME .. "/tests/lua/?.lua",
    HOME .. "/tests/fuzz/?.lua", package.path }, ";")

local fail = require("base.fail")
-- What does not end a command would fill the log.
fail.remark = function() end

local matrices = require("source.matrices")
local model = require("source.model")
local safetensors_text = require("safetensors_text")
local small_models = require("small_models")
local text_disk = require("text_disk")

local readers = {}

-- Weights of a row that are worth their time.
local MOST_WEIGHTS = 1 << 12

-- Calls what a user's wrong file may end.
local function attempt(call, ...)
    local ok, reason = xpcall(call, function(value)
        return fail.is_user_error(value) and value or debug.traceback(tostring(value))
    end, ...)
    if not ok and not fail.is_user_error(reason) then
        error(reason, 0)
    end
end

-- Opens the model in these files, and does with it what commands do. What readers may not let
-- through is an error.
local function use(path, texts)
    local opened = model.open(path, text_disk.new(texts))
    for _, tensor in ipairs(opened.tensors) do
        local stop = opened.files[tensor.file].size
        assert(tensor.at >= 0 and tensor.bytes >= 0 and tensor.bytes <= stop - tensor.at)
        for _, size in ipairs(tensor.shape) do
            assert(size >= 0 and (size == 0 or tensor.bytes == 0 or size <= 8 * tensor.bytes))
        end
    end
    for _, matrix in ipairs(matrices.of(opened)) do
        if matrix.k <= MOST_WEIGHTS then
            attempt(matrix.dequantize, matrix, matrix.m * matrix.count - 1)
        end
    end
end

local function try(path, texts)
    local ok, reason = pcall(attempt, use, path, texts)
    return not ok and tostring(reason) or nil
end

function readers.gguf(bytes)
    return try("a.gguf", { ["a.gguf"] = bytes })
end

-- The model of small_models.lua that the first byte picks: its tensors, its configuration.
local function picked(bytes)
    return table.unpack(small_models[(bytes:byte(1) or 0) % #small_models + 1])
end

-- A file of tensors, and a configuration that it may be for.
function readers.safetensors(bytes)
    local _, config = picked(bytes)
    return try("a.safetensors", { ["a.safetensors"] = bytes:sub(2), ["config.json"] = config })
end

-- A configuration, and tensors that it may be for.
function readers.config(bytes)
    return try("a.safetensors", { ["a.safetensors"] = safetensors_text.file(picked(bytes)),
        ["config.json"] = bytes:sub(2) })
end

-- An index.json over two files.
local ONE = safetensors_text.file({ { "a", "U8", { 1 }, "x" } })
local TWO = safetensors_text.file({ { "b", "U8", { 1 }, "x" } })

function readers.index(bytes)
    return try("model.safetensors.index.json", { ["model.safetensors.index.json"] = bytes,
        ["x.safetensors"] = ONE, ["y.safetensors"] = TWO })
end

return readers
