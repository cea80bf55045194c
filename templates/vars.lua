-- What a template may use: the variables of one kernel.

local vars_amx = require("amx.vars")
local vars_dot = require("dot.vars")
local vars_fields = require("fields.vars")
local vars_lut = require("pair.vars")
local vars_rows = require("rows.vars")
local vars_sign = require("sign.vars")
local vars_trit = require("trit.vars")
local vars_twin = require("twin.vars")
local vars_veclut = require("veclut.vars")

local vars = {}

-- Tokens that unpacked weights serve, but for what is left of a whole number of tiles: activations
-- are stored by tiles.
local TOKEN_BLOCK = { lut = 64, dot = 128, veclut = 128 }

-- What activations may take of a level 2 cache: the least of one, 256 KiB, and of larger ones
-- what is left beside a neighbour on the other hyperthread.
local LEVEL2_BYTES = 256 * 1024

local OF_FAMILY = { lut = vars_lut, dot = vars_dot, veclut = vars_veclut }
local OF_LOOP = { rows = vars_rows.of, twin = vars_twin, fields = vars_fields }
local OF_TEMPLATE = { ["amx/amx.c.in"] = vars_amx }
local FAMILY_NOTES = { lut = "table lookup", dot = "integer dot product",
    veclut = "lookup of vectors over tokens" }
local MODE_NOTES = { exact = "exact", table = "8-bit tables", table7 = "7-bit tables" }

local OP_NOTES = { gemv = "GEMV: N = 1", few = "GEMM: a few tokens", gemm = "GEMM: many tokens" }

-- Entries are stored plus this, so that they are unsigned bytes (enum loom_act in kernel.h).
local BIAS = { exact = 512, table = 128, table7 = 64 }
local ACT_UNIT_K = { i8 = 4, lut8 = 32, lut7 = 32, lut16 = 32, sign16 = 24, sign8 = 24 } -- kernel.h
local ACT_UNIT = { i8 = 4, lut8 = 128, lut7 = 128, lut16 = 256, sign16 = 256, sign8 = 256 }

