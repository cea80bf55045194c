-- What a template may use: the variables of one kernel.

local vars = {}

local TOKEN_BLOCK = { lut = 64, dot = 128 } -- tokens whose activations stay in the level 2 cache
local MODE_NOTES = { exact = "exact", table = "8-bit tables", table7 = "7-bit tables" }

-- Entries are stored plus this, so that they are unsigned bytes (enum loom_act in kernel.h).
local BIAS = { exact = 512, table = 128, table7 = 64 }
local ACT_BYTES = { i8 = 1, lut8 = 4, lut7 = 4, lut16 = 8 }

-- A C expression: field f of the vector x, for 3 bits with its top bit from `top`, as bytes.
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
    if record.isa.sum_bits == 32 then
        return nil
    end
    local largest = 2 * 127 * ((1 << record.format.bits) - 1)
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

-- Vectors of packed weights that the `pair` method reads for 8 codes, number s of a unit, and
-- where a panel has their indices, low and high nibbles.
local function pair_vectors(record, s)
    local bits, b, m, list = record.format.bits, record.numbers.b, record.numbers.m, {}
    local pairs_of_planes, vector = bits // 2, record.isa.vector
    local function add(x)
        x.panel_offset = (s * bits * m + #list) * 2 * vector
        list[#list + 1] = x
    end
    for pair = 0, pairs_of_planes - 1 do
        for v = 0, 2 * m - 1 do
            add({ pair = pair, v = v, single = false,
                offset = ((s * pairs_of_planes + pair) * 2 * b + v) * vector })
        end
    end
    for v = 0, bits % 2 == 1 and m - 1 or -1 do
        add({ v = v, single = true,
            offset = (pairs_of_planes * 8 * b + s * b + v) * vector })
    end
    return list
end

local function summary(record)
    return ("%s, %s weights, %s (%s)."):format(
        record.op == "gemv" and "GEMV: N = 1" or "GEMM: any N", record.format.key,
        record.family == "lut" and "table lookup" or "integer dot product",
        MODE_NOTES[record.mode])
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
    }
end

local function tile(record)
    local numbers, vector = record.numbers, record.isa.vector
    local pair = record.method == "pair" or record.family == "lut" and record.method == "panel"
    local m, lanes = numbers.m or numbers.b, vector // 4
    return {
        block = numbers.b,
        m = m,
        lanes = lanes,
        vector = vector,
        vectors = pair and 4 or 1,
        tile_sizes = tile_sizes(numbers.n or 1),
        prefetch = numbers.p or 0,
        token_block = TOKEN_BLOCK[record.family],
        part_rows = m * lanes * (pair and 4 or 1),
        part_bytes = m * vector * (pair and record.format.bits > 1 and 2 or 1),
    }
end

-- Groups in a panel, or codes where a group is the whole row.
local function panel_step(record)
    local group, k = record.format.group, record.numbers.k or 0
    return group > 0 and math.max(1, k // group) or k
end

local function dot(record)
    local bits, group = record.format.bits, record.format.group
    local chunk = dot_chunk(record)
    local panel_k = record.numbers.k or 0
    return {
        panel_chunks = "panel_chunks.c.in",
        panel_step = panel_step(record),
        panel_bytes = panel_k * (record.numbers.m or 0) * record.isa.vector // 4,
        fields = bits == 3 and 3 or 8 // bits,
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
    local panel_unit = 8 * record.format.bits * (record.numbers.m or 0) * record.isa.vector
    local panel_k = math.max(record.numbers.k or 0, record.format.group)
    return {
        panel_chunks = "lut_panel_chunks.c.in",
        panel_step = panel_step(record),
        panel_unit = panel_unit,
        panel_bytes = panel_k // 32 * panel_unit,
        indices = record.numbers.k and "lut_panel_indices.c.in" or "pair_indices.c.in",
        packed_unit = record.layout.rows * 4 * record.format.bits,
        chunk = 256,
        plane_pairs = record.format.bits // 2,
        unit_k = record.layout.unit_k,
        accumulators = function(token)
            return pair_accumulators(record, token)
        end,
        vectors_of_step = function(s)
            return pair_vectors(record, s)
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
    }
    local parts = { arithmetic(record), tile(record), record.family == "lut" and lut(record)
        or dot(record) }
    for _, part in ipairs(parts) do
        for key, value in pairs(part) do
            result[key] = value
        end
    end
    return result
end

return vars
