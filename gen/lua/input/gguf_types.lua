-- What GGUF files call a type of weights, and the format that holds it without loss: the one table
-- for readers of files and for the backend for llama.cpp. A block of `bytes` bytes has `codes`
-- codes along K and a scale for each group of the format; `codec` of runtime/llama says what stands
-- where in it.
--
-- Q2_0: upstream's blocks have 64 codes, those of PrismML's fork 128, under the same number.
-- TQ2_0: its code 3, which no quantiser writes, is +2, so it is 2 bits with the zero point 1.

local function row(name, number, codes, bytes, format, codec)
    return { name = name, number = number, codes = codes, bytes = bytes, format = format,
        codec = codec }
end

return {
    row("Q1_0", 41, 128, 18, "w1g128", "q1_0"),
    row("Q2_0", 42, 64, 18, "w2g64z1", "q2_0"),
    row("Q2_0", 42, 128, 34, "w2g128z1", "q2_0_128"),
    row("TQ1_0", 34, 256, 54, "tg256", "tq1_0"),
    row("TQ2_0", 35, 256, 66, "w2g256z1", "tq2_0"),
    row("Q4_0", 2, 32, 18, "w4g32", "q4_0"),
    row("Q4_1", 3, 32, 20, "w4g32m", "q4_1"),
    row("Q5_0", 6, 32, 22, "w5g32", "q5_0"),
    row("Q5_1", 7, 32, 24, "w5g32m", "q5_1"),
    row("Q8_0", 8, 32, 34, "w8g32", "q8_0"),
    row("Q2_K", 10, 256, 84, "w2g256s16x4m", "q2_k"),
    row("Q3_K", 11, 256, 110, "w3g256s16x6", "q3_k"),
    row("Q4_K", 12, 256, 144, "w4g256s32x6m", "q4_k"),
    row("Q5_K", 13, 256, 176, "w5g256s32x6m", "q5_k"),
    row("Q6_K", 14, 256, 210, "w6g256s16x8", "q6_k"),
    row("IQ4_NL", 20, 32, 18, "iq4g32", "q4_0"),
    row("IQ4_XS", 23, 256, 136, "iq4g256s32x6", "iq4_xs"),
    row("MXFP4", 39, 32, 17, "fp4g32e8m0", "mxfp4"),
    row("NVFP4", 40, 64, 36, "fp4g16ue4m3", "nvfp4"),
}
