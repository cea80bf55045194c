-- Variables of the lookups in two byte tables at once.

local sums_twin = require("twin.sums")

-- Pairs of index registers. An index waits for the one before it in its register: two registers in
-- turn, where no other kind of vector comes between.
local function index_registers(bits)
    local list = {}
    local function add(kind, tables, count)
        for i = 0, count - 1 do
            list[#list + 1] = { name = kind .. i, tables = tables }
        end
    end
    add("pair", "v_set_i32(0x10100000)", bits > 1 and 2 or 0)
    add("single", "v_set_i16(0x1000)", bits == 1 and 2 or bits % 2)
    return list
end

-- Vectors of packed weights of 16 codes, number s of a unit (layout.twin): where they are, the
-- factors of their bytes, and the sums they are added to.
local function packed_vectors(record, s)
    local bits, b, m, list = record.format.bits, record.numbers.b, record.numbers.m, {}
    local pairs_of_planes, vector = bits // 2, record.isa.vector
    for pair = 0, pairs_of_planes - 1 do
        for v = 0, m - 1 do
            list[#list + 1] = { pair = pair, v = v, single = false, index = "pair" .. v % 2,
                offset = ((s * pairs_of_planes + pair) * b + v) * vector }
        end
    end
    for v = 0, bits % 2 == 1 and m // 2 - 1 or -1 do
        list[#list + 1] = { v = v, single = true,
            index = "single" .. (bits == 1 and v % 2 or 0),
            offset = (2 * pairs_of_planes * b + s * b // 2 + v) * vector }
    end
    return list
end

return function(record)
    local format = record.format
    return {
        index_registers = index_registers(format.bits),
        plane_pairs = format.bits // 2,
        singles = format.bits % 2 == 1 and record.numbers.m // 2 or 0,
        single_factor = format.step << format.bits - 1,
        chunk_k = record.family == "lut" and sums_twin.CHUNK or nil,
        vectors_of_step = function(s)
            return packed_vectors(record, s)
        end,
    }
end
