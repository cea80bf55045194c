-- What the decoders of GGUF blocks share. Bytes of a block are a list from 0.
local number = require("source.number")

local block_fields = {}

-- The fp16 at a byte.
function block_fields.half(bytes, at)
    return number.f16(bytes[at] | bytes[at + 1] << 8)
end

-- Some bits of code `index`. They begin at byte `at`, in runs of `width` bytes: the lowest bits of
-- a run are those of `width` codes, the next ones those of the next `width`. So a width of 1 is
-- codes side by side.
function block_fields.field(bytes, at, width, bits, index)
    local in_byte = 8 // bits
    local run, part = index // (width * in_byte), index // width % in_byte
    return bytes[at + run * width + index % width] >> part * bits & (1 << bits) - 1
end

return block_fields
