-- Products of tiles of codes (AMX), for many tokens: `amx` for the codes of layout.dot, `tritamx`
-- for those of layout.trit.

local bounds = require("bounds")
local layout = require("layout")
local method_cost = require("cost")
local panel_trit = require("trit.panel")

-- Groups whose sums, 4 KiB each, share the level 1 cache with a panel.
local PANEL_GROUPS = 5

-- The panel of codes that measuring has left: half of it takes 1.08 to 1.32, twice of it 1.3 to 1.5
-- times as long (w1, w2 and w4 in groups of 128).
local PANEL_K = 256

-- Of ternary symbols: 640 take 1.15 times as long as 320.
local PANEL_TRITS = 320

local function refuse_groups(format, _, numbers)
    local group = math.max(format.group, 1)
    if numbers.m ~= 2 or numbers.b % 2 ~= 0 then
        return "two tiles of rows by two of tokens fill the eight registers"
    elseif format.group > 0 and numbers.k // group > PANEL_GROUPS then
        return ("the sums of %d groups do not stay in the level 1 cache"):format(
            numbers.k // group)
    end
end

local function refuse_codes(format, mode, numbers)
    local groups = format.group > 0 and PANEL_K // format.group or 1
    if numbers.k < PANEL_K and groups <= PANEL_GROUPS then
        return ("a panel of %d codes may be longer"):format(numbers.k)
    end
    return refuse_groups(format, mode, numbers)
end

local function refuse_trit(format, mode, numbers)
    if not format.ternary then
        return "only ternary codes come five in a symbol"
    elseif format.group == 0 and numbers.k ~= PANEL_TRITS then
        return ("a panel of %d codes is faster"):format(PANEL_TRITS)
    end
    return panel_trit.refuse(format, numbers.k) or refuse_groups(format, mode, numbers)
end

-- Kernels for a few tokens are as fast at about so many: 12 of them take 0.88 to 1.26 times as
-- long, 9 take 0.84 to 1.0 times (w1g128, w2g256z1, w4g32, t, tg256; from memory, an Emerald
-- Rapids).
local FEW_TOKENS = 10

-- `unpack` operations a weight bring what is multiplied.
local function entry(name, loop, gemm, layout_of, refuse, unpack)
    return {
        family = "dot",
        name = name,
        loop = loop,
        isas = { amx = true },
        modes = { exact = true },
        gemv = {},
        gemm = gemm,
        few_tokens = FEW_TOKENS,
        template = "amx/amx.c.in",
        note = "fields are unpacked to a panel of bytes in the\n"
            .. " * level 1 cache, which serves a block of tokens: TDPBSUD multiplies 16 rows of\n"
            .. " * 64 codes by 16 tokens.",
        sums = bounds.none,
        layout = layout_of,
        refuse = refuse,
        cost = function(format, _, numbers, isa)
            return 1 / 256, method_cost.group(format, isa), 0.1 / numbers.k + unpack
        end,
    }
end

return {
    entry("amx", "dot", {
        { b = 2, m = 2, k = 128 }, { b = 4, m = 2, k = 128 },
        { b = 2, m = 2, k = 256 }, { b = 4, m = 2, k = 256 },
    }, function(format, numbers, isa)
        return layout.dot(isa.vector // 4, numbers.b, format.bits)
    end, refuse_codes, 0),
    entry("tritamx", "trit", {
        { b = 2, m = 2, k = 160 }, { b = 2, m = 2, k = 320 }, { b = 2, m = 2, k = 640 },
        { b = 4, m = 2, k = 160 }, { b = 4, m = 2, k = 320 }, { b = 4, m = 2, k = 640 },
    }, function(_, numbers, isa)
        return layout.trit(isa.vector // 4, numbers.b)
    end, refuse_trit, 0.0008),
}
