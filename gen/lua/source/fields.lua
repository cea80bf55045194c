-- Codes of a few bits in words of 32, as formats of safetensors files lay them out. Each function
-- takes words as text, little-endian, and gives the list of their first `count` codes.
local elements = require("source.elements")

local fields = {}

-- The layouts' numbers for codecs: see runtime/codec/fields.h.
fields.NUMBERS = { stream = 0, padded = 1, planes = 2 }

-- Side by side, over the ends of words.
fields.stream = elements.codes

-- As many as a word has room for; its highest bits are left over.
function fields.padded(text, bits, count)
    local codes, mask, each = {}, (1 << bits) - 1, 32 // bits
    for index = 0, count - 1 do
        local word = ("<I4"):unpack(text, index // each * 4 + 1)
        codes[index + 1] = word >> index % each * bits & mask
    end
    return codes
end

-- Widths of the planes that codes are cut into, those of their lowest bits first.
local PLANES = { [2] = { 2 }, [3] = { 2, 1 }, [4] = { 4 }, [5] = { 4, 1 }, [6] = { 4, 2 },
    [7] = { 4, 2, 1 }, [8] = { 8 } }

-- Planes: of 32 codes first the lowest bits, side by side, then the next ones (GPTQModel's gptq_p).
function fields.planes(text, bits, count)
    local codes = {}
    for index = 0, count - 1 do
        local at, shift, code = index // 32 * 4 * bits, 0, 0
        for _, width in ipairs(PLANES[bits]) do
            local bit = index % 32 * width
            local byte = text:byte(at + bit // 8 + 1)
            code = code | (byte >> bit % 8 & (1 << width) - 1) << shift
            at, shift = at + 4 * width, shift + width
        end
        codes[index + 1] = code
    end
    return codes
end

-- Every n-th word of a tensor of words: `count` of them from the one with number `first` on, as
-- text.
function fields.column(model, tensor, first, step, count)
    local words = {}
    for index = 1, count do
        words[index] = model:read(tensor, (first + (index - 1) * step) * 4, 4)
    end
    return table.concat(words)
end

return fields
