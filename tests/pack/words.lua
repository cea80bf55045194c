-- words.lua LUTLOOM WORK: files of random words of GPTQ, AWQ and compressed-tensors, in layouts
-- that fixtures have not. What comes back is compared with matrix:dequantize.
local ROOT = arg[0]:match("^(.*)/tests/pack/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", ROOT .. "/tests/pack/?.lua", package.path }, ";")
require("check").root = ROOT
local random_files = require("random_files")
local safetensors_text = require("safetensors_text")

local M, K = 64, 768

local function words(name, rows, columns)
    return { "a." .. name, "I32", { rows, columns },
        random_files.bytes(rows * columns * 4, 1, 255) }
end

local function halves(name, rows, columns)
    return { "a." .. name, "F16", { rows, columns }, random_files.halves(rows * columns, 0x2000) }
end

local function file(tensors, settings)
    return { ending = "safetensors", text = safetensors_text.file(tensors),
        config = { quantization_config = settings } }
end

-- The groups of K columns, each of `group`: round robin.
local function spread(name, groups)
    local list = {}
    for column = 0, K - 1 do
        list[column + 1] = ("<i4"):pack(column * 5 % groups)
    end
    return { "a." .. name, "I32", { K }, table.concat(list) }
end

local GPTQMODEL = { quantizer = { "gptqmodel:7.3.4" } }

-- `order`: "act-order" or "in order"; `m` rows, or M.
local function gptq(bits, group, format, writer, order, m)
    m = m or M
    local groups = -(-K // group)
    local tensors = { words("qweight", K * bits // 32, m), words("qzeros", groups, m * bits // 32),
        halves("scales", groups, m) }
    tensors[4] = order == "act-order" and spread("g_idx", groups) or nil
    return file(tensors, { quant_method = "gptq", bits = bits, group_size = group, format = format,
        meta = writer == "gptqmodel" and GPTQMODEL or nil })
end

local function awq(version, group)
    local groups, room = K // group, ({ [32] = 32, [64] = 16, [128] = 8 })[group]
    local tensors = {
        gemm = { words("qweight", K, M // 8), words("qzeros", groups, M // 8),
            halves("scales", groups, M) },
        gemv = { words("qweight", M, K // 8), words("qzeros", M, room // 8),
            halves("scales", M, room) },
        gemv_fast = { { "a.qweight", "I16", { M // 4, K },
            random_files.bytes(M // 2 * K, 1, 255) }, halves("qzeros", room, M),
            halves("scales", room, M) },
        marlin = { words("qweight", K // 16, M * 2), halves("scales", groups, M) },
    }
    return file(tensors[version], { quant_method = "awq", bits = 4, group_size = group,
        version = version })
end

local function marlin_rows()
    return file({ words("qweight", K // 16, M * 2), halves("scales", 1, M) },
        { quant_method = "awq", bits = 4, group_size = -1, version = "marlin" })
end

-- `each`: codes of a word that holds whole ones; nil: they are side by side.
local function compressed(bits, strategy, each, order)
    local function words_for(count)
        return each and -(-count // each) or count * bits // 32
    end
    local groups = strategy == "group" and K // 64 or 1
    local tensors = { words("weight_packed", M, words_for(K)),
        { "a.weight_shape", "I64", { 2 }, ("<i8i8"):pack(M, K) },
        halves("weight_scale", M, groups), words("weight_zero_point", words_for(M), groups) }
    tensors[5] = order and spread("weight_g_idx", groups) or nil
    return file(tensors, { quant_method = "compressed-tensors", config_groups = { group_0 = {
        weights = { num_bits = bits, type = "int", strategy = strategy, group_size = 64 } } } })
end

local function compressed_tensor(bits)
    return file({ words("weight_packed", M, K * bits // 32),
        { "a.weight_shape", "I64", { 2 }, ("<i8i8"):pack(M, K) }, halves("weight_scale", 1, 1),
        { "a.weight_zero_point", "I8", { 1 }, "\xFD" } },
        { quant_method = "compressed-tensors", config_groups = { group_0 = { weights = {
            num_bits = bits, type = "int", strategy = "tensor" } } } })
end

local function modelopt()
    return file({ { "a.weight", "U8", { M, K // 2 }, random_files.bytes(M * K // 2, 1, 255) },
        { "a.weight_scale", "F8_E4M3", { M, K // 16 }, random_files.bytes(M * K // 16, 1, 126) },
        { "a.weight_scale_2", "F32", {}, ("<f"):pack(0.0137) } },
        { quant_method = "modelopt", quant_algo = "NVFP4" })
end

local FILES = {
    { "gptq 2 bits", gptq, 2, 64, "gptq", "gptqmodel", "act-order" },
    { "gptq 3 bits", gptq, 3, 64, "gptq_v2", "gptqmodel", "act-order" },
    { "gptq 3 bits, modulo", gptq, 3, 64, "gptq", "gptqmodel", "in order" },
    { "gptq 3 bits, AutoGPTQ", gptq, 3, 64, "gptq", "autogptq", "in order" },
    { "gptq 3 bits, planes", gptq, 3, 64, "gptq_p", "gptqmodel", "act-order" },
    { "gptq 4 bits, 3000 rows", gptq, 4, 64, "gptq", "gptqmodel", "act-order", 3008 },
    { "gptq 4 bits, groups of 512", gptq, 4, 512, "gptq", "autogptq", "in order" },
    { "gptq 5 bits", gptq, 5, 64, "gptq", "gptqmodel", "act-order" },
    { "gptq 6 bits", gptq, 6, 64, "gptq_p", "gptqmodel", "in order" },
    { "gptq 8 bits", gptq, 8, 64, "gptq", "gptqmodel", "in order" },
    { "awq gemm", awq, "gemm", 64 }, { "awq gemv 32", awq, "gemv", 32 },
    { "awq gemv 64", awq, "gemv", 64 }, { "awq gemv_fast 32", awq, "gemv_fast", 32 },
    { "awq gemv_fast 64", awq, "gemv_fast", 64 }, { "awq marlin", awq, "marlin", 64 },
    { "awq marlin, a scale a row", marlin_rows },
    { "compressed-tensors 2 bits", compressed, 2, "group" },
    { "compressed-tensors 3 bits", compressed, 3, "group", nil, "act-order" },
    { "compressed-tensors 3 bits, padded", compressed, 3, "group", 10, "act-order" },
    { "compressed-tensors 5 bits", compressed, 5, "group" },
    { "compressed-tensors 5 bits, padded", compressed, 5, "group", 6 },
    { "compressed-tensors 6 bits, padded", compressed, 6, "channel", 5 },
    { "compressed-tensors 8 bits", compressed, 8, "channel" },
    { "compressed-tensors, one scale", compressed_tensor, 4 },
    { "modelopt", modelopt },
}

os.exit(random_files.check(arg[1], arg[2], FILES, { "w2g64z", "w3g64z", "w4g64z", "w5g64z",
    "w6g64z", "w8g64z", "w4g256z", "w4g32z", "w4g32m", "w4g64m", "w4g64", "w4row", "w6g256z",
    "w8g256z", "w4tensorz", "fp4g16f32" }))
