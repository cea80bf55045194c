-- Variables of the lookups in one byte table at a time.

local sums_pair = require("pair.sums")

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

-- The variables of one kernel.
return function(record)
    return {
        chunk_k = sums_pair.CHUNK,
        plane_pairs = record.format.bits // 2,
        accumulators = function(token)
            return pair_accumulators(record, token)
        end,
        vectors_of_step = function(s)
            return pair_vectors(record, s)
        end,
    }
end
