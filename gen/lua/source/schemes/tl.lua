-- TL1 and TL2 of bitnet.cpp's GGUF files (convert-hf-to-gguf-bitnet.py): ternary weights in the
-- order that its generated kernels read, and one fp32 scale behind them. The order depends on the
-- kernel_config.ini that bitnet.cpp was built with: it has to lie beside the file, as
-- NAME.kernel_config.ini for NAME.gguf or as kernel_config.ini.
--
-- A row is cut into symbols of 2 weights (TL1) or 3 (TL2), first the weight that counts most to the
-- base of 3. TL2 keeps signs apart, and symbols of 2 for columns that fill no block.
local check = require("base.fail").check
local elements = require("source.elements")
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local wrong = require("source.wrong")

local tl = {}

-- ---- Where a symbol stands ---------------------------------------------------------------------

-- The place of a symbol among blocks: `rows` x `columns` of them make a tile, and tiles of rows are
-- cut into strips of `strip` rows, and strips into pieces of `piece` symbols along a row. Returns
-- the piece's number, the row in the strip, and the symbol in the piece.
local function place(grid, row, symbol)
    local tile = row // grid.rows * grid.tiles + symbol // grid.columns
    local strips, pieces = grid.rows // grid.strip, grid.columns // grid.piece
    local column = symbol % grid.columns
    local piece = (tile * strips + row % grid.rows // grid.strip) * pieces + column // grid.piece
    return piece, row % grid.strip, column % grid.piece
end

-- A symbol of 4 bits in TL1: lines of 16 rows, two symbols in a byte.
local function tl1_symbol(text, grid, row, symbol)
    local piece, line, of = place(grid, row, symbol)
    local at = (piece * (grid.strip // 16) + line // 16) * (grid.piece // 2) + of // 2
    return text:byte(at * 16 + line % 16 + 1) >> (1 - of % 2) * 4 & 15
end

-- Eights of a strip's 32 rows stand in this order.
local EIGHTS = { [0] = 0, 2, 1, 3 }

-- One of 4 bits in TL2: two in a byte.
local function tl2_symbol(text, grid, row, symbol)
    local piece, line, of = place(grid, row, symbol)
    local at = grid.first + piece * 32 + EIGHTS[line // 8] * 8 + line % 8
    return text:byte(at + 1) >> (1 - of) * 4 & 15
end

-- Whether a symbol of TL2 is negative: words of 16 bits for two rows, the highest bit first.
local function is_negative(text, signs, row, symbol)
    local piece, line, of = place(signs, row, symbol)
    local word = ("<I2"):unpack(text, signs.first + (piece * 16 + line % 16) * 2 + 1)
    return word >> 15 - (2 * of + line // 16) & 1 == 1
end

-- ---- Rows --------------------------------------------------------------------------------------

-- Appends the ternary digits of a number, from that of the value `unit` on.
local function append(weights, matrix, row, value, unit, scale)
    if value < 0 or value >= 3 * unit then
        wrong(matrix.model, matrix.parts.codes, "has a code in row %d that stands for no weights",
            row)
    end
    while unit > 0 do
        weights[#weights + 1] = scale * (value // unit % 3 - 1)
        unit = unit // 3
    end
end

-- Rows are scattered, so the codes are read at once.
local function text_of(matrix)
    matrix.text = matrix.text or matrix.model:read(matrix.parts.codes, 0, matrix.parts.codes.bytes)
    return matrix.text, elements.read(matrix.model, matrix.parts.scales, 0, 1)[1]
end

local function tl1_row(matrix, row)
    local text, scale = text_of(matrix)
    local weights = {}
    for symbol = 0, matrix.k // 2 - 1 do
        append(weights, matrix, row, tl1_symbol(text, matrix.grid, row, symbol), 3, scale)
    end
    return weights
end

local function tl2_row(matrix, row)
    local text, scale = text_of(matrix)
    local weights, grid = {}, matrix.grid
    for symbol = 0, grid.symbols - 1 do
        local value = tl2_symbol(text, grid, row, symbol)
        value = is_negative(text, grid.signs, row, symbol) and -value or value
        append(weights, matrix, row, 13 + value, 9, scale)
    end
    for symbol = 0, (matrix.k - #weights) // 2 - 1 do
        append(weights, matrix, row, tl2_symbol(text, grid.rest, row, symbol), 3, scale)
    end
    return weights
end

-- ---- The kernel_config.ini ---------------------------------------------------------------------

-- The values of the section for m x k: { bm =, bk =, bmm = }, or nil.
local function section_of(text, m, k)
    for section in (text .. "["):gmatch("%](.-)%f[%[]") do
        local values = {}
        for key, value in section:gmatch("(%w+)%s*=%s*(%d+)") do
            values[key] = math.tointeger(tonumber(value))
        end
        if values.m == m and values.k == k then
            return values
        end
    end
    return nil
end

-- A kernel_config.ini has some lines for each shape.
local MOST_BYTES = 1 << 16

local function read_ini(model, tensor)
    local path = model.files[tensor.file].path
    local folder = path:match("^(.*/)[^/]*$") or ""
    for _, name in ipairs({ (path:gsub("%.gguf$", "") .. ".kernel_config.ini"),
        folder .. "kernel_config.ini" }) do
        if model.disk.kind(name) then
            local file = check(model.disk.open(name))
            return check(file:read(0, math.min(file.size, MOST_BYTES))), name
        end
    end
    return nil
end

-- TL1: strips of `bmm` rows, pieces of 256 weights.
local function tl1_grid(values, k)
    return { rows = values.bm, strip = values.bmm, columns = values.bk // 2, tiles = k // values.bk,
        piece = 128 // values.bmm }
end

-- TL2: strips of 32 rows, pieces of 192 weights; then signs, then the rest of the columns.
local function tl2_grid(values, m, k)
    local threes = k // values.bk * values.bk
    local grid = { rows = values.bm, strip = 32, columns = values.bk // 3, tiles = k // values.bk,
        piece = 2, first = 0, symbols = threes // 3 }
    grid.signs = { rows = values.bm, strip = 32, columns = values.bk // 3, tiles = grid.tiles,
        piece = 8, first = m * threes // 6 }
    grid.rest = { rows = values.bm, strip = 32, columns = 16, tiles = (k - threes) // 32, piece = 2,
        first = m * threes // 6 + m * threes // 24 }
    return grid
end

-- Whether blocks of these sizes fill the matrix.
local function fits(values, kind, m, k)
    local bm, bk, bmm = values.bm or 0, values.bk or 0, values.bmm or 0
    if bm < 1 or bk < 1 or bmm < 16 or m % bm ~= 0 or bm % bmm ~= 0 then
        return false
    elseif kind == "TL1" then
        return 256 % bmm == 0 and bmm <= 64 and k % bk == 0 and bk % (256 // bmm) == 0
    end
    return bmm == 32 and bk % 24 == 0 and k % bk % 32 == 0 and k % bk <= 256
end

-- ---- Matrices ----------------------------------------------------------------------------------

-- Bytes of codes, before the scale. TL2 counts 256 columns of symbols of 2, whatever there are.
local function bytes_of(kind, m, k)
    local bytes = m * k // 4
    if kind == "TL2" then
        bytes = (k - 256) * m // 3 * 5 // 8 + 256 * m // 2 * 4 // 8
    end
    return bytes + -bytes % 32
end

-- Some bytes of a tensor, as one of its own.
local function part_of(tensor, first, kind, bytes)
    return { name = tensor.name, file = tensor.file, at = tensor.at + first, bytes = bytes,
        shape = { kind == "U8" and bytes or 1 }, type = kind }
end

local function refuse(matrix)
    fail("%s: %s: %s", matrix.model.path, escaped(matrix.name), matrix.why)
end

-- What schemes/gguf.lua does not know of a tensor of these types. Without a kernel_config.ini that
-- has its shape the matrix is only named.
function tl.describe(model, tensor)
    local kind = tensor.type_name
    local m, k = tensor.shape[1], tensor.shape[2]
    local bytes = bytes_of(kind, m, k)
    if #tensor.shape ~= 2 or bytes < 0 or tensor.bytes < bytes + 4 then
        wrong(model, tensor, "has %d bytes; %s of %d x %d weights has %d", tensor.bytes, kind, m, k,
            bytes + 4)
    end
    local ini, path = read_ini(model, tensor)
    local values = ini and section_of(ini, m, k)
    if not values or not fits(values, kind, m, k) then
        local why = ini and ("%s says no blocks that fill %d x %d weights"):format(path, m, k)
            or "the kernel_config.ini that bitnet.cpp was built with has to lie beside the file"
        return { why = why, dequantize = refuse }
    end
    return { format = "ttensorf32", codec = kind:lower(),
        numbers = { bm = values.bm, bk = values.bk, bmm = values.bmm },
        grid = kind == "TL1" and tl1_grid(values, k) or tl2_grid(values, m, k),
        parts = { codes = part_of(tensor, 0, "U8", bytes),
            scales = part_of(tensor, bytes, "F32", 4) },
        dequantize = kind == "TL1" and tl1_row or tl2_row }
end

return tl