local function tile_sizes(n)
    local sizes = {}
    while n >= 1 do
        sizes[#sizes + 1] = n
        n = n // 2
    end
    return sizes
end

local function summary(record)
    return ("%s, %s weights, %s (%s)."):format(
        OP_NOTES[record.op], record.format.key, FAMILY_NOTES[record.family],
        MODE_NOTES[record.mode])
end

-- A C expression: bytes of a row block.
local function block_bytes(of)
    if of.symbol_k > 1 then
        return ("(a->groups * a->k_group + %d) / %d * %d"):format(of.unit_k - 1, of.unit_k,
            of.unit_bytes)
    end
    return ("a->groups * a->k_group / 8 * %d"):format(of.rows * of.bits)
end

local function arithmetic(record)
    local format, is_table = record.format, record.family == "lut" and record.mode ~= "exact"
    local planes_sum, signs = (1 << format.bits) - 1, record.layout.symbol_k == 3
    return {
        planes_sum = planes_sum,
        bias = record.family == "lut" and BIAS[record.mode] or 0,
        sum_factor = is_table and format.step * planes_sum or 0,
        zero_factor = is_table and 2 or 1,
        act_bytes = ACT_UNIT[record.act] // ACT_UNIT_K[record.act],
        act_unit = ACT_UNIT[record.act],
        signs = signs,
        uses_act_sum = not signs,
        sum_is_small = format.group > 0,
        spread = record.isa.spread and "v_spread_4" or "v_load_4",
        spreads = record.isa.spread or false,
        sum_start = format.group > 0 and "V_SUM_START" or "0",
    }
end

-- Loops whose vectors have a row in each byte, not in each 4.
local BYTE_ROWS = { pair = true, sign = true, rows = true, twinsign = true }

-- Loops whose tile is another's, with steps of their own.
local TILES = { twinsign = "sign" }

local function tile(record)
    local numbers, vector = record.numbers, record.isa.vector
    local bytes = BYTE_ROWS[record.loop]
    local m, lanes = numbers.m or numbers.b, vector // 4
    -- A tile of a few tokens that is less than a block takes the block's parts in turn itself.
    local whole = record.loop == "quad" and record.op == "few" and m < numbers.b
    return {
        tile_template = (TILES[record.loop] or record.loop)
            .. (whole and "/block_tile.c.in" or "/tile.c.in"),
        parts = whole and 1 or numbers.b // m,
        block = numbers.b,
        m = m,
        lanes = lanes,
        vector = vector,
        vectors = bytes and 4 or 1,
        token_tile = record.tokens,
        tile_sizes = tile_sizes(record.tokens),
        prefetch = numbers.p or 0,
        prefetch_far = numbers.f or 0,
        token_block = TOKEN_BLOCK[record.family] // record.tokens * record.tokens,
        part_rows = m * lanes * (bytes and 4 or 1),
        part_bytes = m * vector * (record.loop == "pair" and record.format.bits > 1 and 2 or 1),
    }
end

-- Vectors in a panel of unpacked weights, for 32 codes of each vector of rows.
local function panel_vectors(record)
    if record.family == "dot" then
        return 8
    end
    return (record.loop == "pair" and 8 or 2) * record.format.bits
end

-- Panels of a row whose activations, of a block of tokens, stay in the level 2 cache together.
local function panels(record)
    local k = math.max(record.numbers.k or 1, record.format.group)
    local bytes = TOKEN_BLOCK[record.family] * ACT_UNIT[record.act] // ACT_UNIT_K[record.act] * k
    return math.max(1, LEVEL2_BYTES // bytes)
end

-- What the steps of a panel's tile are called.
local function panel_steps(record)
    if record.family == "dot" and record.isa.panel then
        return record.isa.panel
    end
    return record.loop == "trit" and "dot" or record.loop
end

-- The panel of unpacked weights: bytes of codes (dot), or indices of tables, low nibbles and
-- high nibbles of each vector of packed weights (lut).
local function panel(record)
    local group, k, isa_panel = record.format.group, record.numbers.k or 0, record.isa.panel
    local unit = panel_vectors(record) * (record.numbers.m or 0) * record.isa.vector
    return {
        panel_unit = unit,
        panel_bytes = math.max(k, group) // 32 * unit,
        panel_note = record.family == "dot" and "bytes: [k / 4][row][4]" or "indices of tables",
        panel_groups = math.max(1, k // math.max(group, 1)),
        panel_step = group > 0 and math.max(1, k // group) or k,
        panels = panels(record),
        panel_steps = panel_steps(record) .. "/panel_steps.c.in",
        panel_store = (isa_panel == "matrix" and "matrix/panel_" or "panel/") .. "store.c.in",
    }
end

-- The variables of a kernel's template.
function vars.of(record)
    local format = record.format
    local result = {
        name = record.name,
        op = record.op,
        family = record.family,
        loop = record.loop,
        mode = record.mode,
        summary = summary(record),
        method_note = record.method_note,
        tokens_note = record.op == "gemv" and "n is 1" or "any n",
        bits = format.bits,
        step = format.step,
        zero = format.zero,
        zero_points = format.zero_points,
        scale_fp32 = format.scale_fp32,
        scale_type = format.scale_fp32 and "float" or "uint16_t",
        load_scale = format.scale_fp32 and "v_load_f32" or "v_load_half",
        group = format.group,
        k_group = format.group > 0 and format.group or "a->k_group",
        layout_name = record.layout.name,
        rows = record.layout.rows,
        unit_k = record.layout.unit_k,
        unit_bytes = record.layout.unit_bytes,
        block_bytes = block_bytes(record.layout),
    }
    local parts = { arithmetic(record), tile(record), panel(record), vars_trit(record),
        vars_sign(record), OF_FAMILY[record.family](record) }
    parts[#parts + 1] = OF_LOOP[record.loop] and OF_LOOP[record.loop](record)
    parts[#parts + 1] = OF_TEMPLATE[record.template] and OF_TEMPLATE[record.template](record)
    for _, part in ipairs(parts) do
        for key, value in pairs(part) do
            result[key] = value
        end
    end
    return result
end

return vars
