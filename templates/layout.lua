-- Layouts: where each bit of the weights is in the packed stream (struct loom_layout in
-- runtime/layout.h). A digit is { axis, count, stride }, from the least significant bit up.

local layout = {}

local function digit(axis, count, stride)
    return { axis = axis, count = count, stride = stride }
end

local function section(first_plane, digits, flip)
    local kept = {}
    for _, d in ipairs(digits) do
        if d.count > 1 then
            kept[#kept + 1] = d
        end
    end
    return { first_plane = first_plane, digits = kept, flip = flip or 0, bits = false }
end

-- Bytes whose 8 bits, from the least significant one up, are { k, plane }; digits place bytes.
local function listed(places, digits)
    local part = section(0, digits)
    part.bits = {}
    for index, place in ipairs(places) do
        part.bits[index] = { k = place[1], plane = place[2] }
    end
    return part
end

-- LOOM_MAX_ROWS, LOOM_MAX_UNIT_K and LOOM_MAX_UNIT_BITS of runtime/layout.h.
local MAX_ROWS, MAX_UNIT_K, MAX_UNIT_BITS = 256, 160, 512

-- Bits of a section. Digits below a byte are powers of two: the packer works byte by byte.
local function section_bits(part)
    local product = part.bits and #part.bits or 1
    for _, d in ipairs(part.digits) do
        assert(product >= 8 or d.count & (d.count - 1) == 0, "a byte must hold whole digits")
        product = product * d.count
    end
    return product
end

-- `symbol_k` codes share one symbol of `bits` bits; the digits place symbols. nil and a reason
-- where the packer has no room for a unit.
local function make(name, bits, rows, unit_k, sections, symbol_k)
    local total, symbols = 0, unit_k // (symbol_k or 1)
    for _, part in ipairs(sections) do
        total = total + section_bits(part)
    end
    assert(total == rows * symbols * bits, "the digits must cover a unit")
    assert(unit_k <= MAX_UNIT_K and symbols * bits <= MAX_UNIT_BITS and symbols % 8 == 0,
        "the packer has no room for a row of a unit")
    if rows > MAX_ROWS then
        return nil, ("a block of %d rows is too large to pack"):format(rows)
    end
    return { name = name .. "_w" .. bits, bits = bits, rows = rows, unit_k = unit_k,
        symbol_k = symbol_k or 1, unit_bytes = rows * symbols * bits // 8, sections = sections }
end

-- lut, portable: row by row; a byte holds the indices of two neighbouring LUT groups of one
-- plane.
function layout.plain_lut(bits)
    return make("plain_lut", bits, 1, 32, {
        section(0, { digit("k", 8, 1), digit("plane", bits, 1), digit("k", 4, 8) }),
    })
end

-- lut: a 32-bit lane is a row, its 4 bytes are 4 LUT groups of one plane; low nibbles hold
-- 16 activations, high nibbles the next 16. `block` vectors of `lanes` rows stand side by
-- side.
function layout.quad(lanes, block, bits)
    return make(("quad%dx%d"):format(lanes, block), bits, lanes * block, 32, {
        section(0, {
            digit("k", 4, 1), digit("k", 2, 16), digit("k", 4, 4),
            digit("row", lanes, 1), digit("row", block, lanes), digit("plane", bits, 1),
        }),
    })
end

-- lut: a 16-bit lane is a row, its 2 bytes are two planes; nibbles are two LUT groups. Even
-- lanes hold the first half of a vector's rows, odd lanes the second, so that widening by shifts
-- keeps rows in order. A plane without a partner has two rows in a lane. `block` counts `vector`
-- rows, as many as a vector has bytes.
function layout.pair(vector, block, bits)
    local sections, lanes = {}, vector // 4
    if bits >= 2 then
        sections[1] = section(0, {
            digit("k", 4, 1), digit("k", 2, 4), digit("plane", 2, 1), digit("row", 2, lanes),
            digit("row", lanes, 1), digit("row", 2 * block, 2 * lanes),
            digit("plane", bits // 2, 2), digit("k", 4, 8),
        })
    end
    if bits % 2 == 1 then
        sections[#sections + 1] = section(bits - 1, {
            digit("k", 4, 1), digit("k", 2, 4), digit("row", 2, 2 * lanes),
            digit("row", 2, lanes), digit("row", lanes, 1), digit("row", block, vector),
            digit("k", 4, 8),
        })
    end
    return make(("pair%dx%d"):format(vector, block), bits, vector * block, 32, sections)
end

-- lut: a byte is a row, its nibbles are two neighbouring LUT groups of one plane. `block` vectors
-- stand side by side, then planes.
function layout.rows(vector, block, bits)
    return make(("rows%dx%d"):format(vector, block), bits, vector * block, 32, {
        section(0, {
            digit("k", 8, 1), digit("row", vector, 1), digit("row", block, vector),
            digit("plane", bits, 1), digit("k", 4, 8),
        }),
    })
end

-- T-MAC's: 16 bytes are one LUT group of 32 rows of one plane, low nibbles rows 0-15, high
-- nibbles rows 16-31; 16 LUT groups (fewer where the group is shorter) follow each other, then
-- planes, then the row tile.
function layout.tmac(block, unit_k, bits)
    return make(("tmac32x%dk%d"):format(block, unit_k), bits, 32 * block, unit_k, {
        section(0, {
            digit("k", 4, 1), digit("row", 2, 16), digit("row", 16, 1), digit("k", unit_k // 4, 4),
            digit("plane", bits, 1), digit("row", block, 32),
        }),
    })
end

-- The low bits of a code that are a field of layout.dot; the others stand in vectors of their own.
function layout.low_bits(bits)
    return ({ 1, 2, 2, 4, 4, 4, nil, 8 })[bits]
end

-- Whether the vectors of a code's other bits come first in a unit of layout.dot. Kernels load them
-- first: then they read all of it in one direction, as CPUs' own prefetchers expect.
function layout.top_first(bits)
    return bits > 4 and bits > layout.low_bits(bits)
end

-- dot: a 32-bit lane is a row, its 4 bytes are 4 neighbouring codes, and the fields of a byte
-- are 4 codes apart. 3 bits are 2-bit fields, then 1-bit fields; 5 and 6 are 4-bit fields, then the
-- others. With one lane it is the portable layout. A unit is 32 codes, or a group of 16.
function layout.dot(lanes, block, bits, group)
    local low, rows = layout.low_bits(bits), { digit("row", lanes, 1), digit("row", block, lanes) }
    if not low then
        return nil, ("codes of %d bits have no layout"):format(bits)
    end
    local fields, top = 8 // low, bits - low
    local unit_k = group == 16 and 16 or 32
    if unit_k % (4 * fields) > 0 or top > 0 and unit_k % (32 // top) > 0 then
        return nil, ("groups of 16 end inside vectors of %d-bit codes, which have 32 of a row")
            :format(bits)
    end
    local sections = {
        section(0, { digit("plane", low, 1), digit("k", fields, 4), digit("k", 4, 1),
            rows[1], rows[2], digit("k", low * unit_k // 32, 4 * fields) }),
    }
    if top > 0 then
        sections[2] = section(low, { digit("plane", top, 1), digit("k", low // top, 4 * fields),
            digit("k", fields, 4), digit("k", 4, 1), rows[1], rows[2],
            digit("k", top * unit_k // 32, 32 // top) })
    end
    if layout.top_first(bits) then
        sections = { sections[2], sections[1] }
    end
    local name = unit_k == 32 and "dot%dx%d" or "dot%dx%dk16"
    return make(name:format(lanes, block), bits, lanes * block, unit_k, sections)
end

-- dot: a 32-bit lane is 4 neighbouring codes, and the fields of a byte are rows, `lanes` apart.
-- Signed bytes have their top bit inverted: they are 128 less than their fields.
function layout.fields(lanes, block, bits, signed)
    local fields, name = 8 // bits, signed and "fields%dx%d" or "ufields%dx%d"
    return make(name:format(lanes, block), bits, lanes * block, 32, {
        section(0, {
            digit("plane", bits, 1), digit("row", fields, lanes), digit("k", 4, 1),
            digit("row", lanes, 1), digit("row", block // fields, lanes * fields), digit("k", 8, 4),
        }, signed and 128 or 0),
    })
end

-- lut: a 32-bit lane is a row; its bytes are two planes of one LUT group and of the next. The high
-- nibbles are two groups further. A plane without a partner has two bytes a row. `block` counts
-- `lanes` rows.
function layout.twin(lanes, block, bits)
    local sections, nibbles = {}, { digit("k", 4, 1), digit("k", 2, 8) }
    if bits >= 2 then
        sections[1] = section(0, {
            nibbles[1], nibbles[2], digit("plane", 2, 1), digit("k", 2, 4), digit("row", lanes, 1),
            digit("row", block, lanes), digit("plane", bits // 2, 2), digit("k", 2, 16),
        })
    end
    if bits % 2 == 1 then
        sections[#sections + 1] = section(bits - 1, {
            nibbles[1], nibbles[2], digit("k", 2, 4), digit("row", lanes * block, 1),
            digit("k", 2, 16),
        })
    end
    return make(("twin%dx%d"):format(lanes, block), bits, lanes * block, 32, sections)
end

-- lut, ternary: 3 codes are a symbol of 5 bits, which is an index of two tables. A byte is a row:
-- all of one symbol, and above it 3 bits of another, whose other two are in the unit's last byte.
function layout.twinsign(vector, block)
    local rows = { digit("row", vector, 1), digit("row", block, vector) }
    return make(("twinsign%dx%d"):format(vector, block), 5, vector * block, 24, {
        listed({ { 4, 0 }, { 4, 1 }, { 4, 2 }, { 4, 3 }, { 4, 4 }, { 0, 2 }, { 0, 3 }, { 0, 4 } },
            { rows[1], rows[2], digit("k", 4, 1) }),
        section(0, { digit("plane", 2, 1), digit("k", 4, 1), rows[1], rows[2] }),
    }, 3)
end

-- dot, ternary: 5 codes are a symbol of 8 bits, the bits are planes of 32 symbols a row. Unpacked,
-- the bits of a plane are the fields of layout.dot.
function layout.trit(lanes, block)
    return make(("trit%dx%d"):format(lanes, block), 8, lanes * block, 160, {
        section(0, {
            digit("k", 2, 16), digit("k", 4, 4), digit("k", 4, 1), digit("row", lanes, 1),
            digit("row", block, lanes), digit("plane", 8, 1),
        }),
    }, 5)
end

-- lut, ternary: the same symbols, but the bits of a plane, unpacked, are those of layout.quad. The
-- planes of a vector of rows follow each other, so that kernels read in one direction.
function layout.quadtrit(lanes, block)
    return make(("quadtrit%dx%d"):format(lanes, block), 8, lanes * block, 160, {
        section(0, {
            digit("k", 4, 1), digit("k", 2, 16), digit("k", 4, 4), digit("row", lanes, 1),
            digit("plane", 8, 1), digit("row", block, lanes),
        }),
    }, 5)
end

-- lut, ternary: 3 codes are a symbol of an index, 4 bits, and a sign. A byte is a row and holds two
-- indices; the signs of a unit's 8 symbols are a byte.
local function sign_of_rows(name, rows)
    local count, indices = 1, { digit("plane", 4, 1), digit("k", 2, 1), table.unpack(rows) }
    for _, d in ipairs(rows) do
        count = count * d.count
    end
    indices[#indices + 1] = digit("k", 4, 2)
    return make(name, 5, count, 24, {
        section(0, indices), section(4, { digit("k", 8, 1), table.unpack(rows) }),
    }, 3)
end

-- Rows are in the order that interleaving and widening bytes leaves: neighbours, then the low and
-- the high half of each 16 bytes. `block` vectors stand side by side.
function layout.sign(vector, block)
    local lanes = vector // 4
    return sign_of_rows(("sign%dx%d"):format(vector, block), {
        digit("row", 2, lanes), digit("row", 4, 1), digit("row", 2, 2 * lanes),
        digit("row", vector // 16, 4), digit("row", block, vector),
    })
end

-- The same, portable: 4 rows, since a unit has no fraction of 4 bytes.
function layout.plain_sign()
    return sign_of_rows("plain_sign", { digit("row", 4, 1) })
end

-- lut, ternary: a 32-bit lane is a row, its 4 bytes are 4 indices; the signs of a vector's bytes
-- are 64 bits in the same order.
function layout.quadsign(lanes, block)
    return make(("quadsign%dx%d"):format(lanes, block), 5, lanes * block, 24, {
        section(0, {
            digit("plane", 4, 1), digit("k", 2, 4), digit("k", 4, 1), digit("row", lanes, 1),
            digit("row", block, lanes),
        }),
        section(4, {
            digit("k", 4, 1), digit("row", lanes, 1), digit("k", 2, 4), digit("row", block, lanes),
        }),
    }, 3)
end

return layout
