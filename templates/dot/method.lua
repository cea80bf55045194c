-- Integer dot products of codes: `mask` and `shift` for one token, `panel` for many.

local layout = require("layout")
local method_cost = require("cost")
local sums_dot = require("dot.sums")

local VECTORS = {
    ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, avx512vbmi = true,
    neon32 = true, neon = true, dotprod = true,
}
local SHIFT = { i8mm = true }
for name in pairs(VECTORS) do
    SHIFT[name] = true
end

-- Vectors of an accumulator, v_acc.
local function acc_vectors(isa)
    return isa.sum_products == 1 and 2 or 1
end

-- Four vectors of 64 bytes with prefetches: w4g32, 6912x2560, two cores of an EPYC 9004, 0.104 ms,
-- where blocks of 2 and 3 took 0.076 and 0.074, and those of 4 without prefetches 0.078.
local function far(numbers, isa)
    return isa.vector == 64 and numbers.b == 4 and numbers.n == 1 and numbers.p and 1.3 or 1
end

-- The same, and the sum of the sub-blocks before it where registers are many.
local function sum_vectors(format, isa)
    return acc_vectors(isa) + (format.sub and isa.registers >= 32 and 1 or 0)
end

-- More than 16 sums leave no registers for results where groups end: clang spills both. One core of
-- an EPYC 9004, GMAC/s at N = 128 with tiles b3m3n8, b3m3n4, b4m4n4: w4g32 152 170 176; tg256 126
-- 201.
local function spills(format, numbers, isa)
    return format.group > 0 and isa.vector == 64 and numbers.m * numbers.n > 16 and 0.12 or 0
end

-- Formats with parts of their own have fewer tiles to compile and measure: blocks of 2 vectors are
-- as fast as others or faster. One core of an EPYC 9004, 1024x1024 in cache, GMAC/s of AVX-512 with
-- blocks of 2 and 3, at N = 1 and 128: w4g256s32x6m 133 121, 170 171; w8g32 77 74, 167 150; iq4g32
-- 99 98, 169 153.
local function refuse_wide_blocks(format, numbers)
    if format.has_parts and numbers.b > 2 then
        return "blocks of 2 vectors are as fast"
    end
end

-- Two vectors of rows side by side share less than four, but read faster (measured, from memory: w1
-- 1.05, w2 1.03, w3 1.06, w4 1.07 times; in cache w4 1.13 times).
local function wide(numbers)
    return 1 + 0.06 * (numbers.b - 2)
end

return {
    {
        family = "dot",
        name = "mask",
        loop = "mask",
        isas = { avx512vbmi = true },
        modes = { exact = true },
        gemv = {
            { b = 2, m = 2, n = 1 }, { b = 3, m = 3, n = 1 }, { b = 4, m = 4, n = 1 },
            { b = 2, m = 2, n = 1, p = 2, f = 8 }, { b = 3, m = 3, n = 1, p = 2, f = 8 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "VPDPBUSD on fields in place, a sum for each field,\n"
            .. " * shifted once at the end of a group.",
        sums = sums_dot.mask,
        layout = function(format, numbers)
            return layout.dot(16, numbers.b, format.bits)
        end,
        refuse = function(format, _, numbers, isa)
            local fields = format.bits == 3 and 3 or 8 // format.bits
            -- Four of them may stay in memory.
            return method_cost.registers(numbers.m * (fields + 2) + 2, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            -- Of 4 bits (measured, from memory) it takes 1.04 times as long as 'shift'.
            local field = ({ 2, 2, 3.2, 4.5 })[format.bits]
            local shifts = format.group > 0 and 16 // format.bits / (format.group * 16) or 0
            return wide(numbers) * (field + 1 / numbers.m + format.bits / 8) / 64,
                shifts + method_cost.group(format, isa)
        end,
    },
    {
        family = "dot",
        name = "shift",
        parts = true,
        loop = "shift",
        isas = SHIFT,
        modes = { exact = true },
        gemv = {
            { b = 2, m = 2, n = 1 }, { b = 3, m = 3, n = 1 }, { b = 4, m = 4, n = 1 },
            { b = 2, m = 2, n = 1, p = 2, f = 8 }, { b = 3, m = 3, n = 1, p = 2, f = 8 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 2, m = 2, n = 4, p = 2, f = 8 }, { b = 3, m = 3, n = 2, p = 2, f = 8 },
            { b = 3, m = 3, n = 4, p = 2, f = 8 }, { b = 4, m = 2, n = 4, p = 2, f = 8 },
            { b = 4, m = 4, n = 2, p = 2, f = 8 }, { b = 4, m = 4, n = 4, p = 2, f = 8 },
        },
        gemm = {},
        template = "tile/tiles.c.in",
        note = "fields are shifted and masked, then multiplied.",
        sums = sums_dot.products,
        layout = function(format, numbers, isa)
            return layout.dot(isa.vector // 4, numbers.b, format.bits, format.group)
        end,
        refuse = function(format, _, numbers, isa)
            return refuse_wide_blocks(format, numbers) or method_cost.even_parts(numbers)
                or method_cost.registers(
                    numbers.m * (numbers.n * acc_vectors(isa) + 1) + numbers.n, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local unpack = format.bits == 3 and 4 or 2 - format.bits / 8
            local field = unpack / numbers.n + (isa.sum_bits == 32 and 1 or 2)
            return wide(numbers) * far(numbers, isa)
                    * (field + 1 / numbers.m + format.bits / 8) / isa.vector,
                method_cost.group(format, isa)
        end,
    },
    {
        family = "dot",
        name = "panel",
        parts = true,
        loop = "dot",
        isas = VECTORS,
        modes = { exact = true },
        gemv = {},
        gemm = {
            { b = 2, m = 2, n = 4, k = 512 }, { b = 4, m = 2, n = 4, k = 512 },
            { b = 2, m = 2, n = 6, k = 512 }, { b = 4, m = 2, n = 6, k = 512 },
            { b = 2, m = 2, n = 8, k = 512 }, { b = 4, m = 2, n = 8, k = 512 },
            { b = 4, m = 4, n = 4, k = 512 },
            { b = 3, m = 3, n = 4, k = 512 }, { b = 3, m = 3, n = 8, k = 512 },
        },
        template = "panel/panel.c.in",
        note = "fields are unpacked once to a panel of bytes in the\n"
            .. " * level 1 cache, which serves all tokens of a block.",
        sums = sums_dot.products,
        layout = function(format, numbers, isa)
            return layout.dot(isa.vector // 4, numbers.b, format.bits, format.group)
        end,
        refuse = function(format, _, numbers, isa)
            return refuse_wide_blocks(format, numbers) or method_cost.even_parts(numbers)
                or method_cost.even_tokens(numbers, isa)
                or method_cost.registers(
                    numbers.m * (numbers.n * sum_vectors(format, isa) + 1) + 1, isa.registers)
                or method_cost.busy(numbers.m * numbers.n, isa)
        end,
        cost = function(format, _, numbers, isa)
            local step = isa.sum_bits == 32 and 1 or 2
            return (step + 0.5 / numbers.m + 0.5 / numbers.n + spills(format, numbers, isa))
                    / isa.vector,
                method_cost.group(format, isa), 0.002
        end,
    },
}
