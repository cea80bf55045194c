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
end)
