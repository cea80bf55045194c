-- Integer dot products of codes whose bytes hold several rows: `fields` for few tokens,
-- `fieldpanel` for many. On ARM for codes alone, on x86 for those in sub-blocks.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local sums_fields = require("fields.sums")

-- Sub-blocks read as fast from memory as by 'shift', or faster (two cores of a Zen 5: Q2_K 1.05,
-- Q4_K 1.02 times), and in cache: 1.16 and 1.10 times with one token, 1.07 and 1.14 with 128.
local SUB_BLOCKS = 0.95

local function layout_of(format, numbers, isa)
    return layout.fields(isa.vector // 4, numbers.b, format.bits, isa.signed)
end

-- A reason against fields that do not fill the bytes of a tile.
local function refuse_fields(format, numbers)
    if format.bits > 4 or format.bits == 3 then
        return ("fields of %d bits do not fill a byte"):format(format.bits)
    elseif numbers.m % (8 // format.bits) ~= 0 then
        return ("a tile of %d vectors of rows has no whole bytes"):format(numbers.m)
    end
    return method_cost.even_parts(numbers)
end

-- The same, and all that has no sub-blocks of codes.
local function refuse_sub_blocks(format, numbers, isa)
    if not format.sub then
        return "without sub-blocks 'mask' or tables are as fast"
    elseif format.book then
        return "numbers of a book are looked up for one code at a time"
    elseif format.bits < 4 and isa.registers == 16 then
        return "16 registers have no room for tiles of whole bytes and many tokens"
    elseif numbers.b ~= 4 then
        return "of sub-blocks there are more sums than registers"
    end
    return refuse_fields(format, numbers)
end

-- What all entries of a name have.
local TILES = {
    family = "dot",
    name = "fields",
    loop = "fields",
    modes = { exact = true },
    gemm = {},
    template = "tile/tiles.c.in",
    note = "a byte holds fields of several rows, each field has a\n"
        .. " * sum of the byte's bits up to its own; the sum of the field below is taken off\n"
        .. " * at the end of a group.",
    sums = sums_fields.bytes,
    layout = layout_of,
}
local PANELS = {
    family = "dot",
    name = "fieldpanel",
    loop = "fields",
    modes = { exact = true },
    gemv = {},
    template = "panel/panel.c.in",
    note = "fields are unpacked once to a panel of bytes in the\n"
        .. " * level 1 cache, which serves all tokens of a block.",
    sums = bounds.none,
    layout = layout_of,
}
local function entry(common, own)
    for key, value in pairs(common) do
        own[key] = value
    end
    return own
end

return {
    entry(TILES, {
        isas = { dotprod = true, i8mm = true },
        gemv = {
            { b = 4, m = 4, n = 1 }, { b = 8, m = 8, n = 1 },
            { b = 4, m = 4, n = 1, p = 2, f = 8 }, { b = 8, m = 8, n = 1, p = 2, f = 8 },
        },
        few = {
            { b = 4, m = 4, n = 4, p = 2, f = 8 }, { b = 8, m = 8, n = 2, p = 2, f = 8 },
        },
        refuse = function(format, _, numbers, isa)
            return refuse_fields(format, numbers) or method_cost.whole_block(numbers)
                or method_cost.registers(numbers.m * numbers.n + 8, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local fields = 8 // format.bits
            return (1 + (fields - 1) / fields / numbers.n) / isa.vector,
                method_cost.group(format, isa, 2)
        end,
    }),
    -- Each lane of a vector of activations multiplies by itself.
    entry(PANELS, {
        isas = { dotprod = true },
        gemm = {
            { b = 4, m = 4, n = 4, k = 512 }, { b = 8, m = 4, n = 4, k = 512 },
            { b = 8, m = 8, n = 2, k = 512 },
        },
        refuse = function(format, _, numbers, isa)
            if numbers.m == 8 and format.bits > 1 then
                return "half as many rows by twice as many tokens take fewer loads"
            end
            return refuse_fields(format, numbers) or method_cost.even_tokens(numbers, isa)
                or method_cost.registers(numbers.m * (numbers.n + 1) + 2, isa.registers)
                or method_cost.busy(numbers.m * numbers.n, isa)
        end,
        cost = function(format, _, numbers, isa)
            return (1 + 0.1 / numbers.m + 0.1 / numbers.n) / isa.vector,
                method_cost.group(format, isa), 0.001
        end,
    }),
    entry(TILES, {
        parts = true,
        isas = { avxvnni = true, avx512vbmi = true },
        gemv = { { b = 4, m = 4, n = 1 }, { b = 4, m = 4, n = 1, p = 4, f = 8 } },
        -- Tiles of 4 tokens spill, and are no faster even with 32 registers.
        few = { { b = 4, m = 4, n = 2, p = 2, f = 8 } },
        refuse = function(format, _, numbers, isa)
            return refuse_sub_blocks(format, numbers, isa)
                or method_cost.registers(numbers.m * numbers.n + 8, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            local unpack = (2 - format.bits / 8) / numbers.n
            return SUB_BLOCKS * (unpack + 1.5 + format.bits / 8) / isa.vector,
                method_cost.group(format, isa)
        end,
    }),
    entry(PANELS, {
        parts = true,
        isas = { avxvnni = true, avx512vbmi = true },
        gemm = { { b = 4, m = 4, n = 4, k = 512 }, { b = 4, m = 2, n = 6, k = 512 } },
        refuse = function(format, _, numbers, isa)
            if numbers.m == 2 and isa.registers > 16 then
                return "registers are many: tiles of 4 by 4 take fewer loads"
            end
            return refuse_sub_blocks(format, numbers, isa)
                or method_cost.registers(numbers.m * (numbers.n + 1) + 2, isa.registers)
        end,
        cost = function(format, _, numbers, isa)
            return SUB_BLOCKS * (1 + 0.5 / numbers.m + 0.5 / numbers.n) / isa.vector,
                method_cost.group(format, isa), 0.002
        end,
    }),
}
