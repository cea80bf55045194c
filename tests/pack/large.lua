-- large.lua LUTLOOM WORK: files of random weights, of more rows than are packed at once. What comes
-- back is compared with matrix:dequantize, which fixtures are judges of.
local ROOT = arg[0]:match("^(.*)/tests/pack/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", ROOT .. "/tests/pack/?.lua", package.path }, ";")
require("check").root = ROOT
local gguf_text = require("gguf_text")
local random_files = require("random_files")
local safetensors_text = require("safetensors_text")

local M, K = 768, 2048
local random_bytes, random_halves = random_files.bytes, random_files.halves

-- ---- Files: { ending =, text =, config =, ini =, i2s = } each ----------------------------------

local function mlx(bits)
    local groups = K // 64
    return { ending = "safetensors", config = { quantization = { bits = bits, group_size = 64 } },
        text = safetensors_text.file({
            { "a.weight", "U32", { M, K * bits // 32 }, random_bytes(M * K * bits // 8, 1, 255) },
            { "a.scales", "BF16", { M, groups }, random_halves(M * groups, 0x3B00) },
            { "a.biases", "BF16", { M, groups }, random_halves(M * groups, 0xBD00) } }) }
end

-- What is said by a tensor of one number.
local function said(name, value)
    return { "a." .. name, "I32", {}, ("<i4"):pack(value) }
end

local function hqq(bits, packing)
    local groups, each = M * K // 64, bits == 3 and 10 or 8 // bits
    local elements = -(-groups // each) * 64
    local codes = bits == 3 and { "a.W_q", "I32", { elements // 64, 64 },
            random_bytes(elements * 4, 1, 255) }
        or { "a.W_q", "U8", { elements // 64, 64 }, random_bytes(elements, 1, 255) }
    return { ending = "safetensors", text = safetensors_text.file({ codes,
        { "a.scale", "F16", { groups, 1 }, random_halves(groups, 0x2000) },
        { "a.zero", "F16", { groups, 1 }, random_halves(groups, 0x4000) },
        { "a.shape", "I64", { 2 }, ("<i8i8"):pack(M, K) },
        { "a.packing", "U8", { #packing }, packing },
        said("nbits", bits), said("group_size", 64), said("axis", 1) }) }
end

local function bitnet(class)
    return { ending = "safetensors", config = { quantization_config = { quant_method = "bitnet",
            linear_class = class } },
        text = safetensors_text.file({
            { "a.weight", "U8", { M // 4, K }, random_bytes(M * K // 4, 4, 2) },
            { "a.weight_scale", "BF16", { 1 }, ("<I2"):pack(0x41FA) } }) }
end

local SCALE = ("<f"):pack(0.037) .. ("\0"):rep(28)

-- The tensor is not the last one: TL2 is told from MXFP4 by where the next one begins.
local function gguf(kind, bytes, more)
    local data = gguf_text.padded(bytes) .. SCALE
    local header = gguf_text.begin(3, 2, 0) .. gguf_text.tensor("a.weight", kind, 0, K, M)
        .. gguf_text.tensor("b", 0, #data, 8)
    local file = { ending = "gguf", text = gguf_text.padded(header) .. data .. ("\0"):rep(32) }
    for key, value in pairs(more) do
        file[key] = value
    end
    return file
end

local function i2s(layout)
    return gguf(36, random_bytes(M * K // 4, 4, 2), { i2s = layout })
end

local function tl(kind, bytes, blocks)
    return gguf(kind, random_bytes(bytes, 2, 8),
        { ini = ("[a]\nm = %d\nk = %d\n%s"):format(M, K, blocks) })
end

local function gpt_oss()
    return { ending = "safetensors", config = { quantization_config = { quant_method = "mxfp4" } },
        text = safetensors_text.file({
            { "a_blocks", "U8", { 1, M, K // 32, 16 }, random_bytes(M * K // 2, 1, 255) },
            { "a_scales", "U8", { 1, M, K // 32 }, random_bytes(M * K // 32, 1, 254) } }) }
end

local FILES = {
    { "mlx 3 bits", mlx, 3 }, { "mlx 4 bits", mlx, 4 },
    { "hqq 3 bits", hqq, 3, "3bit_32" }, { "hqq 4 bits", hqq, 4, "4bit_u8" },
    { "bitnet", bitnet, "bitlinear" },
    { "i2s x86", i2s, "x86" }, { "i2s x86-noactparallel", i2s, "x86-noactparallel" },
    { "i2s arm", i2s, "arm" },
    { "tl1", tl, 38, M * K // 4, "bm = 256\nbk = 128\nbmm = 32\n" },
    { "tl2", tl, 39, (K - 256) * M // 3 * 5 // 8 + 64 * M, "bm = 256\nbk = 96\nbmm = 32\n" },
    { "gpt-oss", gpt_oss },
}

os.exit(random_files.check(arg[1], arg[2], FILES, { "w3g64mf32", "w4g64mf32", "ttensorf32",
    "fp4g32e8m0" }))
