-- AWQ of 4 bits (AutoAWQ 0.2.9): a module's qweight, qzeros and scales. Its settings name one of
-- four layouts, `version`:
--     gemm         qweight [K][M / 8], qzeros [groups][M / 8], scales [groups][M]. A word has 8
--                  rows of the matrix (NIBBLES).
--     gemv         qweight [M][K / 8], qzeros [M][groups / 8], scales [M][groups], where groups are
--                  filled up (padded_groups); words in order
--     gemv_fast    qweight [M / 4][K] of 16 bits: a nibble for each of 4 rows, columns in blocks of
--                  64 (nibble_of); scales and qzeros [groups][M] of fp16, filled up too. qzeros are
--                  -(scale * zero), so a weight is scale * code + offset.
--     marlin       qweight [K / 16][M * 2], tiles as Marlin's kernel reads them (marlin_nibble);
--                  scales [groups][M], permuted too. The zero point is 8.
-- With gemm, gemv and marlin a weight is scale * (code - zero).
local elements = require("source.elements")
local fail = require("base.fail").fail
local integer_format = require("source.integer_format")
local number = require("source.number")
local roles = require("source.roles")
local shown = require("source.shown")
local tables = require("source.tables")
local wrong = require("source.wrong")

local awq = {}

local HALVES = { F16 = true }

-- The nibble of a word that has the row, or the group, r of its eight.
local NIBBLES = { [0] = 0, 4, 1, 5, 2, 6, 3, 7 }

local function nibble(model, tensor, word, place)
    return elements.read(model, tensor, word, 1)[1] >> 4 * place & 15
end

-- ---- Layouts: the code of a weight; the scale and the zero point or offset of a group ----------

local gemm = { number = 0 }

