-- The figures that Lutloom is built to reach. README.md says what the fields mean.
-- Ternary weights packed at 1.6 or 1.67 bits.
local DENSE = { "_trit", "sign_" }

-- Bars for N = 128 and for N = 32, with AMX and without.
local MANY_TOKENS = {
    { format = "w1g128", at_least = 1.45 },
    { format = "w2g128", at_least = 0.88 },
    { format = "w3g128", at_least = 0.86 },
    { format = "w4g128", at_least = 0.86 },
    { format = "w2row", at_least = 0.93 },
    { format = "w3row", at_least = 0.93 },
    { format = "w4row", at_least = 0.93 },
    { format = "w4g32", at_least = 0.70 },
    { format = "t", label = "ternary, 2 bits", without = DENSE, at_least = 0.92 },
    { format = "t", label = "ternary, 1.67 bits", with = DENSE, at_least = 0.92 },
}
local SOME_TOKENS = {
    { format = "w2g128", at_least = 0.82 },
    { format = "w4g128", at_least = 0.82 },
}

-- Bars for one token from memory, on several threads.
local FROM_MEMORY = {
    { format = "w1g128", at_least = 0.95 },
    { format = "w2g128", at_least = 0.95 },
    { format = "w3g128", at_least = 0.95 },
    { format = "w4g128", at_least = 0.95 },
    { format = "t", label = "ternary, 2 bits", without = DENSE, at_least = 0.95 },
    { format = "t", label = "ternary, 1.67 bits", with = DENSE, at_least = 0.95 },
}

-- Bars for a few tokens.
local FEW_TOKENS = {
    { format = "w1g128", label = "w1g128, N = 2", n = 2, at_most = 1.1 },
    { format = "w1g128", label = "w1g128, N = 3", n = 3, at_most = 1.15 },
    { format = "w1g128", label = "w1g128, N = 4", n = 4, at_most = 1.2 },
    { format = "w1g128", label = "w1g128, N = 8", n = 8, at_most = 1.6 },
    { format = "w2g128", label = "w2g128, N = 2", n = 2, at_most = 1.1 },
    { format = "w2g128", label = "w2g128, N = 3", n = 3, at_most = 1.2 },
    { format = "w2g128", label = "w2g128, N = 4", n = 4, at_most = 1.3 },
    { format = "w2g128", label = "w2g128, N = 8", n = 8, at_most = 2 },
    { format = "w4g128", label = "w4g128, N = 2", n = 2, at_most = 1.05 },
    { format = "w4g128", label = "w4g128, N = 3", n = 3, at_most = 1.1 },
    { format = "w4g128", label = "w4g128, N = 4", n = 4, at_most = 1.15 },
    { format = "w4g128", label = "w4g128, N = 8", n = 8, at_most = 1.6 },
}

-- AVX2 beside a ggml that was built for AVX2, too.
local Q1 = { peers = { "ggml Q1_0" }, peer_isa = "avx2" }
local Q3 = { peers = { "ggml Q3_K" }, peer_isa = "avx2" }
local Q4 = { peers = { "ggml Q4_0", "ggml Q4_K" }, peer_isa = "avx2" }
local TQ = { peers = { "ggml TQ1_0", "ggml TQ2_0" }, peer_isa = "avx2" }
local ONE_TOKEN_AVX2 = {
    { format = "w1g128", over = Q1, at_least = 6 },
    { format = "w3g128", over = Q3, at_least = 2.5 },
    { format = "w4g128", over = Q4, at_least = 2 },
    { format = "t", label = "ternary, 2 bits", without = DENSE, over = TQ, at_least = 2.5 },
    { format = "t", label = "ternary, 1.67 bits", with = DENSE, over = TQ, at_least = 2.5 },
}
local MANY_TOKENS_AVX2 = {
    { format = "w1g128", over = Q1, at_least = 8 },
    { format = "w3g128", over = Q3, at_least = 4 },
    { format = "w4g128", over = Q4, at_least = 2 },
    { format = "t", label = "ternary, 2 bits", without = DENSE, over = TQ, at_least = 4 },
    { format = "t", label = "ternary, 1.67 bits", with = DENSE, over = TQ, at_least = 4 },
}

