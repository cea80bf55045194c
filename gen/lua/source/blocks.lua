-- Blocks of GGUF files to weights, as ggml 0.21.0 computes them (ggml-quants.c): slow and plain, a
-- second opinion on the codecs of the runtime.
local blocks_k = require("source.blocks_k")
local blocks_small = require("source.blocks_small")

local blocks = {}

-- The weights of blocks one after the other; `row` is theirs of input.gguf_types.
function blocks.dequantize(row, text)
    local decode = blocks_small[row.name] or blocks_k[row.name]
    local weights, count = {}, 0
    for at = 1, #text, row.bytes do
        -- Counted from 0, as ggml does.
        local bytes = { [0] = text:byte(at), text:byte(at + 1, at + row.bytes - 1) }
        local weight = decode(bytes)
        for index = 0, row.codes - 1 do
            count = count + 1
            weights[count] = weight(index)
        end
    end
    return weights
end

return blocks
