-- Blocks of GGUF files with 256 codes, whose sub-blocks have factors beside the block's scale. Each
-- function is like those of blocks_small.
local block_fields = require("source.block_fields")
local format = require("input.format")
local number = require("source.number")

local blocks_k = {}

local field, half = block_fields.field, block_fields.half
local IQ4 = format.parse("iq4g256s32x6").numbers

-- A byte has a factor, and above it a minimum.
function blocks_k.Q2_K(bytes)
    local scale, least = half(bytes, 80), half(bytes, 82)
    return function(index)
        local pair = bytes[index // 16]
        local code = field(bytes, 16, 32, 2, index)
        return number.f32(scale * (pair & 15) * code - least * (pair >> 4))
    end
end

function blocks_k.Q3_K(bytes)
    local scale = half(bytes, 108)
    return function(index)
        local sub = index // 16
        local factor = field(bytes, 96, 8, 4, sub) | field(bytes, 104, 4, 2, sub) << 4
        local code = field(bytes, 32, 32, 2, index) | field(bytes, 0, 32, 1, index) << 2
        return scale * (factor - 32) * (code - 4)
    end
end

-- Factor and minimum of a sub-block, 6 bits each, from 12 bytes: see get_scale_min_k4.
local function factor_and_minimum(bytes, sub)
    local at = 4 + sub % 4
    if sub < 4 then
        return bytes[at] & 63, bytes[at + 4] & 63
    end
    local low = bytes[at + 8]
    return low & 15 | bytes[at] >> 6 << 4, low >> 4 | bytes[at + 4] >> 6 << 4
end

function blocks_k.Q4_K(bytes)
    local scale, least = half(bytes, 0), half(bytes, 2)
    return function(index)
        local factor, minimum = factor_and_minimum(bytes, index // 32)
        return number.f32(scale * factor * field(bytes, 16, 32, 4, index) - least * minimum)
    end
end

function blocks_k.Q5_K(bytes)
    local scale, least = half(bytes, 0), half(bytes, 2)
    return function(index)
        local factor, minimum = factor_and_minimum(bytes, index // 32)
        local code = field(bytes, 48, 32, 4, index) | field(bytes, 16, 32, 1, index) << 4
        return number.f32(scale * factor * code - least * minimum)
    end
end

function blocks_k.Q6_K(bytes)
    local scale = half(bytes, 208)
    return function(index)
        local factor = (bytes[192 + index // 16] ~ 128) - 128
        local code = field(bytes, 0, 64, 4, index) | field(bytes, 128, 32, 2, index) << 4
        return scale * factor * (code - 32)
    end
end

function blocks_k.IQ4_XS(bytes)
    local scale = half(bytes, 0)
    return function(index)
        local sub = index // 32
        local factor = field(bytes, 4, 1, 4, sub) | field(bytes, 2, 1, 2, sub) << 4
        return scale * (factor - 32) * IQ4[1 + field(bytes, 8, 16, 4, index)]
    end
end

return blocks_k
