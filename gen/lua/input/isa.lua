-- ISA levels, in ascending order. A level is
--   headers    its vocabulary: files of templates/isa/, first the one that kernels include
--   flags      what the compiler needs for that vocabulary, and may use itself
--   needs      the CPU features the runtime asks for: all that the flags allow and imply
--   adds_to    the level whose kernels it adds some to, where it has not one for everything
--   vector     bytes of a vector
--   registers  vector registers
--   group_ops  vector operations at the end of a group of weights: scales, fused multiply-add
--   spread     true where a general register is spread over a vector beside the vector units
--   lane_products  true where a dot product takes a lane of a vector for all lanes
--   panel      how it multiplies a panel of codes: "lane" (by a lane of a vector), "matrix", or nil
--   sum_bits   of the sums of its 8-bit dot product, v_acc_dot4
--   sum_products  where sums have 16 bits: of 4 neighbouring products, those that one sum takes
--   lookup_low  true where a lookup in 16 bytes takes indices whose upper bits are anything
--   signed     true where its dot products take codes as signed bytes
--   streams    true where CPUs may read memory fastest without prefetches (LOOM_CPU_STREAMS)
--   packs      true where packing is compiled for it, too (layout.c); levels after it have what it
--              needs
--   tmac       true where T-MAC's schedule is, which others are compared with

local isa = {}

isa.list = {
    {
        name = "c",
        arch = "any",
        headers = { "c.h" },
        flags = {},
        needs = {},
        vector = 1,
        sum_bits = 32,
    },
    {
        name = "ssse3",
        arch = "x86_64",
        headers = {
            "ssse3.h", "ssse3_float.h", "sign.h", "x86.h", "shared.h", "sums16.h", "sum.h",
        },
        flags = { "-mssse3" },
        needs = { "LOOM_CPU_SSSE3" },
        vector = 16,
        registers = 16,
        group_ops = 40,
        sum_bits = 16,
        sum_products = 2,
    },
    {
        name = "avx2",
        arch = "x86_64",
        tmac = true,
        packs = true,
        streams = true,
        headers = { "avx2.h", "vector256.h", "sign.h", "x86.h", "shared.h", "sums16.h", "sum.h" },
        flags = { "-mavx2", "-mfma", "-mf16c" },
        needs = { "LOOM_CPU_SSSE3", "LOOM_CPU_AVX2" },
        vector = 32,
        registers = 16,
        group_ops = 5,
        sum_bits = 16,
        sum_products = 2,
    },
    {
        name = "avxvnni",
        arch = "x86_64",
        headers = {
            "avxvnni.h", "vector256.h", "sign.h", "x86.h", "shared.h", "sums32.h", "sum.h",
        },
        flags = { "-mavx2", "-mfma", "-mf16c", "-mavxvnni" },
        needs = { "LOOM_CPU_SSSE3", "LOOM_CPU_AVX2", "LOOM_CPU_AVXVNNI" },
        vector = 32,
        registers = 16,
        group_ops = 5,
        sum_bits = 32,
    },
    {
        name = "avx512bw",
        arch = "x86_64",
        headers = {
            "avx512bw.h", "vector512.h", "sign.h", "x86.h", "shared.h", "sums16.h", "sum.h",
        },
        flags = { "-mavx512f", "-mavx512bw" },
        needs = { "LOOM_CPU_SSSE3", "LOOM_CPU_AVX2", "LOOM_CPU_AVX512" },
        vector = 64,
        registers = 32,
        group_ops = 5,
        sum_bits = 16,
        sum_products = 2,
    },
    {
        name = "avx512vbmi",
        arch = "x86_64",
        streams = true,
        headers = { "avx512vbmi.h", "vector512.h", "x86.h", "shared.h", "sums32.h", "sum.h" },
        flags = { "-mavx512f", "-mavx512bw", "-mavx512vbmi", "-mavx512vnni" },
        needs = {
            "LOOM_CPU_SSSE3", "LOOM_CPU_AVX2", "LOOM_CPU_AVX512", "LOOM_CPU_AVX512VBMI",
            "LOOM_CPU_AVX512VNNI",
        },
        vector = 64,
        registers = 32,
        group_ops = 5,
        sum_bits = 32,
        lookup_low = true,
    },
    {
        name = "amx",
        adds_to = "avx512vbmi",
        arch = "x86_64",
        headers = {
            "amx.h", "avx512vbmi.h", "vector512.h", "x86.h", "shared.h", "sums32.h", "sum.h",
        },
        flags = {
            "-mavx512f", "-mavx512bw", "-mavx512vbmi", "-mavx512vnni", "-mamx-tile", "-mamx-int8",
        },
        needs = {
            "LOOM_CPU_SSSE3", "LOOM_CPU_AVX2", "LOOM_CPU_AVX512", "LOOM_CPU_AVX512VBMI",
            "LOOM_CPU_AVX512VNNI", "LOOM_CPU_AMX",
        },
        vector = 64,
        registers = 32,
        group_ops = 5,
        sum_bits = 32,
    },
    {
        name = "neon32",
        arch = "armv7",
        signed = true,
        tmac = true,
        packs = true,
        headers = { "neon32.h", "aarch32.h", "vector_neon.h", "sign_neon.h", "shared.h", "sum.h" },
        flags = { "-march=armv7-a", "-mfpu=neon-vfpv4" },
        needs = { "LOOM_CPU_NEON32" },
        vector = 16,
        registers = 16,
        group_ops = 8,
        sum_bits = 16,
        sum_products = 2,
    },
    {
        name = "neon",
        arch = "aarch64",
        signed = true,
        tmac = true,
        headers = { "neon.h", "aarch64.h", "vector_neon.h", "sign_neon.h", "shared.h" },
        flags = {},
        needs = { "LOOM_CPU_NEON" },
        vector = 16,
        registers = 32,
        group_ops = 5,
        sum_bits = 16,
        sum_products = 1,
    },
    {
        name = "dotprod",
        arch = "aarch64",
        signed = true,
        headers = {
            "dotprod.h", "aarch64.h", "vector_neon.h", "sign_neon.h", "shared.h", "sums32.h",
            "sum.h",
        },
        flags = { "-march=armv8.2-a+dotprod" },
        needs = { "LOOM_CPU_NEON", "LOOM_CPU_DOTPROD" },
        vector = 16,
        registers = 32,
        group_ops = 5,
        sum_bits = 32,
        spread = true,
        lane_products = true,
        panel = "lane",
    },
    {
        name = "i8mm",
        arch = "aarch64",
        signed = true,
        headers = {
            "i8mm.h", "dotprod.h", "aarch64.h", "vector_neon.h", "sign_neon.h", "shared.h",
            "sums32.h", "sum.h",
        },
        flags = { "-march=armv8.2-a+dotprod+i8mm" },
        needs = { "LOOM_CPU_NEON", "LOOM_CPU_DOTPROD", "LOOM_CPU_I8MM" },
        vector = 16,
        registers = 32,
        group_ops = 5,
        sum_bits = 32,
        spread = true,
        lane_products = true,
        panel = "matrix",
    },
}

isa.by_name = {}
for index, record in ipairs(isa.list) do
    record.index = index - 1
    isa.by_name[record.name] = record
end

-- The records of these names, in their order.
function isa.records(names)
    local records = {}
    for index, name in ipairs(names) do
        records[index] = isa.by_name[name]
    end
    return records
end

return isa
