-- Numbers of files: every bit pattern of the short ones against what it means.
local check = require("check")
local number = require("source.number")

local function case(name, test)
    check.case("number: " .. name, test)
end

case("f16 and bf16 are what the standard says", function()
    for bits, value in pairs({ [0x0000] = 0.0, [0x3c00] = 1.0, [0xc000] = -2.0, [0x7bff] = 65504.0,
        [0x0001] = 2.0 ^ -24, [0x03ff] = 1023 * 2.0 ^ -24, [0x0400] = 2.0 ^ -14,
        [0x7c00] = math.huge, [0xfc00] = -math.huge, [0x3555] = 0.333251953125 }) do
        check.equal(number.f16(bits), value, ("f16 %04x"):format(bits))
    end
    check.equal(1 / number.f16(0x8000), -math.huge)
    check.equal(number.f16(0x7e00) ~= number.f16(0x7e00), true)
    for bits, value in pairs({ [0x3f80] = 1.0, [0xbf80] = -1.0, [0x4049] = 3.140625,
        [0x0001] = 2.0 ^ -133, [0xff80] = -math.huge }) do
        check.equal(number.bf16(bits), value, ("bf16 %04x"):format(bits))
    end
end)

case("the numbers of a byte are what the OCP says", function()
    for byte, value in pairs({ [0x00] = 0.0, [0x38] = 1.0, [0xb8] = -1.0, [0x7e] = 448.0,
        [0x01] = 2.0 ^ -9, [0x07] = 7 * 2.0 ^ -9, [0x08] = 2.0 ^ -6, [0x77] = 240.0 }) do
        check.equal(number.e4m3(byte), value, ("e4m3 %02x"):format(byte))
    end
    check.equal(number.e4m3(0x7f) ~= number.e4m3(0x7f), true)
    for byte, value in pairs({ [0] = 2.0 ^ -127, [127] = 1.0, [128] = 2.0, [254] = 2.0 ^ 127 }) do
        check.equal(number.e8m0(byte), value, ("e8m0 %d"):format(byte))
    end
    check.equal(number.e8m0(255) ~= number.e8m0(255), true)
end)

case("a double is rounded to fp32, ties to even", function()
    check.equal(number.f32(0.1), 0.100000001490116119384765625)
    check.equal(number.f32(1 + 2.0 ^ -24), 1.0)
    check.equal(number.f32(1 + 3 * 2.0 ^ -24), 1 + 2.0 ^ -22)
    check.equal(number.f32(2.0 ^ -150), 0.0)
    check.equal(number.f32(1e39), math.huge)
end)

case("lists have all numbers of a text", function()
    check.equal(table.concat(number.list("I32", ("<i4i4"):pack(-2, 7)), " "), "-2 7")
    check.equal(table.concat(number.list("U32", "\xfe\xff\xff\xff"), " "), "4294967294")
    check.equal(table.concat(number.list("I16", "\xff\xff\1\0"), " "), "-1 1")
    check.equal(table.concat(number.list("F16", "\0\x3c\0\xc0"), " "), "1.0 -2.0")
    check.equal(table.concat(number.list("BF16", "\x80\x3f"), " "), "1.0")
    check.equal(table.concat(number.list("F8_E8M0", "\x7f\x80"), " "), "1.0 2.0")
    check.equal(#number.list("U8", ""), 0)
end)
