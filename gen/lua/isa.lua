-- ISA levels, in ascending order. A level is a vocabulary header in templates/isa/, the
-- flags that header needs, and the CPU features the runtime asks for before it is used.

local isa = {}

isa.list = {
    {
        name = "c",
        arch = "any",
        header = "c.h",
        flags = {},
        needs = {},
        vector = 1,
    },
    {
        name = "avx2",
        arch = "x86_64",
        header = "avx2.h",
        flags = { "-mavx2", "-mfma", "-mf16c" },
        needs = { "LOOM_CPU_AVX2" },
        vector = 32,
    },
    {
        name = "avx512vbmi",
        arch = "x86_64",
        header = "avx512vbmi.h",
        flags = {
            "-mavx2", "-mfma", "-mf16c", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl",
            "-mavx512cd", "-mavx512vbmi", "-mavx512vnni", "-mprefer-vector-width=512",
        },
        needs = {
            "LOOM_CPU_AVX2", "LOOM_CPU_AVX512", "LOOM_CPU_AVX512VBMI", "LOOM_CPU_AVX512VNNI",
        },
        vector = 64,
    },
}

isa.by_name = {}
for index, record in ipairs(isa.list) do
    record.index = index - 1
    isa.by_name[record.name] = record
end

return isa
