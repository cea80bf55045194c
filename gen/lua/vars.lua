-- What a template may use: the variables of one kernel.

local vars = {}

local TOKEN_BLOCK = { lut = 64, dot = 128 } -- tokens whose activations stay in the level 2 cache
local MODE_NOTES = { exact = "exact", table = "8-bit tables", table7 = "7-bit tables" }

-- Entries are stored plus this, so that they are unsigned bytes (enum loom_act in kernel.h).
local BIAS = { exact = 512, table = 128, table7 = 64 }
local ACT_BYTES = { i8 = 1, lut8 = 4, lut7 = 4, lut16 = 8 }
local ACT_UNIT_K = { i8 = 4, lut8 = 32, lut7 = 32, lut16 = 32 } -- loom_act_unit in kernel.h

-- A C expression: field f of the vector x, for 3 bits with its top bit from `top`, as bytes; for
-- 1 bit twice the code, which is what enters the sum.
local function code_expression(bits, vector_index, f, x, top)
    local function shift(value, count)
        if count == 0 then
            return value
        end
        return ("v_sh%s_u16(%s, %d)"):format(count > 0 and "r" or "l", value,
            math.abs(count))
    end
    if bits == 3 then
        return ("v_join3(%s, %s)"):format(shift(x, 2 * f), shift(top, 2 * f + vector_index - 2))
    end
    if bits == 1 then
        return ("v_and(%s, v_set_i8(2))"):format(shift(x, f - 1))
    end
    return ("v_and(%s, v_set_i8(%d))"):format(shift(x, bits * f), (1 << bits) - 1)
end

