-- What a template may use: the variables of one kernel. vars.of, at the end, joins these parts:
--   expression   functions that write C expressions (expression.lua)
--   problem      what a kernel's name says; its format and layout
--   parts        offsets, factors and books (parts.lua)
--   arithmetic   where sums start, and by what they are multiplied
--   activations  bytes of them
--   tile         rows and tokens, prefetches, and which templates make the tile
--   panel        unpacked weights
--   what a family, a loop or a template has of its own: vars.lua in the method's folder
-- gen/lua/library/kernels.lua adds `template` and `marks`; an include() adds its own, such as
-- `tokens`. What begins with v_ is C, from isa/.

local act = require("act")
local bounds = require("bounds")
local code_parts = require("parts")
local expression = require("expression")
local scales = require("input.scales")
local vars_amx = require("amx.vars")
local vars_dot = require("dot.vars")
local vars_fields = require("fields.vars")
local vars_pair = require("pair.vars")
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

local OF_FAMILY = { dot = vars_dot, veclut = vars_veclut }
local OF_LOOP = { pair = vars_pair, rows = vars_rows.of, twin = vars_twin, fields = vars_fields,
    sign = vars_sign, twinsign = vars_sign, quadsign = vars_sign, plainsign = vars_sign,
    trit = vars_trit.of, quadtrit = vars_trit.of }
local OF_TEMPLATE = { ["amx/amx.c.in"] = vars_amx }
local FAMILY_NOTES = { lut = "table lookup", dot = "integer dot product",
    veclut = "lookup of vectors over tokens" }
local MODE_NOTES = { exact = "exact", table = "8-bit tables", table7 = "7-bit tables" }

local OP_NOTES = { gemv = "GEMV: N = 1", few = "GEMM: a few tokens", gemm = "GEMM: many tokens" }

-- The template of a loop that does not stand in a folder of its own.
local FILES = { mask = "dot/mask.c.in", shift = "dot/shift.c.in",
    twinsign = "sign/twinsign.c.in", quadsign = "sign/quadsign.c.in",
    quadtrit = "trit/quadtrit.c.in" }

-- The template of the products of a panel of codes, by `panel` of an ISA.
local PANEL_FILES = { lane = "dot/lane.c.in", matrix = "matrix/matrix.c.in" }

local function file_of_loop(loop)
    return FILES[loop] or ("%s/%s.c.in"):format(loop, loop)
end

local BLOCK_LOOPS = { quad = true, quadtrit = true }

-- A tile of a few tokens that is less than a block takes the block's parts in turn itself.
local function takes_block(record)
    local numbers = record.numbers
    return BLOCK_LOOPS[record.loop] and record.op == "few" and numbers.m < numbers.b
end

local function tile_template(record)
    return record.layout.symbol_k == 5 and "trit/tile.c.in"
        or takes_block(record) and "tile/block_tile.c.in" or "tile/tile.c.in"
end

-- Whether 3 tokens that are left are a tile of their own. As 2 and 1 they take 1.25 to 1.33 times
-- as long from memory where dot products are one instruction (an Emerald Rapids, w1g128, w2g128,
-- w4g128, t). Elsewhere they gain less, and sub-blocks have the longest code.
local function has_threes(record)
    return record.op == "few" and record.isa.sum_bits == 32 and not record.format.sub
end

