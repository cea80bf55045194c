-- The matrices of a model, whatever scheme its weights are in.
--
-- A matrix has
--     model    it is of
--     name     of its tensor or module, without ".weight"
--     role     of it: roles.lua
--     count, m, k    so many (1, or a layer's experts) of M rows of K weights; rows are count * m
--     kind     of the weights, in words: "Q4_K", "GPTQ 4-bit"
--     format   that holds it without loss, or nil; `why` is one phrase where there is none
--     looked_up    true where its rows are looked up and nothing is multiplied by it
--     codec    the name of the C codec in runtime/codec
--     parts    its tensors: codes, scales, zeros, offsets, order, ...
--     beside   a list of other tensors that say something of it, or nil
--     numbers  what else the codec needs: small whole numbers by their names
--     remark   what whoever reads its weights says to the user, or nil
--     dequantize(matrix, row)    the list of a row's K weights, fp32; rows count from 0
local MAX_DIM = require("input.model").MAX_DIM
local awq = require("source.schemes.awq")
local bitnet = require("source.schemes.bitnet")
local bitsandbytes = require("source.schemes.bitsandbytes")
local compressed_tensors = require("source.schemes.compressed_tensors")
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local gguf = require("source.schemes.gguf")
local gpt_oss = require("source.schemes.gpt_oss")
local gptq = require("source.schemes.gptq")
local hqq = require("source.schemes.hqq")
local mlx = require("source.schemes.mlx")
local modelopt = require("source.schemes.modelopt")

local matrices = {}

-- Each has find(model, options): the list of the model's matrices, or nil where its files are not
-- of the scheme. The first that finds some takes all.
local SCHEMES = { gguf, hqq, bitsandbytes, bitnet, gpt_oss, gptq, awq, compressed_tensors, modelopt,
    mlx }

local function check_sizes(model, matrix)
    for _, size in ipairs({ matrix.m, matrix.k, matrix.count }) do
        if size < 1 or size > MAX_DIM then
            fail("%s: %s is %d matrices of %d x %d; sizes are 1 to %d", model.path,
                escaped(matrix.name), matrix.count, matrix.m, matrix.k, MAX_DIM)
        end
    end
end

-- The matrices of a model in the order of its scheme, then the tensors that are part of none: those
-- that are not quantised. `options` are the user's: i2s = "x86", "x86-noactparallel" or "arm".
function matrices.of(model, options)
    local found
    for _, scheme in ipairs(SCHEMES) do
        found = scheme.find(model, options or {})
        if found then
            break
        end
    end
    local used, rest = {}, {}
    for _, matrix in ipairs(found or {}) do
        check_sizes(model, matrix)
        matrix.model = model
        for _, tensor in pairs(matrix.parts) do
            used[tensor.name] = true
        end
        for _, tensor in ipairs(matrix.beside or {}) do
            used[tensor.name] = true
        end
    end
    for _, tensor in ipairs(model.tensors) do
        rest[#rest + 1] = not used[tensor.name] and tensor or nil
    end
    return found or {}, rest
end

return matrices