local function tile_sizes(n)
    local sizes = {}
    while n >= 1 do
        sizes[#sizes + 1] = n
        n = n // 2
    end
    return sizes
end

-- The largest number of codes, a power of two and at most 256, whose products of unsigned
-- codes and int8 sum to 16 bits, four neighbours being two sums. nil where sums have 32 bits.
local function dot_chunk(record)
    if record.isa.vector ~= 32 then
        return nil
    end
    local largest = 2 * 127 * ((1 << record.format.bits) - 1) * record.format.step
    local chunk = 256
    while chunk // 4 * largest > 32767 do
        chunk = chunk // 2
    end
    return chunk
end

-- Accumulators of the `pair` method for one token: name, the two vectors of 32-bit sums it
-- is widened into, and the power of two it is worth.
local function pair_accumulators(record, token)
    local bits, list = record.format.bits, {}
    local function add(name, sum, shift, raw)
        list[#list + 1] = { name = name, raw = raw, single = raw ~= nil, shift = shift,
            even = ("sum%d_%d"):format(token, sum), odd = ("sum%d_%d"):format(token, sum + 1) }
    end
    for _, kind in ipairs(record.mode == "exact" and { "", "h" } or { "" }) do
        local worth = kind == "h" and 3 or 0
        for pair = 0, bits // 2 - 1 do
            for v = 0, 2 * record.numbers.m - 1 do
                add(("acc%s%d_%d_%d"):format(kind, token, pair, v), 2 * v, 2 * pair + worth)
            end
        end
        for v = 0, bits % 2 == 1 and record.numbers.m - 1 or -1 do
            local raw = ("raw%s%d_%d"):format(kind, token, v)
            local shift = bits - 1 + record.format.step - 1 + worth
            add(raw, 4 * v, shift)
            add(("top%s%d_%d"):format(kind, token, v), 4 * v + 2, shift, raw)
        end
    end
    return list
end

-- Vectors of packed weights that the `pair` method reads for 8 codes, number s of a unit.
local function pair_vectors(record, s)
    local bits, b, m, list = record.format.bits, record.numbers.b, record.numbers.m, {}
    local pairs_of_planes = bits // 2
    for pair = 0, pairs_of_planes - 1 do
        for v = 0, 2 * m - 1 do
            list[#list + 1] = { pair = pair, v = v, single = false,
                offset = ((s * pairs_of_planes + pair) * 2 * b + v) * 32 }
        end
    end
    for v = 0, bits % 2 == 1 and m - 1 or -1 do
        list[#list + 1] = { v = v, single = true,
            offset = (pairs_of_planes * 8 * b + s * b + v) * 32 }
    end
    return list
end

local function summary(record)
    return ("%s, %s weights, %s (%s)."):format(
        record.op == "gemv" and "GEMV: N = 1" or "GEMM: any N", record.format.key,
        record.family == "lut" and "table lookup" or "integer dot product",
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
    local planes_sum = (1 << format.bits) - 1
    return {
        planes_sum = planes_sum,
        bias = record.family == "lut" and BIAS[record.mode] or 0,
        sum_factor = is_table and format.step * planes_sum or 0,
        zero_factor = is_table and 2 or 1,
        act_bytes = ACT_BYTES[record.act],
        act_unit = ACT_BYTES[record.act] * ACT_UNIT_K[record.act],
        sum_is_small = format.group > 0,
        sum_start = format.group > 0 and "V_SUM_START" or "0",
    }
end

local function tile(record)
    local numbers, vector = record.numbers, record.isa.vector
    local pair = record.method == "pair"
    local m, lanes = numbers.m or numbers.b, vector // 4
    return {
        block = numbers.b,
        m = m,
        lanes = lanes,
        vector = vector,
        vectors = pair and 4 or 1,
        token_tile = record.tokens,
        tile_sizes = tile_sizes(record.tokens),
        prefetch = numbers.p or 0,
        token_block = TOKEN_BLOCK[record.family],
        part_rows = m * lanes * (pair and 4 or 1),
        part_bytes = m * vector * (pair and record.format.bits > 1 and 2 or 1),
    }
end

-- The panel of unpacked weights: bytes of codes (dot), or two vectors of indices for 32 codes of
-- each vector of rows and plane (lut).
local function panel(record)
    local group, k, m = record.format.group, record.numbers.k or 0, record.numbers.m or 0
    local is_dot = record.family == "dot"
    return {
        panel_unpack = record.method == "trit" and "trit" or record.family,
        panel_k = k,
        panel_bytes = is_dot and k * m * record.isa.vector // 4
            or k * m * record.format.bits * record.isa.vector // 16,
        panel_note = is_dot and "bytes: [k / 4][row][4]"
            or "indices of tables: [k / 32][plane][vector of rows][2][64]",
        panel_groups = math.max(1, k // math.max(group, 1)),
        panel_step = group > 0 and math.max(1, k // group) or k,
    }
end

local function dot(record)
    local bits, group = record.format.bits, record.format.group
    local chunk = dot_chunk(record)
    return {
        fields = bits == 3 and 3 or 8 // bits,
        sum_step = 1,
        field_bits = bits == 3 and 2 or bits,
        byte_fields = bits == 3 and 4 or 8 // bits,
        chunk = chunk or false,
        chunk_end = not chunk and (group > 0 and group or "a->k_group")
            or group > 0 and ("k + %d"):format(math.min(chunk, group))
            or ("k + %d < a->k_group ? k + %d : a->k_group"):format(chunk, chunk),
        unroll = 2,
        code = function(vector_index, f, x, top)
            return code_expression(bits, vector_index, f, x, top)
        end,
    }
end

local function lut(record)
    return {
        chunk = 256,
        sum_step = record.format.step,
        plane_pairs = record.format.bits // 2,
        accumulators = function(token)
            return pair_accumulators(record, token)
        end,
        vectors_of_step = function(s)
            return pair_vectors(record, s)
        end,
    }
end

-- The number that tells v_logic what to do: bit 4 a + 2 b + c of it is f(a, b, c).
local function logic(f)
    local number = 0
    for index = 0, 7 do
        if f(index & 4 > 0, index & 2 > 0, index & 1 > 0) then
            number = number | 1 << index
        end
    end
    return number
end

-- Units of 160 codes are 5 runs of 32; so many units are together 5 groups. A part is a group, or
-- a run where the group is the whole row.
local function trit(record)
    local group = record.format.group
    local runs = group > 0 and group // 32 or 1
    return {
        logic = logic,
        units = runs,
        unit_groups = 5,
        run_of = function(unit, j)
            local run = unit * 5 + j
            return { part = run // runs, starts = group > 0 and run % runs == 0,
                ends = group > 0 and run % runs == runs - 1 }
        end,
        fields_of = function(v)
            return ("field0_%d, field1_%d, field2_%d, field3_%d"):format(v, v, v, v)
        end,
    }
end

-- The variables of a kernel's template.
function vars.of(record)
    local format = record.format
    local result = {
        name = record.name,
        op = record.op,
        family = record.family,
        method = record.method,
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
    local parts = { arithmetic(record), tile(record), panel(record), trit(record),
        record.family == "lut" and lut(record) or dot(record) }
    for _, part in ipairs(parts) do
        for key, value in pairs(part) do
            result[key] = value
        end
    end
    return result
end

return vars
