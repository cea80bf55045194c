local check = require("check")
local format = require("input.format")

local function case(text, action)
    check.case("format: " .. text, action)
end

case("a zero point of all weights", function()
    local record = format.parse("w2g64z1")
    check.equal(record.zero, 1)
    check.equal(record.zero_points, false)
    check.equal(record.key, "w2g64z1")
    check.equal(format.parse("w4rowz16f32arow").key, "w4rowz16f32")
    check.equal(format.parse("w2g64z").zero_points, true)
end)

case("a thing has one name", function()
    check.refused("2 is the zero point of weights without z2", format.parse("w2g64z2"))
    check.refused("z01 is no zero point from 0 to 4", format.parse("w2g64z01"))
end)

case("what no weights have", function()
    check.refused("z5 is no zero point from 0 to 4", format.parse("w2g64z5"))
    check.refused("ternary weights are -1, 0 and 1", format.parse("tg64z0"))
    check.refused("ends in 'z'", format.parse("w2g64z1z"))
    check.refused("unknown format 'w9g32'", format.parse("w9g32"))
    check.refused("unknown format 'iq3g32'", format.parse("iq3g32"))
end)

case("offsets beside the scales", function()
    local record = format.parse("w4g32m")
    check.equal(record.offsets, true)
    check.equal(record.zero, 0)
    check.equal(record.zero_points, false)
    check.equal(record.key, "w4g32m")
    check.refused("offsets are those of w2 to w8", format.parse("w1g32m"))
    check.refused("offsets are those of w2 to w8", format.parse("tg32m"))
    check.refused("offsets are those of w2 to w8", format.parse("iq4g32m"))
    check.refused("ends in 'z'", format.parse("w4g32mz"))
end)

case("factors of sub-blocks", function()
    local record = format.parse("w4g256s32x6m")
    check.equal(record.sub, 32)
    check.equal(record.factor_bits, 6)
    check.equal(record.key, "w4g256s32x6m")
    check.equal(format.parse("w3g256s16x6z3arow").key, "w3g256s16x6z3")
    check.refused("sub-blocks with factors are those of g256", format.parse("w4g128s32x6"))
    check.refused("sub-blocks with factors are those of g256", format.parse("ts16x4"))
    check.refused("s8x6: sub-blocks are of 16 or 32 weights", format.parse("w4g256s8x6"))
    check.refused("s32x5: sub-blocks are of 16 or 32 weights", format.parse("w4g256s32x5"))
    check.refused("ends in 's32'", format.parse("w4g256s32"))
end)

case("numbers of a book", function()
    local record = format.parse("iq4g32")
    check.equal(record.bits, 4)
    check.equal(record.zero, 0)
    check.equal(record.numbers[1], -127)
    check.equal(record.numbers[16], 113)
    check.equal(format.parse("fp4g32e8m0").numbers[9], 0)
    check.refused("numbers of a book have no zero point", format.parse("iq4g32z7"))
    check.refused("numbers of a book have no zero points", format.parse("fp4g32z"))
    check.refused("unknown format 'ip4g32'", format.parse("ip4g32"))
end)

case("types of scales", function()
    local bytes = { w4g32 = 2, w4g32f32 = 4, w4g32e8m0 = 1, fp4g32e8m0arow = 1, fp4g16ue4m3 = 1 }
    for name, expected in pairs(bytes) do
        check.equal(format.parse(name).scale_bytes, expected)
    end
    check.refused("ends in 'e8m0'", format.parse("w4g32f32e8m0"))
    check.refused("ends in 'f32'", format.parse("fp4g16ue4m3f32"))
end)

-- Other methods serve only what has none of these parts.
case("what has parts beside codes of 1 to 4 bits", function()
    local expected = {
        w4g32 = false, w4g32z = false, w2g64z1f32 = false, t = false, w5g32 = true, w8row = true,
        w4g32m = true, w4g256s16x4 = true, iq4g32 = true, w4g32e8m0 = true,
        w4g16 = true,
    }
    for name, has_parts in pairs(expected) do
        check.equal(format.parse(name).has_parts, has_parts)
    end
end)

-- tests/runtime has the runtime's parser on all of these names, and on their number.
case("every name parses to a key of its own", function()
    local keys, count = {}, 0
    for _, base in ipairs({ "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "t", "iq4", "fp4" }) do
        for _, grain in ipairs({ "g16", "g32", "g64", "g128", "g256", "g256s16x4", "g256s16x6",
            "g256s16x8", "g256s32x4", "g256s32x6", "g256s32x8", "row" }) do
            for _, zero in ipairs({ "", "z", "m" }) do
                for _, scale in ipairs({ "", "f32", "e8m0", "ue4m3" }) do
                    local name = base .. grain .. zero .. scale
                    local record = format.parse(name)
                    if record then
                        check.equal(record.key, name)
                        keys[name], count = true, count + 1
                    end
                end
            end
        end
    end
    check.equal(count, (11 * 3 - 6) * 12 * 4)
    check.equal(keys.w8g256s32x8me8m0, true)
end)
