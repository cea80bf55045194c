-- A suite that every machine measures in seconds: figures of all three states.
return {
    name = "tiny",
    description = "a test",
    model = "llama-2-7b",
    isa = "c",
    runs = {
        { name = "small", n = { 1, 2 }, residency = "cache", threads = "all", pool = true,
            shape = "64x128", formats = { "w2g32" } },
        { name = "wide", n = { 1 }, residency = "cache", threads = 100000, shape = "64x128",
            formats = { "w2g32" } },
        { name = "future", n = { 1 }, residency = "cache", threads = 1, shape = "64x128",
            isa = "none", formats = { "w2g32" } },
    },
    libraries = {
        { name = "library", model = "llama-2-7b", arch = "x86_64", formats = { "w1g32" } },
        { name = "foreign", model = "llama-2-7b", arch = "none", formats = { "w1g32" } },
    },
    figures = {
        { title = "speed", run = "small", key = "gmac_per_s", items = {
            { format = "w2g32", n = 1, at_least = 0 },
            { format = "w2g32", n = 2, at_most = 0 },
            { format = "w2g32", run = "wide", at_least = 0 },
            { format = "w2g32", run = "future", at_least = 0 },
        } },
        { title = "size", key = "text_mib", pick = "only", items = {
            { label = "library", run = "library", at_most = 100 },
            { label = "foreign", run = "foreign", at_most = 100 },
        } },
    },
}
