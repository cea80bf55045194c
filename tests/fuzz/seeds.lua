-- Writes files to begin with: lua5.4 seeds.lua HOME READER FOLDER.
local HOME, reader, folder = table.unpack(arg)
package.path = table.concat({ HOME .. "/gen/lua/?.lua", HOME .. "/tests/lua/?.lua",
    HOME .. "/tests/fuzz/?.lua", package.path }, ";")

local gguf_text = require("gguf_text")
local safetensors_text = require("safetensors_text")
local small_models = require("small_models")

local F32, Q4_0, U32, STRING, ARRAY = 0, 2, 4, 8, 9

local function value(key, kind, bytes)
    return gguf_text.string(key) .. ("<I4"):pack(kind) .. bytes
end

-- One with values of all kinds, and one with several tensors.
local function gguf()
    return { gguf_text.padded(gguf_text.begin(3, 1, 4)
            .. value("general.architecture", STRING, gguf_text.string("llama"))
            .. value("general.alignment", U32, ("<I4"):pack(32))
            .. value("split.count", 2, ("<I2"):pack(1))
            .. value("tokens", ARRAY, ("<I4i8"):pack(STRING, 1) .. gguf_text.string("a"))
            .. gguf_text.tensor("blk.0.ffn_up.weight", Q4_0, 0, 32, 2)) .. ("\1"):rep(36),
        gguf_text.file({ { "token_embd.weight", F32, 32, 8, 1 },
            { "output_norm.weight", F32, 32, 8 },
            { "blk.0.ffn_up_exps.weight", Q4_0, 36, 32, 1, 2 },
            { "blk.0.attn_q.weight", 36, 64, 32, 4 }, { "blk.0.attn_k.weight", 39, 17, 32, 1 },
            { "blk.0.attn_v.weight", 42, 34, 128, 1 }, { "output.weight", 12, 144, 256, 1 } }) }
end

-- One for each model; the first byte says which it is (readers.lua).
local function of_models(text_of)
    local seeds = {}
    for index, model in ipairs(small_models) do
        seeds[index] = string.char(index - 1) .. text_of(table.unpack(model))
    end
    return seeds
end

local function safetensors()
    return of_models(safetensors_text.file)
end

local function config()
    return of_models(function(_, text)
        return text
    end)
end

local function index()
    return { '{"metadata":{},"weight_map":{"a":"x.safetensors","b":"y.safetensors"}}',
        '{"weight_map":{"\\u00e4\\n":"x.safetensors"},"list":[1,2.5e3,true,null]}' }
end

local SEEDS = { gguf = gguf, safetensors = safetensors, config = config, index = index }

for place, text in ipairs(SEEDS[reader]()) do
    local file <close> = assert(io.open(("%s/seed-%d"):format(folder, place), "wb"))
    assert(file:write(text))
end
