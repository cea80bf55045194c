-- Blocks of GGUF files with one scale, or with one beside every 16 codes. Each function takes the
-- bytes of a block, a list from 0, and returns another one: from the index of a code to its weight,
-- which is an fp32 number. Products of a code and an fp16 are fp32 numbers without rounding.
local block_fields = require("source.block_fields")
local format = require("input.format")
local number = require("source.number")

local blocks_small = {}

local field, half = block_fields.field, block_fields.half
local IQ4, FP4 = format.parse("iq4g32").numbers, format.parse("fp4g32").numbers

function blocks_small.Q1_0(bytes)
    local scale = half(bytes, 0)
    return function(index)
        return scale * (2 * field(bytes, 2, 1, 1, index) - 1)
    end
end

-- Of 64 codes or of 128: they are read the same way.
function blocks_small.Q2_0(bytes)
    local scale = half(bytes, 0)
    return function(index)
        return scale * (field(bytes, 2, 1, 2, index) - 1)
    end
end

function blocks_small.TQ2_0(bytes)
    local scale = half(bytes, 64)
    return function(index)
        return scale * (field(bytes, 0, 32, 2, index) - 1)
    end
end

-- A byte is a fraction of 256, whose digits to base 3 are codes: five, of which the last bytes use
-- four. Runs of 32, 16 and 4 bytes: their first digits, then their second ones, and so on.
local TQ1_RUNS = { { first = 0, bytes = 32, code = 0, stop = 160 },
    { first = 32, bytes = 16, code = 160, stop = 240 },
    { first = 48, bytes = 4, code = 240, stop = 256 } }

function blocks_small.TQ1_0(bytes)
    local scale = half(bytes, 52)
    return function(index)
        local run = 1
        while index >= TQ1_RUNS[run].stop do
            run = run + 1
        end
        local first, count = TQ1_RUNS[run].first, TQ1_RUNS[run].bytes
        local at = index - TQ1_RUNS[run].code
        local fraction = bytes[first + at % count]
        for _ = 1, at // count do
            fraction = fraction * 3 & 255
        end
        return scale * ((fraction * 3 >> 8) - 1)
    end
end

function blocks_small.Q4_0(bytes)
    local scale = half(bytes, 0)
    return function(index)
        return scale * (field(bytes, 2, 16, 4, index) - 8)
    end
end

function blocks_small.Q4_1(bytes)
    local scale, offset = half(bytes, 0), half(bytes, 2)
    return function(index)
        return number.f32(scale * field(bytes, 4, 16, 4, index) + offset)
    end
end

function blocks_small.Q5_0(bytes)
    local scale = half(bytes, 0)
    return function(index)
        local code = field(bytes, 6, 16, 4, index) | field(bytes, 2, 1, 1, index) << 4
        return scale * (code - 16)
    end
end

function blocks_small.Q5_1(bytes)
    local scale, offset = half(bytes, 0), half(bytes, 2)
    return function(index)
        local code = field(bytes, 8, 16, 4, index) | field(bytes, 4, 1, 1, index) << 4
        return number.f32(scale * code + offset)
    end
end

function blocks_small.Q8_0(bytes)
    local scale = half(bytes, 0)
    return function(index)
        return scale * ((bytes[2 + index] ~ 128) - 128)
    end
end

function blocks_small.IQ4_NL(bytes)
    local scale = half(bytes, 0)
    return function(index)
        return scale * IQ4[1 + field(bytes, 2, 16, 4, index)]
    end
end

-- A byte e for 2^(e - 128): 255 is no NaN here, but a product beyond fp32 is infinite.
function blocks_small.MXFP4(bytes)
    local scale = 2.0 ^ (bytes[0] - 128)
    return function(index)
        return number.f32(scale * FP4[1 + field(bytes, 1, 16, 4, index)])
    end
end

-- Half of an E4M3 number without its sign: 0x7F stands for 0.
local function half_ue4m3(byte)
    local exponent, mantissa = byte >> 3 & 15, byte & 7
    if byte == 0x7F then
        return 0.0
    elseif exponent == 0 then
        return mantissa * 2.0 ^ -10
    end
    return (8 + mantissa) * 2.0 ^ (exponent - 11)
end

-- Four scales, each of 16 codes in 8 bytes.
function blocks_small.NVFP4(bytes)
    return function(index)
        return half_ue4m3(bytes[index // 16]) * FP4[1 + field(bytes, 4, 8, 4, index)]
    end
end

return blocks_small