return {
    name = "wall",
    description = "the figures that every release has to reach",
    model = "llama-2-7b",
    isa = "avx512vbmi",
    runs = {
        { name = "cache", n = { 1 }, residency = "cache", threads = 1, shape = "4096x4096",
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "dram", n = { 1, 2, 3, 4, 8 }, residency = "dram", threads = 1,
            shape = "4096x4096", formats = { "w1g128", "w2g128", "w4g128" } },
        { name = "dram, N = 1", n = { 1 }, residency = "dram", threads = 1, shape = "4096x4096",
            formats = { "w3g128", "t" } },
        { name = "dram, 2 threads", n = { 1 }, residency = "dram", threads = 2,
            shape = "4096x4096", formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "dram, all threads", n = { 1 }, residency = "dram", threads = "all",
            shape = "4096x4096", formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "dram, pool", n = { 1 }, residency = "dram", threads = "all", pool = true,
            shape = "4096x4096", formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "level 2", n = { 1 }, residency = "cache", threads = 1, shape = "2048x2048",
            formats = { "w1g128", "w2g128", "t" } },
        { name = "level 2, half", n = { 1 }, residency = "cache", threads = 1,
            shape = "1024x2048", formats = { "w3g128", "w4g128" } },
        { name = "N = 128", n = { 128 }, residency = "cache", threads = 1, shape = "4096x4096",
            formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t", "w2row", "w3row", "w4row",
                "w4g32" } },
        { name = "N = 32", n = { 32 }, residency = "cache", threads = 1, shape = "4096x4096",
            formats = { "w2g128", "w4g128" } },
        { name = "AMX, N = 128", n = { 128 }, residency = "cache", threads = 1,
            shape = "4096x4096", isa = "amx", formats = { "w1g128", "w2g128", "w3g128", "w4g128",
                "t", "w2row", "w3row", "w4row", "w4g32" } },
        { name = "AMX, N = 32", n = { 32 }, residency = "cache", threads = 1,
            shape = "4096x4096", isa = "amx", formats = { "w2g128", "w4g128" } },
        { name = "avx2", n = { 1, 128 }, residency = "cache", threads = 1, shape = "4096x4096",
            isa = "avx2", formats = { "w1g128", "w2g128", "w3g128", "w4g128", "t" } },
        { name = "avx2, dram", n = { 1 }, residency = "dram", threads = 1, shape = "4096x4096",
            isa = "avx2", formats = { "w1g128", "w3g128", "w4g128", "t" } },
        { name = "avxvnni", n = { 128 }, residency = "cache", threads = 1, shape = "4096x4096",
            isa = "avxvnni", formats = { "w4g128" } },
    },
    -- Libraries without tools, for every target of an architecture.
    libraries = {
        { name = "library", model = "llama-2-7b", arch = "x86_64",
            formats = { "w1g128", "w2g128", "w3g128", "w4g128" } },
    },
    figures = {
        { title = "N = 1, weights in cache: share of the read bandwidth",
            run = "cache", key = "read_ratio", items = {
                { format = "w2g128", at_least = 0.95 },
                { format = "w3g128", at_least = 0.95 },
                { format = "w4g128", at_least = 0.95 },
            } },
        { title = "N = 1, weights in DRAM, 1 thread: share of the read bandwidth",
            run = "dram", key = "read_ratio", items = {
                { format = "w1g128", at_least = 0.95 },
                { format = "w2g128", at_least = 0.95 },
                { format = "w3g128", run = "dram, N = 1", at_least = 0.95 },
                { format = "w4g128", at_least = 0.95 },
                { format = "t", label = "ternary, 2 bits", run = "dram, N = 1",
                    without = DENSE, at_least = 0.95 },
                { format = "t", label = "ternary, 1.67 bits", run = "dram, N = 1",
                    with = DENSE, at_least = 0.95 },
            } },
        { title = "N = 1, weights in DRAM, 2 threads: share of the read bandwidth",
            run = "dram, 2 threads", key = "read_ratio", items = FROM_MEMORY },
        { title = "N = 1, weights in DRAM, all threads: share of the read bandwidth",
            run = "dram, all threads", key = "read_ratio", items = FROM_MEMORY },
        { title = "N = 1, weights in DRAM, the pool: share of the read bandwidth",
            run = "dram, pool", key = "read_ratio", items = FROM_MEMORY },
        { title = "N = 1, weights in the level 2 cache: share of the dot product peak",
            run = "level 2", key = "dot_peak_ratio", items = {
                { format = "w1g128", at_least = 0.95 },
                { format = "w2g128", at_least = 0.50 },
                { format = "w3g128", run = "level 2, half", at_least = 0.36 },
                { format = "w4g128", run = "level 2, half", at_least = 0.43 },
                { format = "t", label = "ternary, 2 bits", without = DENSE, at_least = 0.52 },
            } },
        { title = "N = 1, weights in the level 2 cache: speed over T-MAC's schedule",
            run = "level 2", key = "gmac_per_s", over = { tmac = true }, items = {
                { format = "w1g128", at_least = 2.5 },
                { format = "w2g128", at_least = 2.5 },
                { format = "w4g128", run = "level 2, half", at_least = 2.5 },
            } },
        { title = "N = 128: share of the dot product peak",
            run = "N = 128", key = "dot_peak_ratio", items = MANY_TOKENS },
        { title = "N = 32: share of the dot product peak",
            run = "N = 32", key = "dot_peak_ratio", items = SOME_TOKENS },
        { title = "AMX, N = 128: share of the dot product peak",
            run = "AMX, N = 128", key = "dot_peak_ratio", items = MANY_TOKENS },
        { title = "AMX, N = 32: share of the dot product peak",
            run = "AMX, N = 32", key = "dot_peak_ratio", items = SOME_TOKENS },
        { title = "A few tokens, weights in DRAM: time over that of N = 1, kernels of one layout",
            run = "dram", key = "seconds", over = { n = 1, one_layout = true },
            items = FEW_TOKENS },
        { title = "N = 1, weights in DRAM: speed of ternary at 1.67 bits over 2 bits",
            run = "dram, N = 1", key = "gmac_per_s", over = { without = DENSE }, items = {
                { format = "t", with = DENSE, at_least = 1.15 },
            } },
        { title = "AVX2, N = 1, weights in cache: speed over T-MAC's schedule",
            run = "avx2", n = 1, key = "gmac_per_s", over = { tmac = true }, at_least = 2.5,
            items = { { format = "w2g128" }, { format = "w3g128" } } },
        { title = "AVX2, N = 128: share of its own dot product peak",
            run = "avx2", n = 128, key = "dot_peak_ratio", items = {
                { format = "w1g128", at_least = 1.5 },
                { format = "w2g128", at_least = 1.1 },
                { format = "w4g128", at_least = 0.8 },
            } },
        { title = "AVX2, N = 1, weights in cache: speed over ggml's AVX2",
            run = "avx2", n = 1, key = "gmac_per_s", items = ONE_TOKEN_AVX2 },
        { title = "AVX2, N = 1, weights in DRAM: speed over ggml's AVX2",
            run = "avx2, dram", key = "gmac_per_s", items = ONE_TOKEN_AVX2 },
        { title = "AVX2, N = 128: speed over ggml's AVX2",
            run = "avx2", n = 128, key = "gmac_per_s", items = MANY_TOKENS_AVX2 },
        { title = "AVX-VNNI, N = 128: share of its own dot product peak",
            run = "avxvnni", key = "dot_peak_ratio", items = {
                { format = "w4g128", at_least = 0.82 },
            } },
        { title = "Machine code of a library for a whole model and every x86 CPU, MiB",
            run = "library", key = "text_mib", pick = "only", items = {
                { label = "llama-2-7b, 1 to 4 bits", at_most = 1.5 },
            } },
        { title = "N = 1, weights in cache: speed over ggml's fastest type of that width",
            run = "cache", key = "gmac_per_s", items = {
                { format = "w1g128", over = { peers = { "ggml Q1_0" } }, at_least = 8 },
                { format = "w2g128", over = { peers = { "ggml Q2_K", "ggml TQ2_0" } },
                    at_least = 2.5 },
                { format = "w4g128", over = { peers = { "ggml Q4_0", "ggml Q4_K" } },
                    at_least = 1.6 },
                { format = "t", over = { peers = { "ggml TQ2_0" } }, at_least = 2.5 },
            } },
        { title = "N = 128: speed over ggml's fastest type of that width",
            run = "N = 128", key = "gmac_per_s", at_least = 3.5, items = {
                { format = "w1g128", over = { peers = { "ggml Q1_0" } } },
                { format = "w2g128",
                    over = { peers = { "ggml Q2_0", "ggml Q2_K", "ggml TQ2_0" } } },
                { format = "w3g128", over = { peers = { "ggml Q3_K" } } },
                { format = "w4g128", over = { peers = { "ggml Q4_0", "ggml Q4_K" } } },
                { format = "t", over = { peers = { "ggml TQ1_0", "ggml TQ2_0" } } },
            } },
        { title = "N = 128, mode exact: NMSE over the largest of ggml's types of that width",
            run = "N = 128", key = "nmse", pick = "largest", mode = "exact", at_most = 1, items = {
                { format = "w1g128", over = { peers = { "ggml Q1_0" } } },
                { format = "w2g128",
                    over = { peers = { "ggml Q2_0", "ggml Q2_K", "ggml TQ2_0" } } },
                { format = "w3g128", over = { peers = { "ggml Q3_K" } } },
                { format = "w4g128", over = { peers = { "ggml Q4_0", "ggml Q4_K" } } },
                { format = "t", over = { peers = { "ggml TQ1_0", "ggml TQ2_0" } } },
            } },
        { title = "Mode table: largest NMSE",
            key = "nmse", pick = "largest", mode = "table", at_most = 1.5e-4, items = {
                { format = "w1g128" }, { format = "w2g128" }, { format = "w3g128" },
                { format = "w4g128" }, { format = "t" }, { format = "w2row" },
                { format = "w3row" }, { format = "w4row" }, { format = "w4g32" },
            } },
    },
}
