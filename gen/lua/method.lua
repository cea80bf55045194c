-- Methods: the ways a kernel can be built, one entry each. A method says which ISAs, modes
-- and ops it serves, which numbers (name.lua) are worth trying, the layout and the template
-- it uses, why a choice of numbers is refused, and its cost in vector operations a weight and
-- token, which the rank follows. Figures behind the choices are in README.md.

local layout = require("layout")
local method_cost = require("method_cost")
local method_pair = require("method_pair")

local ALL_MODES = { exact = true, table = true, table7 = true }
local group_cost, lookups = method_cost.group, method_cost.lookups
local registers = method_cost.registers

local VECTORS = { ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, avx512vbmi = true }

local function even_parts(numbers)
    if numbers.b % numbers.m ~= 0 then
        return ("a tile of %d does not divide a block of %d"):format(numbers.m, numbers.b)
    end
end

local method = {}

method.list = {
    {
        family = "lut",
        name = "plain",
        isas = { c = true },
        modes = ALL_MODES,
        gemv = { { b = 1, m = 1, n = 1 } },
        gemm = { { b = 1, m = 1, n = 1 } },
        template = "lut_plain.c.in",
        note = "one row at a time.",
        lanes = 1,
        layout = function(format)
            return layout.plain_lut(format.bits)
        end,
        refuse = function() end,
        cost = function(format, mode)
            return 4 * format.bits * lookups(mode) / 16
        end,
    },
    {
        family = "dot",
        name = "plain",
        isas = { c = true },
        modes = { exact = true },
        gemv = { { b = 1, m = 1, n = 1 } },
        gemm = { { b = 1, m = 1, n = 1 } },
        template = "dot_plain.c.in",
        note = "one row at a time.",
        lanes = 1,
        layout = function(format)
            return layout.dot(1, 1, format.bits)
        end,
        refuse = function() end,
        cost = function()
            return 0.8
        end,
    },
    {
        family = "lut",
        name = "quad",
        isas = { avx512vbmi = true },
        modes = ALL_MODES,
        gemv = {
            { b = 4, m = 4, n = 1 }, { b = 8, m = 8, n = 1 }, { b = 8, m = 8, n = 1, p = 4 },
        },
        gemm = {
            { b = 4, m = 4, n = 2 }, { b = 4, m = 4, n = 4 },
            { b = 8, m = 4, n = 4 }, { b = 8, m = 8, n = 2 },
        },
        template = "lut_quad.c.in",
        note = "VPERMB looks up four tables at once, VPDPBUSD\n"
            .. " * adds the entries of four LUT groups times the plane's weight.",
        lanes = 16,
        layout = function(format, numbers)
            return layout.quad(16, numbers.b, format.bits)
        end,
        refuse = function(_, mode, numbers)
            local tables = mode == "exact" and 4 or 2
            return even_parts(numbers) or registers(
                numbers.m * numbers.n + tables * numbers.n + 4, 32)
        end,
        cost = function(format, mode, numbers, isa)
            local step = 4 / numbers.n + lookups(mode)
            local tables = lookups(mode) / 2 / numbers.m
            return (step * format.bits + tables) / 512 + group_cost(format, isa)
        end,
    },
    {
        family = "lut",
        name = "tmac",
        isas = { avx2 = true },
        modes = { table = true },
        gemv = { { b = 1 }, { b = 4 }, { b = 8 } },
        gemm = {},
        template = "lut_tmac.c.in",
        note = "T-MAC's published schedule (arXiv 2407.00088):\n"
            .. " * every entry is widened to 16 bits and added.",
        lanes = 8,
        tmac = true,
        layout = function(format, numbers)
            return layout.tmac(numbers.b, format.group == 32 and 32 or 64, format.bits)
        end,
        refuse = function() end,
        cost = function(format)
            return 10 * format.bits / 128
        end,
    },
    {
        family = "dot",
        name = "mask",
        isas = { avx512vbmi = true },
        modes = { exact = true },
        gemv = {
            { b = 2, m = 2, n = 1 }, { b = 4, m = 4, n = 1 }, { b = 4, m = 4, n = 1, p = 4 },
        },
        gemm = {},
        template = "dot_mask.c.in",
        note = "VPDPBUSD on fields in place, a sum for each field,\n"
            .. " * shifted once at the end of a group.",
        lanes = 16,
        layout = function(format, numbers)
            return layout.dot(16, numbers.b, format.bits)
        end,
        refuse = function(format, _, numbers)
            local fields = format.bits == 3 and 3 or 8 // format.bits
            return registers(numbers.m * (fields + 2) + 6, 36)
        end,
        cost = function(format, _, numbers, isa)
            local field = format.bits == 3 and 3.2 or 2
            local shifts = format.group > 0 and 16 // format.bits / (format.group * 16) or 0
            return (field + 1 / numbers.m + format.bits / 8) / 64 + shifts + group_cost(format, isa)
        end,
    },
    {
        family = "dot",
        name = "shift",
        isas = VECTORS,
        modes = { exact = true },
        gemv = {
            { b = 2, m = 2, n = 1 }, { b = 4, m = 4, n = 1 }, { b = 4, m = 4, n = 1, p = 4 },
        },
        gemm = {},
        template = "dot_shift.c.in",
        note = "fields are shifted and masked, then multiplied.",
        layout = function(format, numbers, isa)
            return layout.dot(isa.vector // 4, numbers.b, format.bits)
        end,
        refuse = function() end,
        cost = function(format, _, numbers, isa)
            local unpack = format.bits == 3 and 4 or 2 - format.bits / 8
            local field = unpack + (isa.sum_bits == 32 and 1 or 2)
            return (field + 1 / numbers.m + format.bits / 8) / isa.vector
                + group_cost(format, isa)
        end,
    },
    {
        family = "dot",
        name = "panel",
        isas = VECTORS,
        modes = { exact = true },
        gemv = {},
        gemm = {
            { b = 2, m = 2, n = 4, k = 512 }, { b = 4, m = 2, n = 4, k = 512 },
            { b = 2, m = 2, n = 8, k = 512 }, { b = 4, m = 2, n = 8, k = 512 },
            { b = 4, m = 4, n = 4, k = 512 },
        },
        template = "dot_panel.c.in",
        note = "fields are unpacked once to a panel of bytes in the\n"
            .. " * level 1 cache, which serves all tokens of a block.",
        layout = function(format, numbers, isa)
            return layout.dot(isa.vector // 4, numbers.b, format.bits)
        end,
        refuse = function(_, _, numbers, isa)
            return even_parts(numbers)
                or registers(numbers.m * (numbers.n + 1) + 1, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local step = isa.sum_bits == 32 and 1 or 2
            return (step + 0.5 / numbers.m + 0.5 / numbers.n) / isa.vector
                + group_cost(format, isa) + 0.002
        end,
    },
}

table.move(method_pair, 1, #method_pair, #method.list + 1, method.list)

return method
