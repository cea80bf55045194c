-- Small models for the fuzzer to begin with: tensors of safetensors, and what config.json says of
-- them; one of each scheme of gen/lua/source/schemes.
local function bytes(count)
    return ("\1"):rep(count)
end

local GPTQ = { { "l.qweight", "I32", { 4, 8 }, bytes(128) },
    { "l.qzeros", "I32", { 1, 1 }, bytes(4) }, { "l.scales", "F16", { 1, 8 }, bytes(16) },
    { "l.g_idx", "I32", { 32 }, ("\0"):rep(128) } }
local GPTQ_3 = { { "l.qweight", "I32", { 3, 32 }, bytes(384) },
    { "l.qzeros", "I32", { 1, 3 }, bytes(12) }, { "l.scales", "F16", { 1, 32 }, bytes(64) } }
local AWQ = { { "l.qweight", "I32", { 32, 1 }, bytes(128) },
    { "l.qzeros", "I32", { 1, 1 }, bytes(4) }, { "l.scales", "F16", { 1, 8 }, bytes(16) } }
local AWQ_FAST = { { "l.qweight", "I16", { 1, 64 }, bytes(128) },
    { "l.qzeros", "F16", { 32, 4 }, bytes(256) }, { "l.scales", "F16", { 32, 4 }, bytes(256) } }
local BITNET = { { "l.weight", "U8", { 1, 8 }, bytes(8) },
    { "l.weight_scale", "BF16", { 1 }, bytes(2) } }
local GPT_OSS = { { "l_blocks", "U8", { 1, 1, 1, 16 }, bytes(16) },
    { "l_scales", "U8", { 1, 1, 1 }, "x" } }
local HQQ = { { "l.W_q", "U8", { 8, 4 }, bytes(32) }, { "l.scale", "F16", { 2, 1 }, bytes(4) },
    { "l.zero", "F16", { 2, 1 }, bytes(4) }, { "l.shape", "I64", { 2 }, ("<i8i8"):pack(2, 32) },
    { "l.nbits", "I32", {}, ("<i4"):pack(4) }, { "l.group_size", "I32", {}, ("<i4"):pack(32) },
    { "l.axis", "I32", {}, ("<i4"):pack(1) }, { "l.packing", "U8", { 7 }, "4bit_u8" } }
local NF4_STATE = '{"quant_type":"nf4","blocksize":64,"dtype":"bfloat16","shape":[2,32]}'
local NF4 = { { "l.weight", "U8", { 32, 1 }, bytes(32) },
    { "l.weight.absmax", "F32", { 1 }, bytes(4) },
    { "l.weight.quant_map", "F32", { 16 }, bytes(64) },
    { "l.weight.quant_state.bitsandbytes__nf4", "U8", { #NF4_STATE }, NF4_STATE } }
local MLX = { { "l.weight", "U32", { 1, 4 }, bytes(16) }, { "l.scales", "F16", { 1, 1 }, bytes(2) },
    { "l.biases", "F16", { 1, 1 }, bytes(2) } }
local COMPRESSED = { { "l.weight_packed", "I32", { 1, 4 }, bytes(16) },
    { "l.weight_scale", "BF16", { 1, 1 }, bytes(2) },
    { "l.weight_shape", "I64", { 2 }, ("<i8i8"):pack(1, 32) } }
local NVFP4 = { { "l.weight_packed", "U8", { 1, 16 }, bytes(16) },
    { "l.weight_scale", "F8_E4M3", { 1, 2 }, bytes(2) },
    { "l.weight_global_scale", "F32", { 1 }, bytes(4) } }

-- compressed-tensors' settings for its one group.
local function groups(format, weights)
    return ('{"quantization_config":{"quant_method":"compressed-tensors","format":"%s",'
        .. '"config_groups":{"g":{"targets":["Linear"],"format":"%s","weights":{%s}}}}}')
        :format(format, format, weights)
end

-- The settings of others.
local function settings(text)
    return ('{"quantization_config":{%s}}'):format(text)
end

local function gptq(text)
    return settings('"quant_method":"gptq","group_size":32,"desc_act":true,' .. text)
end

local function awq(version)
    return settings('"quant_method":"awq","bits":4,"group_size":32,"zero_point":true,"version":"'
        .. version .. '"')
end

return {
    { GPTQ, gptq('"bits":4,"sym":true,"checkpoint_format":"gptq"') },
    { GPTQ, gptq('"bits":4,"sym":false,"checkpoint_format":"gptq_v2"') },
    { GPTQ_3, gptq('"bits":3,"sym":false,"checkpoint_format":"gptq_p"') },
    { AWQ, awq("gemm") },
    { AWQ_FAST, awq("gemv_fast") },
    { BITNET, settings('"quant_method":"bitnet","linear_class":"autobitlinear"') },
    { GPT_OSS, settings('"quant_method":"mxfp4"') },
    { HQQ, settings('"quant_method":"hqq"') },
    { NF4, settings('"quant_method":"bitsandbytes","load_in_4bit":true') },
    { MLX, '{"quantization":{"group_size":32,"bits":4,"mode":"affine"}}' },
    { COMPRESSED, groups("pack-quantized",
        '"num_bits":4,"type":"int","symmetric":true,"group_size":32,"strategy":"group"') },
    { NVFP4, groups("nvfp4-pack-quantized",
        '"num_bits":4,"type":"float","symmetric":true,"group_size":16,"strategy":"tensor_group"') },
}
