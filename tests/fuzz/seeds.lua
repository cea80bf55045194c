-- Writes files to begin with: lua5.4 seeds.lua HOME READER FOLDER.
local HOME, reader, folder = table.unpack(arg)
package.path = table.concat({ HOME .. "/gen/lua/?.lua", HOME .. "/tests/lua/?.lua",
    package.path }, ";")

local gguf_text = require("gguf_text")
local safetensors_text = require("safetensors_text")

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

-- Tensors as the schemes have them; the first byte picks the configuration (readers.lua).
local function safetensors()
    local function bytes(count)
        return ("\1"):rep(count)
    end
    local gptq = { { "l.qweight", "I32", { 4, 8 }, bytes(128) },
        { "l.qzeros", "I32", { 1, 1 }, bytes(4) }, { "l.scales", "F16", { 1, 8 }, bytes(16) },
        { "l.g_idx", "I32", { 32 }, ("\0"):rep(128) } }
    local seeds = { "\0" .. safetensors_text.file(gptq), "\1" .. safetensors_text.file(gptq) }
    for index, tensors in ipairs({
        { { "l.weight", "U8", { 1, 8 }, bytes(8) }, { "l.weight_scale", "BF16", { 1 }, bytes(2) } },
        { { "l_blocks", "U8", { 1, 1, 1, 16 }, bytes(16) },
            { "l_scales", "U8", { 1, 1, 1 }, "x" } },
        { { "l.W_q", "U8", { 8, 4 }, bytes(32) }, { "l.scale", "F16", { 2, 1 }, bytes(4) },
            { "l.zero", "F16", { 2, 1 }, bytes(4) }, { "l.shape", "I64", { 2 }, bytes(16) } },
        { { "l.weight", "U8", { 32, 1 }, bytes(32) },
            { "l.weight.absmax", "F32", { 1 }, bytes(4) },
            { "l.weight.quant_map", "F32", { 16 }, bytes(64) },
            { "l.weight.quant_state.bitsandbytes__nf4", "U8", { 2 }, "{}" } },
        { { "l.weight", "U32", { 1, 4 }, bytes(16) }, { "l.scales", "F16", { 1, 1 }, bytes(2) },
            { "l.biases", "F16", { 1, 1 }, bytes(2) } },
        { { "l.weight_packed", "I32", { 1, 4 }, bytes(16) },
            { "l.weight_scale", "BF16", { 1, 1 }, bytes(2) },
            { "l.weight_shape", "I64", { 2 }, ("<i8i8"):pack(1, 32) } },
    }) do
        seeds[#seeds + 1] = string.char(4 + index) .. safetensors_text.file(tensors)
    end
    return seeds
end

local function json()
    return { '{"metadata":{},"weight_map":{"a":"x.safetensors","b":"y.safetensors"}}',
        '{"quantization_config":{"bits":4,"list":[1,2.5e3,true,null,"\\u00e4\\n"]}}' }
end

local SEEDS = { gguf = gguf, safetensors = safetensors, json = json }

for index, text in ipairs(SEEDS[reader]()) do
    local file <close> = assert(io.open(("%s/seed-%d"):format(folder, index), "wb"))
    assert(file:write(text))
end
