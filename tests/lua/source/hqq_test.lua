-- HQQ: what fixtures do not hold.
local check = require("check")
local made_up = require("made_up").new()
local number = require("source.number")

local pack = made_up.pack

local function case(name, test)
    check.case("hqq: " .. name, test)
end

-- The tensors of a module `a`, with `change` in the place of some; false leaves one out. Its m x k
-- weights have codes of a byte, 0 to 15 and again, the scale 2 and the zero 7.5.
local function module(m, k, group, change)
    local codes = {}
    for index = 1, m * k do
        codes[index] = (index - 1) % 16
    end
    local count = m * k // group
    local tensors = {
        W_q = { "U8", { count, group }, pack("B", codes) },
        scale = { "F16", { count, 1 }, pack("I2", { 0x4000 }):rep(count) },
        zero = { "F16", { count, 1 }, pack("I2", { 0x4780 }):rep(count) },
        shape = { "I64", { 2 }, pack("i8", { m, k }) },
        nbits = { "I32", {}, pack("i4", { 4 }) },
        group_size = { "I32", {}, pack("i4", { group }) },
        axis = { "I32", {}, pack("i4", { 1 }) },
        packing = { "U8", { 7 }, "8bit_u8" },
    }
    local list = {}
    for _, name in ipairs({ "shape", "W_q", "scale", "zero", "nbits", "group_size", "axis",
        "packing" }) do
        local tensor = tensors[name]
        if change and change[name] ~= nil then
            tensor = change[name]
        end
        list[#list + 1] = tensor and { "a." .. name, table.unpack(tensor) } or nil
    end
    return list
end

local function one(m, k, group, change)
    return made_up.safetensors(module(m, k, group, change), {})[1]
end

case("a weight is (code - zero) * scale", function()
    local matrix = one(2, 64, 32)
    check.equal(matrix.format, "w4g32mf32")
    check.equal(matrix.kind, "HQQ 4-bit")
    for row = 0, 1 do
        for column, weight in ipairs(matrix:dequantize(row)) do
            check.equal(weight, ((column - 1) % 16 - 7.5) * 2)
        end
    end
end)

case("longer groups are groups of 256 or fewer, with scales that are repeated", function()
    check.equal(one(1, 512, 512).format, "w4g256mf32")
    check.equal(one(2, 192, 96).format, "w4g32mf32")
    check.equal(one(2, 40, 40).format, "w4rowmf32")
end)

case("what no format holds is still dequantized", function()
    local short = one(2, 16, 8)
    check.equal(short.why, "groups of 8 weights are no multiple of 32")
    check.equal(short:dequantize(1)[16], 15)
    local across = one(2, 48, 32, { scale = { "F16", { 3, 1 },
        pack("I2", { 0x4000, 0x4400, 0x4800 }) } })
    check.equal(across.why, "groups of 32 weights run over the ends of rows of 48")
    check.equal(across:dequantize(0)[32], 15)
    check.equal(across:dequantize(0)[48], 30)
    check.equal(across:dequantize(1)[16], 30)
    check.equal(across:dequantize(1)[48], 60)
    local single = one(2, 32, 32, { scale = { "F32", { 2, 1 }, pack("f", { 0.1, 0.3 }) },
        zero = { "F32", { 2, 1 }, pack("f", { 0.7, 0.1 }) } })
    check.equal(single.why, "products of fp32 scales and zeros are no fp32 numbers")
    for column, weight in ipairs(single:dequantize(0)) do
        local difference = number.f32((column - 1) % 16 - number.f32(0.7))
        check.equal(weight, number.f32(difference * number.f32(0.1)))
    end
    for _, matrix in ipairs({ short, across, single }) do
        check.equal(matrix.format, nil)
    end
end)

case("each column of axis 0 has a scale", function()
    local scales, zeros = pack("I2", { 0x3C00, 0x4000 }), pack("I2", { 0x4780, 0 })
    local matrix = one(2, 32, 2, { axis = { "I32", {}, pack("i4", { 0 }) },
        scale = { "F16", { 1, 32 }, scales:rep(16) }, zero = { "F16", { 1, 32 }, zeros:rep(16) } })
    check.equal(matrix.format, nil)
    check.contains(matrix.why, "axis 0")
    for column, weight in ipairs(matrix:dequantize(1)) do
        local code = (column - 1) % 16
        check.equal(weight, column % 2 == 1 and code - 7.5 or code * 2)
    end
end)

-- An fp16 number of 11 bits with this exponent.
local function random_half(exponent)
    return math.random(1 << 10, (1 << 11) - 1) * 2.0 ^ (exponent - 10)
end

case("offsets of fp32 give the same bits, or an ulp off where a zero is tiny", function()
    math.randomseed(20)
    local differ = 0
    for _ = 1, 20000 do
        local bits = math.random(8)
        local code, tiny = math.random(0, (1 << bits) - 1), math.random(2) == 1
        local zero = random_half(tiny and -14 or math.random(math.max(bits - 14, -14), bits))
        local scale = random_half(math.random(-14, 2))
        local theirs = number.f32(number.f32(code - zero) * scale)
        local offset = number.f32(-zero * scale)
        check.equal(offset, -zero * scale)
        local ours = number.f32(number.f32(scale * code) + offset)
        differ = differ + (ours ~= theirs and 1 or 0)
        check.equal(tiny or ours == theirs, true, ("%a %a %d"):format(zero, scale, code))
        check.equal(math.abs(ours - theirs) <= 2.0 ^ -23 * math.abs(theirs), true, "an ulp")
    end
    check.equal(differ > 0, true, "tiny zeros that make a difference")
end)

case("what does not fit is refused", function()
    local function refuses(part, change, m, k, group)
        made_up.refuses(part, one, m or 2, k or 64, group or 32, change)
    end
    for _, name in ipairs({ "shape", "scale", "zero", "nbits", "group_size", "axis" }) do
        refuses(("a.W_q has no a.%s beside it"):format(name), { [name] = false })
    end
    refuses("a.W_q does not say a packing that is known: 8bit_u8", { packing = false })
    refuses("a.packing does not say a packing", { packing = { "U8", { 7 }, "7bit_u8" } })
    refuses("a.nbits says 7.00 bits", { nbits = { "I32", {}, pack("i4", { 7 }) } })
    refuses("a.nbits says 4.00 bits", { packing = { "U8", { 7 }, "1bit_u8" } })
    refuses("a.W_q has axis 2", { axis = { "I32", {}, pack("i4", { 2 }) } })
    refuses("a.W_q has axis 1 and groups of 0",
        { group_size = { "I32", {}, pack("i4", { 0 }) } })
    refuses("a.W_q has 128 weights, which are no groups of 48",
        { group_size = { "I32", {}, pack("i4", { 48 }) } })
    refuses("a.W_q has 128 bytes; 4 rows of 32 codes of 4 bits are 64",
        { packing = { "U8", { 7 }, "4bit_u8" } })
    refuses("a.scale has 4 elements; a.W_q needs 2",
        { group_size = { "I32", {}, pack("i4", { 64 }) } })
    refuses("a.zero has the type BF16, and a.scale has F16",
        { zero = { "BF16", { 4, 1 }, ("x"):rep(8) } })
    refuses("a.shape says -2 x 64", { shape = { "I64", { 2 }, pack("i8", { -2, 64 }) } })
end)

made_up.close()