function gemm.code(model, matrix, row, column)
    return nibble(model, matrix.parts.codes, column * (matrix.m // 8) + row // 8, NIBBLES[row % 8])
end

function gemm.scale(model, matrix, row, group)
    return elements.read(model, matrix.parts.scales, group * matrix.m + row, 1)[1]
end

function gemm.zero(model, matrix, row, group)
    return nibble(model, matrix.parts.zeros, group * (matrix.m // 8) + row // 8, NIBBLES[row % 8])
end

local gemv = { number = 1 }

function gemv.code(model, matrix, row, column)
    return nibble(model, matrix.parts.codes, row * (matrix.k // 8) + column // 8, column % 8)
end

function gemv.scale(model, matrix, row, group)
    local scales = matrix.parts.scales
    return elements.read(model, scales, row * scales.shape[2] + group, 1)[1]
end

function gemv.zero(model, matrix, row, group)
    local zeros = matrix.parts.zeros
    return nibble(model, zeros, row * zeros.shape[2] + group // 8, group % 8)
end

local gemv_fast = { number = 2, scale = gemm.scale }

-- The halfword of a band of 4 rows, and the nibble of it, that has a row and a column. Of 32
-- columns, a * 8 + c * 2 + d, comes c, then d, then a. Of 64 so sorted columns of 4 rows each, one
-- row after the other, four in turn share a halfword.
local function nibble_of(row, column)
    local a, c, d = column % 32 // 8, column % 8 // 2, column % 2
    local sorted = column % 64 // 32 * 32 + c * 8 + d * 4 + a
    local place = row % 4 * 64 + sorted
    return column // 64 * 64 + place // 4, place % 4
end

function gemv_fast.code(model, matrix, row, column)
    local word, place = nibble_of(row, column)
    return nibble(model, matrix.parts.codes, row // 4 * matrix.k + word, place)
end

function gemv_fast.offset(model, matrix, row, group)
    return elements.read(model, matrix.parts.offsets, group * matrix.m + row, 1)[1]
end

local marlin = { number = 3 }

-- The word of a band of 16 columns, and the nibble of it, that has a row and a column: 64 rows and
-- 16 columns are 128 words. Of the 32 threads of Marlin's kernel, each reads 4 words in a line, one
-- for 16 rows; a word has 2 x 4 weights, which one tensor core instruction takes from it.
local function marlin_nibble(row, column)
    local thread = row % 8 * 4 + column % 8 // 2
    local word = row // 64 * 128 + thread * 4 + row % 64 // 16
    return word, column % 2 * 4 + row % 16 // 8 * 2 + column % 16 // 8
end

function marlin.code(model, matrix, row, column)
    local word, place = marlin_nibble(row, column)
    return nibble(model, matrix.parts.codes, column // 16 * (matrix.m * 2) + word, place)
end

-- Where the scale of a row is: of 64 rows by their last three bits; with one scale a row, of 32
-- rows by pairs.
local function marlin_scale(row, groups)
    if groups > 1 then
        return row // 64 * 64 + row % 8 * 8 + row % 64 // 8
    end
    return row // 32 * 32 + row % 8 // 2 * 8 + row % 32 // 8 * 2 + row % 2
end

function marlin.scale(model, matrix, row, group)
    local place = marlin_scale(row, matrix.numbers.groups)
    return elements.read(model, matrix.parts.scales, group * matrix.m + place, 1)[1]
end

function marlin.zero()
    return 8
end

-- The weights of a group, K of them at most.
local function group_weights(matrix, row, group, weights)
    local model, layout = matrix.model, matrix.layout
    local scale = layout.scale(model, matrix, row, group)
    local zero = layout.zero and layout.zero(model, matrix, row, group) or 0
    local offset = layout.offset and layout.offset(model, matrix, row, group)
    local first = group * matrix.numbers.group
    for column = first, first + matrix.numbers.group - 1 do
        local weight = number.f32(scale * (layout.code(model, matrix, row, column) - zero))
        weights[column + 1] = offset and number.f32(weight + offset) or weight
    end
end

local function dequantize(matrix, row)
    local weights = {}
    for group = 0, matrix.numbers.groups - 1 do
        group_weights(matrix, row, group, weights)
    end
    return weights
end

-- ---- What a module's tensors say ---------------------------------------------------------------

-- Columns of a group, which whole ones of fill a row; then their number.
local function groups_of(model, codes, settings, k)
    local size = settings.group_size or settings.q_group_size
    local group = size == -1 and k or size
    if math.type(group) ~= "integer" or group < 1 or k % group ~= 0 then
        wrong(model, codes, "has rows of %d weights; groups of %s do not divide them", k,
            shown(size))
    end
    return group, k // group
end

-- How many groups gemv and gemv_fast have room for: whole words of 8, and 2 or 4 words at a time
-- for groups of 64 and 32.
local function padded_groups(model, codes, group, groups)
    local words = group >= 128 and 1 or group == 64 and 2 or group == 32 and 4
    if not words then
        wrong(model, codes, "has groups of %d; right is 32, 64, or 128 and more", group)
    end
    return -(-groups // (8 * words)) * 8 * words
end

function gemm.shape(codes)
    return codes.shape[2] * 8, codes.shape[1]
end

function gemm.parts(model, name, codes, module)
    return { codes = codes,
        scales = tables.find(model, name .. ".scales", tables.FLOATS, module.groups, module.m,
            codes),
        zeros = tables.find(model, name .. ".qzeros", tables.WORDS, module.groups, module.m // 8,
            codes) }
end

function gemv.shape(codes)
    return codes.shape[1], codes.shape[2] * 8
end

function gemv.parts(model, name, codes, module)
    local padded = padded_groups(model, codes, module.group, module.groups)
    return { codes = codes,
        scales = tables.find(model, name .. ".scales", tables.FLOATS, module.m, padded, codes),
        zeros = tables.find(model, name .. ".qzeros", tables.WORDS, module.m, padded // 8, codes) }
end

-- Groups of a row that there is memory for.
function gemv.room(scales)
    return scales.shape[2]
end

function gemv_fast.room(scales)
    return scales.shape[1]
end

gemv_fast.words = { I16 = true }
gemv_fast.columns = 64

function gemv_fast.shape(codes)
    return codes.shape[1] * 4, codes.shape[2]
end

function gemv_fast.parts(model, name, codes, module)
    local padded = padded_groups(model, codes, module.group, module.groups)
    return { codes = codes,
        scales = tables.find(model, name .. ".scales", HALVES, padded, module.m, codes),
        offsets = tables.find(model, name .. ".qzeros", HALVES, padded, module.m, codes) }
end

marlin.columns, marlin.rows = 16, 64

function marlin.shape(codes)
    return codes.shape[2] // 2, codes.shape[1] * 16
end

function marlin.parts(model, name, codes, module)
    return { codes = codes,
        scales = tables.find(model, name .. ".scales", HALVES, module.groups, module.m, codes) }
end

local LAYOUTS = { gemm = gemm, gemv = gemv, gemv_fast = gemv_fast, marlin = marlin }

local function layout_of(model, settings)
    local version = shown(settings.version or settings.format or settings.checkpoint_format
        or "gemm"):lower()
    local bits = settings.bits or settings.w_bit
    if not LAYOUTS[version] then
        fail("%s: has the AWQ version %s; gemm, gemv, gemv_fast and marlin are read", model.path,
            version)
    elseif bits ~= 4 then
        fail("%s: has AWQ with %s bits; 4 are read", model.path, shown(bits))
    end
    return version, LAYOUTS[version]
end

-- The format, or nil and why.
local function format_of(layout, settings, module, scales)
    local held, why = integer_format.of({ bits = 4, k = module.k, group = module.group,
        whole = (settings.group_size or settings.q_group_size) == -1 and "row", scales = scales,
        zeros = layout.zero and layout.zero ~= marlin.zero })
    if held and layout.offset then
        held = held:find("row$") and "w4g256m" or held .. "m"
    end
    return held, why
end

local function module_of(model, name, settings)
    local version, layout = layout_of(model, settings)
    local codes = tables.find(model, name .. ".qweight", layout.words or tables.WORDS)
    local m, k = layout.shape(codes)
    if m % (layout.rows or 1) ~= 0 or k % (layout.columns or 1) ~= 0 then
        wrong(model, codes, "is a matrix of %d x %d; %s has whole blocks of %d x %d", m, k, version,
            layout.rows or 1, layout.columns or 1)
    end
    local group, groups = groups_of(model, codes, settings, k)
    local module = { m = m, k = k, group = group, groups = groups }
    local parts = layout.parts(model, name, codes, module)
    local held, why = format_of(layout, settings, module, parts.scales)
    return { name = name, role = roles.of(name), count = 1, m = m, k = k,
        kind = "AWQ 4-bit " .. version, format = held, why = why, codec = held and "awq",
        parts = parts, layout = layout, dequantize = dequantize,
        numbers = { bits = 4, layout = 0, version = layout.number, group = group, groups = groups,
            room = layout.room and layout.room(parts.scales) or groups,
            floats = elements.floats_number(parts.scales) } }
end

-- Whether settings are AWQ's: AutoAWQ's own file (quant_config.json) names no method.
local function are_own(settings)
    return settings.quant_method == "awq" or settings.method == "awq"
        or settings.quant_method == nil and settings.w_bit ~= nil
end

-- The matrices of a model, or nil where it is no AWQ.
function awq.find(model)
    local settings = model.quantization
    if model.kind ~= "safetensors" or not settings or not are_own(settings) then
        return nil
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.qweight$")
        if name then
            matrices[#matrices + 1] = module_of(model, name, settings)
        end
    end
    return matrices[1] and matrices or nil
end

return awq
