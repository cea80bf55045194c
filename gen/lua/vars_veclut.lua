-- Variables of the templates whose tables have rows over tokens.

-- Sums of four int8 activations are at most this; so many of them fit in 16 bits.
local LARGEST = 4 * 127
local MOST_LOOKUPS = 32767 // LARGEST

-- Floats of the tile of y that stays in the level 2 cache: [row][token].
local TILE_FLOATS = 8192

-- The vectors of packed weights of 32 codes (layout.pair), 8 codes after 8: where they are, and
-- for the low and the high byte of their 16-bit lanes the plane and the vector of rows.
local function packed_vectors(record)
    local bits, b, vector, list = record.format.bits, record.numbers.b, record.isa.vector, {}
    local pairs_of_planes = bits // 2
    for s = 0, 3 do
        for pair = 0, pairs_of_planes - 1 do
            for v = 0, 2 * b - 1 do
                list[#list + 1] = { s = s, offset = ((s * pairs_of_planes + pair) * 2 * b + v) * vector,
                    { plane = 2 * pair, v = v }, { plane = 2 * pair + 1, v = v } }
            end
        end
        for v = 0, bits % 2 * b - 1 do
            list[#list + 1] = { s = s, offset = (pairs_of_planes * 8 * b + s * b + v) * vector,
                { plane = bits - 1, v = 2 * v }, { plane = bits - 1, v = 2 * v + 1 } }
        end
    end
    return list
end

local function log2(power)
    local bits = 0
    while 1 << bits < power do
        bits = bits + 1
    end
    return bits
end

-- The variables of one kernel.
return function(record)
    local group, numbers, rows = record.format.group, record.numbers, record.layout.rows
    local k, lanes = math.max(group, 0) > 0 and group or numbers.k, record.isa.vector // 2
    assert(k // 4 <= MOST_LOOKUPS, "16-bit sums would overflow")
    local entry_bytes, bits = 2 * numbers.n, record.format.bits
    return {
        tokens = numbers.n,
        k_block = k,
        lanes16 = lanes,
        sums = entry_bytes // record.isa.vector,
        entry_bytes = entry_bytes,
        table_bytes = 16 * entry_bytes,
        chunk_blocks = TILE_FLOATS // numbers.n // rows,
        vectors = packed_vectors(record),
        -- Indices of 32 codes of a block, [LUT group][plane][row]
        panel_values = 8 * bits * rows,
        panel_at = function(group_index, plane)
            return (group_index * bits + plane) * rows
        end,
        -- A nibble of a 16-bit lane, counted from the lowest, as the offset of its entry.
        offset_of = function(x, nibble)
            local shift = log2(entry_bytes) - 4 * nibble
            return ("v_and(v_sh%s_u16(%s, %d), v_set_i16(%d))"):format(shift > 0 and "l" or "r", x,
                math.abs(shift), 15 * entry_bytes)
        end,
    }
end
