-- Variables of the templates whose tables have rows over tokens.

local expression = require("expression")

-- Floats of a tile of y: [row][token], 32 KiB of the stack.
local TILE_FLOATS = 8192

-- The vectors of packed weights of 32 codes (layout.pair), 8 codes after 8: where they are, and
-- for the low and the high byte of their 16-bit lanes the plane and the vector of rows.
local function packed_vectors(record)
    local bits, list = record.format.bits, {}
    for s = 0, 3 do
        for v = 0, bits * record.numbers.b - 1 do
            list[#list + 1] = { s = s, offset = #list * record.isa.vector,
                { plane = 0, v = bits == 2 and v or 2 * v },
                { plane = bits - 1, v = bits == 2 and v or 2 * v + 1 } }
        end
    end
    return list
end

-- Numbers of vectors over tokens, descending: a tile with few tokens takes fewer.
local function halves(sums)
    local list = {}
    while sums >= 1 do
        list[#list + 1] = sums
        sums = sums // 2
    end
    return list
end

-- A C expression: nibble number `nibble` of 16-bit lanes as the offset of its entry in a table.
local function offset_expression(x, nibble, entry_bytes)
    local shift = math.tointeger(math.log(entry_bytes, 2)) - 4 * nibble
    return ("v_and(v_sh%s_u16(%s, %d), v_set_i16(%d))"):format(shift > 0 and "l" or "r", x,
        math.abs(shift), 15 * entry_bytes)
end

-- A C expression: what the sums of token t of a group start at.
local function start_expression(format)
    local zero = format.zero_points and 0 or format.zero
    return expression.plus(format.group > 0 and "V_SUM_START" or 0,
        expression.times(-zero, "group->act_sum[t]"))
end

-- The type of a panel's values, by method.
local PANEL_TYPES = { pair = "uint16_t", rows = "uint8_t" }

-- The variables of one kernel.
return function(record)
    local group, tokens, rows = record.format.group, record.numbers.n, record.layout.rows
    local k, entry_bytes, bits = group > 0 and group or record.numbers.k, 2 * tokens,
        record.format.bits
    return {
        tokens = tokens,
        k_block = k,
        lanes16 = record.isa.vector // 2,
        tile_sums = halves(entry_bytes // record.isa.vector),
        entry_bytes = entry_bytes,
        table_bytes = 16 * entry_bytes,
        chunk_blocks = TILE_FLOATS // tokens // rows,
        vectors = packed_vectors(record),
        tile_rows = 4 // bits,
        hooks = ("veclut/%s.c.in"):format(record.method),
        group_start = start_expression(record.format),
        y_note = group == 0 and ", integer sums" or "",
        panel_type = PANEL_TYPES[record.method],
        panel_values = 8 * bits * rows,
        panel_at = function(lut_group, plane)
            return (lut_group * bits + plane) * rows
        end,
        offset_of = function(x, nibble)
            return offset_expression(x, nibble, entry_bytes)
        end,
    }
end
