-- What GGUF files call a type of weights, and the format that holds it without loss: the one table
-- for readers of files and for the backend for llama.cpp. A block has its codes, and a scale in
-- fp16 at byte `scale_at`; how codes stand in it is said by the functions of
-- runtime/llama/blocks.c that end in `codec`.
--
-- Q2_0: upstream's blocks have 64 codes, those of PrismML's fork 128, under the same number.
-- TQ2_0: its code 3, which no quantiser writes, is +2, so it is 2 bits with the zero point 1.

local function row(name, number, codes, bytes, scale_at, format, codec)
    return { name = name, number = number, codes = codes, bytes = bytes, scale_at = scale_at,
        format = format, codec = codec }
end

return {
    row("Q1_0", 41, 128, 18, 0, "w1g128", "q1_0"),
    row("Q2_0", 42, 64, 18, 0, "w2g64z1", "q2_0"),
    row("Q2_0", 42, 128, 34, 0, "w2g128z1", "q2_0_128"),
    row("TQ1_0", 34, 256, 54, 52, "tg256", "tq1_0"),
    row("TQ2_0", 35, 256, 66, 64, "w2g256z1", "tq2_0"),
    row("Q4_0", 2, 32, 18, 0, "w4g32", "q4_0"),
}