-- Tokens that are left take halves of a tile.
local function tile_sizes(record)
    local sizes, n = {}, record.tokens
    while n >= 1 do
        sizes[#sizes + 1] = n
        if n == 4 and has_threes(record) then
            sizes[#sizes + 1] = 3
        end
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

-- A C expression: what a sum starts at where activations have the sum `sum`.
local function start_value(is_small, factor, bias)
    local of_bias = bias > 0 and ("%d * (int32_t)(a->k_group / 4)"):format(-bias) or 0
    return (expression.plus(expression.times(factor, "sum"), of_bias,
        is_small and "V_SUM_START" or 0):gsub("%+ %-", "- "))
end

local function arithmetic(record)
    local format, is_table = record.format, record.family == "lut" and record.mode ~= "exact"
    local planes_sum, bias = (1 << format.bits) - 1, act[record.act].bias
    local signs = record.layout.symbol_k == 3
    local is_small = format.group > 0 and (record.mode ~= "exact" or bounds.is_small(format))
    local sum_factor, zero_factor = is_table and format.step * planes_sum or 0, is_table and 2 or 1
    local start_factor = sum_factor + code_parts.bias(record)
        - (format.zero_points and 0 or zero_factor * format.zero)
    local fold_bias = code_parts.fold_bias(record)
    start_factor = fold_bias and -fold_bias or start_factor
    return {
        planes_sum = planes_sum,
        bias = bias,
        sum_factor = sum_factor,
        zero_factor = zero_factor,
        signs = signs,
        uses_act_sum = not signs and (format.zero_points or format.offsets or start_factor ~= 0),
        sum_is_small = is_small,
        spread = record.isa.spread and "v_spread_4" or "v_load_4",
        spreads = record.isa.spread or false,
        start_uses_sum = start_factor ~= 0,
        start_factor = start_factor,
        start_value = start_value(is_small, start_factor, format.step * bias * planes_sum),
        sum_step = record.family == "lut" and format.step or 1,
        sum_start = is_small and "V_SUM_START" or "0",
    }
end

-- Of a token's activations bytes, all of a unit's, and those of a tile's tokens for a unit of
-- weights.
local function activations(record)
    local unit = act[record.act]
    return {
        act_bytes = unit.unit_bytes // unit.unit_k,
        act_unit = unit.unit_bytes,
        acts_step = record.layout.unit_k // unit.unit_k * unit.unit_bytes * record.tokens,
    }
end

-- Loops whose vectors have a row in each byte, not in each 4.
local BYTE_ROWS = { pair = true, sign = true, rows = true, twinsign = true }

-- Rows of a byte of packed weights, and vectors of them for one of the rows of a tile.
local function part_bytes(record, m)
    local bits = record.format.bits
    if record.loop == "fields" then
        return m // (8 // bits) * record.isa.vector
    end
    return m * record.isa.vector * (record.loop == "pair" and bits > 1 and 2 or 1)
end

-- Whether scales come in runs of less than two lines. Such a stream beside that of the weights is
-- slow, and CPUs begin late with each of its pages. Measured on a Zen 4 (RESULTS.md): groups of 32
-- gain up to 1.19 times, and of 64 up to 1.2 times; runs of two lines and more gain nothing.
local LINE, LONG_GROUP = 64, 128
local function asks_next_page(record)
    local group, numbers = record.format.group, record.numbers
    local run = record.layout.rows * scales.by_name[record.format.scale].bytes
    return record.isa.streams and record.op == "gemv" and not numbers.p
        and group > 0 and group < LONG_GROUP and run < 2 * LINE or false
end

-- Kernels that ask for weights ask for the streams beside them, too, so many bytes ahead: of scales
-- of 32 codes that is as far as the weights of their level 2 distance. Measured on a Zen 5
-- (RESULTS.md).
local STREAM_AHEAD = 1024

local function tile(record)
    local numbers, vector = record.numbers, record.isa.vector
    local bytes = BYTE_ROWS[record.loop]
    local m, lanes = numbers.m or numbers.b, vector // 4
    return {
        tile_template = tile_template(record),
        loop_template = file_of_loop(record.loop),
        block_parts = takes_block(record) and 1 or numbers.b // m,
        block = numbers.b,
        m = m,
        lanes = lanes,
        vector = vector,
        row_vectors = m * (bytes and 4 or 1),
        token_tile = record.tokens,
        tile_sizes = tile_sizes(record),
        prefetch = numbers.p or 0,
        prefetch_far = numbers.f or 0,
        asks_next_page = asks_next_page(record),
        stream_ahead = numbers.p and STREAM_AHEAD or false,
        token_block = TOKEN_BLOCK[record.family] // record.tokens * record.tokens,
        part_rows = m * lanes * (bytes and 4 or 1),
        part_bytes = part_bytes(record, m),
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
    local unit = act[record.act]
    local bytes = TOKEN_BLOCK[record.family] * unit.unit_bytes // unit.unit_k * k
    return math.max(1, LEVEL2_BYTES // bytes)
end

-- The template of the products of a panel: of codes by the way that the ISA has, of indices by the
-- loop's own.
local function panel_template(record)
    if record.family ~= "dot" then
        return file_of_loop(record.loop)
    end
    return PANEL_FILES[record.isa.panel] or "dot/dot.c.in"
end

-- Groups of a row whose start values are ready together: those of a panel, or of whole units.
local function value_groups(record)
    local group, k = record.format.group, record.numbers.k
    if group == 0 then
        return 1
    elseif record.layout.symbol_k == 5 and not k then
        return vars_trit.GROUPS
    end
    return math.max(1, (k or 0) // group)
end

-- The panel of unpacked weights: bytes of codes (dot), or indices of tables, low nibbles and
-- high nibbles of each vector of packed weights (lut).
local function panel(record)
    local group, k = record.format.group, record.numbers.k or 0
    local unit = panel_vectors(record) * (record.numbers.m or 0) * record.isa.vector
    local step = group > 0 and math.max(1, k // group) or k
    -- Whether panels after the first begin inside a unit of packed weights.
    local skips = k > 0 and step * math.max(group, 1) % record.layout.unit_k > 0
    return {
        panel_unit = unit,
        panel_bytes = math.max(k, group) // 32 * unit,
        panel_skips = skips,
        panel_codes = skips and ("panel + skip / 32 * %d"):format(unit) or "panel",
        panel_note = record.family == "dot" and "bytes: [k / 4][row][4]" or "indices of tables",
        panel_groups = math.max(1, k // math.max(group, 1)),
        panel_step = step,
        value_groups = value_groups(record),
        panel_template = panel_template(record),
    }
end

-- The templates that say how the kernel works.
local function sources(record)
    local list = { "templates/" .. record.template }
    if record.template == "tile/tiles.c.in" then
        list[1] = "templates/" .. file_of_loop(record.loop)
        list[2] = "templates/" .. tile_template(record)
    end
    return table.concat(list, " and ")
end

local function problem(record)
    local format = record.format
    return {
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
        scale_fp32 = format.scale == "f32",
        scale_bytes = scales.by_name[format.scale].bytes,
        load_scale = scales.by_name[format.scale].load,
        load_two_scales = scales.by_name[format.scale].load_two or false,
        group = format.group,
        k_group = format.group > 0 and format.group or "a->k_group",
        layout_name = record.layout.name,
        rows = record.layout.rows,
        unit_k = record.layout.unit_k,
        unit_bytes = record.layout.unit_bytes,
        block_bytes = block_bytes(record.layout),
    }
end

-- Adds the variables of one part to `all`; `owners` says which part has set each.
function vars.add(all, owners, part, values)
    for key, value in pairs(values) do
        if owners[key] then
            error(("variable '%s' is set by %s and by %s"):format(key, owners[key], part))
        end
        owners[key] = part
        all[key] = value
    end
end

-- The variables of a kernel's template.
function vars.of(record)
    local all, owners = {}, {}
    local function add(part, values)
        vars.add(all, owners, part, values)
    end
    add("expression", expression)
    add("sources", { sources = sources(record) })
    add("problem", problem(record))
    add("parts", code_parts.vars(record))
    add("arithmetic", arithmetic(record))
    add("activations", activations(record))
    add("tile", tile(record))
    add("panel", panel(record))
    local of_family, of_loop = OF_FAMILY[record.family], OF_LOOP[record.loop]
    add("family " .. record.family, of_family and of_family(record) or {})
    add("loop " .. record.loop, of_loop and of_loop(record) or {})
    local of_template = OF_TEMPLATE[record.template]
    add("template " .. record.template, of_template and of_template(record, panels(record))
        or { panels = panels(record) })
    if not owners.chunk_k then
        add("chunks", { chunk_k = false })
    end
    return all
end

return vars
