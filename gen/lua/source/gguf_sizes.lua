-- The types of GGUF files that input/gguf_types.lua lacks, by number: a block of so many codes
-- along K has so many bytes; `after` bytes follow the tensor's last block. A type without `codes`
-- has sizes that no rule of this table gives. One with `like` has the blocks of the type with that
-- codec.
local function row(name, codes, bytes, after, like)
    return { name = name, codes = codes, bytes = bytes, after = after, like = like }
end

return {
    [0] = row("F32", 1, 4),
    [1] = row("F16", 1, 2),
    [9] = row("Q8_1", 32, 36),
    [15] = row("Q8_K", 256, 292),
    [16] = row("IQ2_XXS", 256, 66),
    [17] = row("IQ2_XS", 256, 74),
    [18] = row("IQ3_XXS", 256, 98),
    [19] = row("IQ1_S", 256, 50),
    [21] = row("IQ3_S", 256, 110),
    [22] = row("IQ2_S", 256, 82),
    [24] = row("I8", 1, 1),
    [25] = row("I16", 1, 2),
    [26] = row("I32", 1, 4),
    [27] = row("I64", 1, 8),
    [28] = row("F64", 1, 8),
    [29] = row("IQ1_M", 256, 56),
    [30] = row("BF16", 1, 2),
    -- Of microsoft/BitNet's llama.cpp. Its TL2 has the number of upstream's MXFP4.
    [36] = row("I2_S", 4, 1, 32),
    [38] = row("TL1"),
    [39] = row("TL2"),
    -- Of PrismML's llama.cpp.
    [142] = row("PQ2_0", 128, 34, 0, "q2_0_128"),
    [143] = row("PTQ1_0", 128, 28),
}
