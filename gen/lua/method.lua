-- Methods: the ways a kernel can be built, one entry each. A method says which ISAs, modes
-- and ops it serves, which numbers (name.lua) are worth trying, the layout and the template
-- it uses, why a choice of numbers is refused, and its cost in vector operations a weight and
-- token, which the rank follows. Figures behind the choices are in README.md.

local layout = require("layout")

local ALL_MODES = { exact = true, table = true, table7 = true }

-- Vectors of the packed stream for 32 codes of the rows that share one vector.
local function lookups(mode)
    return mode == "exact" and 8 or 4
end

-- Operations at the end of a group, for one vector of rows and one token; `more` are the
-- method's own.
local function group_cost(format, isa, more)
    local group = format.group == 0 and 4096 or format.group
    return (isa.group_ops + (format.zero_points and 4 or 0) + (more or 0))
        / (group * isa.vector // 4)
end

local VECTORS = { ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true, avx512vbmi = true }

local function even_parts(numbers)
    if numbers.b % numbers.m ~= 0 then
        return ("a tile of %d does not divide a block of %d"):format(numbers.m, numbers.b)
    end
end

local function registers(needed, has)
    if needed > has then
        return ("needs %d vector registers, the ISA has %d"):format(needed, has)
    end
end

local PAIR_ISAS = { ssse3 = true, avx2 = true, avxvnni = true, avx512bw = true }

local function pair_layout(format, numbers, isa)
    return layout.pair(isa.vector, numbers.b, format.bits)
end

-- Vectors of 16-bit sums of a tile.
local function pair_sums(format, mode, numbers)
    local planes = (format.bits + 1) // 2 * 2
    return planes * numbers.m * numbers.n * (mode == "exact" and 2 or 1)
end

-- Tiles of the panel method, m by n, for each length of the panel.
local function panel_tiles(lengths)
    local tiles = {}
    for _, k in ipairs(lengths) do
        for m = 1, 2 do
            for _, n in ipairs({ 1, 2, 4 }) do
                tiles[#tiles + 1] = { b = m, m = m, n = n, k = k }
            end
        end
    end
    return tiles
end

-- Of the lengths that differ by 2 one is right: the longest that leaves most of a level 1 cache
-- of 32 KiB to the tables.
local function panel_size(format, numbers, isa)
    local kib = format.bits * numbers.m * isa.vector * numbers.k // 4096
    if numbers.k > 256 and kib > 16 then
        return ("a panel of %d KiB leaves little of the level 1 cache to the tables"):format(kib)
    elseif numbers.k == 256 and kib <= 8 then
        return ("a panel of %d KiB may be longer"):format(kib)
    end
end

-- `unpack` operations make indices of a vector of weights.
local function pair_cost(format, mode, unpack, isa)
    local adds = (mode == "table" and 4 or 3) * (mode == "exact" and 2 or 1)
    local step = unpack + lookups(mode) / 2 + adds
    return step * format.bits / (8 * isa.vector) + group_cost(format, isa, 8)
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
        name = "pair",
        isas = PAIR_ISAS,
        modes = ALL_MODES,
        gemv = {
            { b = 1, m = 1, n = 1 }, { b = 2, m = 2, n = 1 }, { b = 2, m = 2, n = 1, p = 4 },
        },
        gemm = {},
        template = "lut_pair.c.in",
        note = "VPMADDUBSW adds the entries of two planes in 16\n"
            .. " * bits, which are widened before they can overflow; a plane without a partner\n"
            .. " * has two rows in a 16-bit lane, told apart by a second sum of the high bytes.",
        layout = pair_layout,
        refuse = function(format, mode, numbers, isa)
            return registers(pair_sums(format, mode, numbers) + lookups(mode) // 2,
                isa.registers + 4)
        end,
        cost = function(format, mode, _, isa)
            return pair_cost(format, mode, 4, isa)
        end,
    },
    {
        family = "lut",
        name = "panel",
        isas = PAIR_ISAS,
        modes = ALL_MODES,
        gemv = {},
        gemm = panel_tiles({ 256, 512 }),
        template = "lut_panel.c.in",
        note = "indices are unpacked once to a panel in the\n"
            .. " * level 1 cache, which serves all tokens of a block; added as lut_pair does it.",
        layout = pair_layout,
        refuse = function(format, mode, numbers, isa)
            local sums, others = pair_sums(format, mode, numbers), lookups(mode) // 2 + 3
            if 2 * sums + others <= isa.registers then
                return "leaves half of the vector registers idle"
            end
            return panel_size(format, numbers, isa) or registers(sums + others, isa.registers)
        end,
        cost = function(format, mode, numbers, isa)
            return pair_cost(format, mode, 0.5 / numbers.n, isa)
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
            local field = (format.bits == 3 and 4 or 2) + (isa.sum_bits == 32 and 1 or 2)
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
            local step = isa.sum_bits == 32 and 1 or 2.5
            return (step + 0.5 / numbers.m + 0.5 / numbers.n) / isa.vector
                + group_cost(format, isa) + 0.002
        end,
    },
}

return method
