-- Blocks of GGUF files: bytes that no quantiser writes.
local blocks = require("source.blocks")
local check = require("check")

local function case(name, test)
    check.case("blocks: " .. name, test)
end

-- The weights of a block with these codes and bytes, by index from 0.
local function weights_of(name, codes, block)
    local weights = blocks.dequantize({ name = name, codes = codes, bytes = #block }, block)
    check.equal(#weights, codes)
    return table.move(weights, 1, codes, 0, {})
end

local HALF_ONE = "\0\x3C"

case("a scale of 255 is no NaN in MXFP4, and what is beyond fp32 is infinite", function()
    local codes = "\x12\xF2" .. ("\0"):rep(14)
    local one, most = weights_of("MXFP4", 32, "\x80" .. codes),
        weights_of("MXFP4", 32, "\xFF" .. codes)
    check.equal(one[0], 2.0)
    check.equal(one[16], 1.0)
    check.equal(one[17], -12.0)
    check.equal(most[0], math.huge)
    check.equal(most[16], 2.0 ^ 127)
    check.equal(most[17], -math.huge)
    check.equal(most[2], 0.0)
end)

case("code 3 of TQ2_0 and of Q2_0 is 2", function()
    check.equal(weights_of("TQ2_0", 256, "\xC0" .. ("\0"):rep(63) .. HALF_ONE)[96], 2.0)
    for codes, bytes in pairs({ [64] = 16, [128] = 32 }) do
        local weights = weights_of("Q2_0", codes, HALF_ONE .. "\xE4" .. ("\0"):rep(bytes - 1))
        check.equal(table.concat(weights, " ", 0, 3), "-1.0 0.0 1.0 2.0")
    end
end)

-- Digits to base 3 of 255 / 256: 2 2 2 2 2 and so on; of 1 / 256: 0 0 0 0 0 and then 0.94.
case("bytes of TQ1_0 are read in runs of 32, 16 and 4", function()
    local bytes = {}
    for index = 0, 51 do
        bytes[index + 1] = (index == 1 or index == 34 or index == 51) and "\xFF" or "\x80"
    end
    local weights = weights_of("TQ1_0", 256, table.concat(bytes) .. HALF_ONE)
    for index = 0, 255 do
        local is_two = index < 160 and index % 32 == 1 or index >= 160 and index < 240
            and index % 16 == 2 or index >= 240 and index % 4 == 3
        check.equal(weights[index], is_two and 1.0 or 0.0, index)
    end
end)

case("scales of NVFP4 have no sign, and 0 and 0x7F are 0", function()
    local weights = weights_of("NVFP4", 64, "\x38\x00\x7F\xBC" .. ("\x21"):rep(32))
    for index, wanted in pairs({ [0] = 0.5, [8] = 1.0, [16] = 0.0, [32] = 0.0, [48] = 0.75,
        [56] = 1.5 }) do
        check.equal(weights[index], wanted, index)
    end
    check.equal(weights_of("NVFP4", 64, "\1\0\0\0" .. ("\2"):rep(32))[0], 2.0 ^ -9)
end)
