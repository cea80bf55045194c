-- MLX's affine quantisation: what fixtures do not hold.
local check = require("check")
local made_up = require("made_up").new()

local pack = made_up.pack

local function case(name, test)
    check.case("mlx: " .. name, test)
end

local SETTINGS = { group_size = 32, bits = 4, mode = "affine" }

-- A module of 2 rows of 32 codes of 4 bits, 0 to 15 and again, with scales 0.5 and -0.25.
local function module(name, count)
    local words = pack("I4", { 0x76543210, 0xFEDCBA98, 0x76543210, 0xFEDCBA98 })
    return { name .. ".weight", "U32", count and { count, 2, 4 } or { 2, 4 },
            words:rep(2 * (count or 1)) },
        { name .. ".scales", "F16", count and { count, 2, 1 } or { 2, 1 },
            pack("I2", { 0x3800, 0xB400 }):rep(count or 1) },
        { name .. ".biases", "F16", count and { count, 2, 1 } or { 2, 1 },
            pack("I2", { 0xBC00, 0x4000 }):rep(count or 1) }
end

local function tensors_of(...)
    local tensors = {}
    for _, tensor in ipairs({ ... }) do
        tensors[#tensors + 1] = tensor
    end
    return tensors
end

local function one(settings)
    local codes, scales, biases = module("a")
    return made_up.safetensors({ codes, scales, biases },
        { quantization = settings or SETTINGS })[1]
end

case("a scale may be negative", function()
    local matrix = one()
    check.equal(matrix.format, "w4g32m")
    for column = 0, 31 do
        check.equal(matrix:dequantize(0)[column + 1], 0.5 * (column % 16) - 1)
        check.equal(matrix:dequantize(1)[column + 1], -0.25 * (column % 16) + 2)
    end
end)

case("experts are stacked", function()
    local codes, scales, biases = module("a.switch_mlp.up_proj", 3)
    local matrix = made_up.safetensors({ codes, scales, biases }, { quantization = SETTINGS })[1]
    check.equal(matrix.count, 3)
    check.equal(matrix.m, 2)
    check.equal(matrix:dequantize(5)[2], 1.75)
end)

case("a module may have its own bits", function()
    local settings = { group_size = 64, bits = 4, a = { group_size = 32, bits = 2 } }
    local matrix = made_up.safetensors(tensors_of(
        { "a.weight", "U32", { 1, 2 }, pack("I4", { 0xE4E4E4E4, 0 }) },
        { "a.scales", "BF16", { 1, 1 }, pack("I2", { 0x3F80 }) },
        { "a.biases", "BF16", { 1, 1 }, pack("I2", { 0 }) }), { quantization = settings })[1]
    check.equal(matrix.format, "w2g32mf32")
    check.equal(table.concat(matrix:dequantize(0), " ", 1, 4), "0.0 1.0 2.0 3.0")
end)

case("another mode is named, and not read", function()
    local matrix = one({ group_size = 32, bits = 4, mode = "mxfp4" })
    check.equal(matrix.kind, "MLX mxfp4")
    check.equal(matrix.format, nil)
    made_up.refuses("a is MLX mxfp4, which is not supported", matrix.dequantize, matrix, 0)
end)

case("settings of another quantiser are not MLX's", function()
    local codes, scales, biases = module("a")
    local list = made_up.safetensors({ codes, scales, biases },
        { quantization_config = { quant_method = "other", bits = 4, group_size = 32 } })
    check.equal(#list, 0)
end)

case("what does not fit is refused", function()
    local codes, scales, biases = module("a")
    local function refuses(part, tensors, settings)
        made_up.refuses(part, made_up.safetensors, tensors, { quantization = settings or SETTINGS })
    end
    refuses("a.weight has no a.biases beside it", { codes, scales })
    refuses("a.weight has 7 bits and groups of 32; MLX has", { codes, scales, biases },
        { group_size = 32, bits = 7 })
    refuses("a.weight has an object bits and groups of a list; MLX has", { codes, scales, biases },
        { group_size = { 32 }, bits = { a = 4 } })
    refuses("a.scales has 2 elements; a.weight needs 4", { codes, scales, biases },
        { group_size = 32, bits = 2 })
    refuses("a.weight has rows of 4 words, which are no groups of 64", { codes, scales, biases },
        { group_size = 64, bits = 4 })
    refuses("a.scales has the type I32", { codes, { "a.scales", "I32", { 2, 1 }, ("x"):rep(8) },
        biases })
    refuses("a.biases has the type BF16, and a.scales has F16",
        { codes, scales, { "a.biases", "BF16", { 2, 1 }, ("x"):rep(4) } })
    refuses("a.weight has the type I32 and 2 dimensions",
        { { "a.weight", "I32", { 2, 4 }, ("x"):rep(32) }, scales, biases })
end)

made_up.close()
