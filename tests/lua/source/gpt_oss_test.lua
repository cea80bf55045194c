-- Experts of gpt-oss: what fixtures do not hold.
local check = require("check")
local made_up = require("made_up").new()

local pack = made_up.pack

local function case(name, test)
    check.case("gpt-oss: " .. name, test)
end

local CONFIG = { quantization_config = { quant_method = "mxfp4" } }
local PAIRS = pack("B", { 0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE }):rep(2)

-- Two experts of one row, with the scales 1 and `scale`; a bias beside them.
local function experts(scale, shape)
    return { { "e.down_proj_bias", "BF16", { 2, 1 }, ("x"):rep(4) },
        { "e.down_proj_blocks", "U8", shape or { 2, 1, 1, 16 }, PAIRS:rep(2) },
        { "e.down_proj_scales", "U8", { 2, 1, 1 }, pack("B", { 127, scale }) } }
end

case("the lower half of a byte is the even code, and experts follow one another", function()
    local list = made_up.safetensors(experts(129), CONFIG)
    check.equal(#list, 1)
    local matrix = list[1]
    check.equal(matrix.name, "e.down_proj")
    check.equal(matrix.format, "fp4g32e8m0")
    check.equal(matrix.count, 2)
    check.equal(table.concat(matrix:dequantize(0), " ", 1, 16), "0.0 0.5 1.0 1.5 2.0 3.0 4.0 6.0 "
        .. "-0.0 -0.5 -1.0 -1.5 -2.0 -3.0 -4.0 -6.0")
    check.equal(table.concat(matrix:dequantize(1), " ", 17, 20), "0.0 2.0 4.0 6.0")
end)

case("a scale may be as small as fp32 goes", function()
    local matrix = made_up.safetensors(experts(0), CONFIG)[1]
    check.equal(matrix:dequantize(1)[2], 2.0 ^ -128)
end)

case("what does not fit is refused", function()
    local matrix = made_up.safetensors(experts(255), CONFIG)[1]
    made_up.refuses("e.down_proj_scales has a scale of 255 in row 1, which is no number",
        matrix.dequantize, matrix, 1)
    local tensors = experts(1)
    made_up.refuses("e.down_proj_blocks has no e.down_proj_scales beside it", made_up.safetensors,
        { tensors[1], tensors[2] }, CONFIG)
    made_up.refuses("e.down_proj_blocks has the type U8 and the shape 2 x 16; right is U8, experts",
        made_up.safetensors, experts(1, { 2, 16 }), CONFIG)
    tensors[3] = { "e.down_proj_scales", "U8", { 1 }, "x" }
    made_up.refuses("e.down_proj_scales has 1 elements; e.down_proj_blocks needs 2",
        made_up.safetensors, tensors, CONFIG)
end)

made_up.close()
