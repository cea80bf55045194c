-- Numbers as files hold them, little-endian, as Lua's. All are exact: a double holds each.
local number = {}

-- The double that is nearest in fp32, ties to even: what one operation in fp32 gives where its
-- operands are fp32 and the double's result is rounded once (true for + - * / and sqrt).
function number.f32(x)
    return (("<f"):unpack(("<f"):pack(x)))
end

-- IEEE 754 binary16 from its 16 bits.
function number.f16(bits)
    local sign = bits & 0x8000 ~= 0 and -1.0 or 1.0
    local exponent, fraction = bits >> 10 & 31, bits & 1023
    if exponent == 31 then
        return fraction == 0 and sign * math.huge or 0.0 / 0.0
    elseif exponent == 0 then
        return sign * fraction * 2.0 ^ -24
    end
    return sign * (1024 + fraction) * 2.0 ^ (exponent - 25)
end

-- bfloat16: the upper half of fp32.
function number.bf16(bits)
    return (("<f"):unpack(("<I4"):pack(bits << 16)))
end

-- OCP FP8 E4M3 ("fn"): no infinities, and one NaN for each sign.
function number.e4m3(byte)
    local sign = byte & 0x80 ~= 0 and -1.0 or 1.0
    local exponent, fraction = byte >> 3 & 15, byte & 7
    if exponent == 15 and fraction == 7 then
        return 0.0 / 0.0
    elseif exponent == 0 then
        return sign * fraction * 2.0 ^ -9
    end
    return sign * (8 + fraction) * 2.0 ^ (exponent - 10)
end

-- OCP E8M0: a power of two, the one of a block's scale.
function number.e8m0(byte)
    return byte == 255 and 0.0 / 0.0 or 2.0 ^ (byte - 127)
end

-- OCP FP4 E2M1, by its 4 bits from 0 on. The opposite of 0 is a zero with a sign.
number.E2M1 = { [0] = 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0,
    -4.0, -6.0 }

-- By the names that safetensors has for them: string.unpack's format, bytes, and what makes a
-- number of the bits where they are not one yet.
local KINDS = {
    U8 = { "B", 1 }, I8 = { "b", 1 },
    U16 = { "<I2", 2 }, I16 = { "<i2", 2 },
    U32 = { "<I4", 4 }, I32 = { "<i4", 4 },
    I64 = { "<i8", 8 },
    F32 = { "<f", 4 }, F64 = { "<d", 8 },
    F16 = { "<I2", 2, number.f16 }, BF16 = { "<I2", 2, number.bf16 },
    F8_E4M3 = { "B", 1, number.e4m3 }, F8_E8M0 = { "B", 1, number.e8m0 },
}

-- The list of all numbers of such a kind in the text, whose length is a multiple of theirs.
function number.list(kind, text)
    local format, bytes, value = table.unpack(KINDS[kind])
    local numbers = {}
    for index = 1, #text // bytes do
        local word = format:unpack(text, (index - 1) * bytes + 1)
        numbers[index] = value and value(word) or word
    end
    return numbers
end

return number
