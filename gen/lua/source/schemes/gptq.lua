-- GPTQ (AutoGPTQ, GPTQModel): a module's qweight, qzeros and scales, and g_idx, the group of each
-- column. qweight is [K * bits / 32][M]: each of its columns has the codes of a row of the matrix.
-- qzeros is [groups][M * bits / 32], scales is [groups][M]. A weight is scale * (code - zero).
--
-- Words hold codes side by side (fields.stream), or in planes: format gptq_p, and 5 to 7 bits
-- always, which have no other layout. Shapes are the same, the settings alone tell.
--
-- What qzeros hold of a zero point (numbers.rule):
--     STORED    it. Formats gptq_v2 and gptq_p.
--     FIELDS    it less 1. Format gptq, of AutoGPTQ. Readers differ on a field of ones: to
--               qlinear_cuda it is 2^bits, to qlinear_cuda_old 0. It is 2^bits here, as nearly all
--               kernels have it. AutoGPTQ writes such a field for a zero point of 0 alone, and its
--               ones go into all fields above it in the word: what was there is lost. Where it can
--               be seen `remark` says so.
--     WORDS     it less 1. Format gptq, of GPTQModel, which takes a constant from whole words of 2,
--               4 and 8 bits: a zero point of 0 borrows from the field above. To add the constant
--               to the word undoes that, and to add 1 to each field does not. Fields of 3 bits are
--               computed each for itself, modulo 8.
local column_groups = require("source.column_groups")
local elements = require("source.elements")
local fail = require("base.fail").fail
local fields = require("source.fields")
local integer_format = require("source.integer_format")
local number = require("source.number")
local roles = require("source.roles")
local shown = require("source.shown")
local tables = require("source.tables")
local wrong = require("source.wrong")

local gptq = {}

local STORED, FIELDS, WORDS = 0, 1, 2

local LOST = "AutoGPTQ wrote zero points of 0 over their neighbours, which are lost"

local FORMATS = { gptq = true, gptq_v2 = true, gptq_p = true }

local function unpack(text, numbers, count)
    local layout = numbers.layout == fields.NUMBERS.planes and "planes" or "stream"
    return fields[layout](text, numbers.bits, count)
end

-- ---- Zero points -------------------------------------------------------------------------------

local function add_to_words(text, bits)
    local ones = 0
    for shift = 0, 31, bits do
        ones = ones | 1 << shift
    end
    return (text:gsub("....", function(word)
        return ("<I4"):pack(("<I4"):unpack(word) + ones & 0xFFFFFFFF)
    end))
end

-- The first `count` zero points that words hold.
local function unpack_zeros(text, numbers, count)
    local bits, rule = numbers.bits, numbers.rule
    local add = rule == STORED and 0 or 1
    local most = rule == WORDS and (1 << bits) - 1 or 1 << bits
    if rule == WORDS and 32 % bits == 0 then
        text, add = add_to_words(text, bits), 0
    end
    local zeros = unpack(text, numbers, count)
    for index, zero in ipairs(zeros) do
        zeros[index] = zero + add <= most and zero + add or 0
    end
    return zeros
end

-- The zero point of a group in a row: the 32 that share their words are unpacked.
local function read_zero(matrix, group, row)
    local numbers, m = matrix.numbers, matrix.m
    local bits, first = numbers.bits, row // 32 * 32
    local count = math.min(32, m - first)
    local text = matrix.model:read(matrix.parts.zeros, (group * m + first) * bits // 8,
        count * bits // 8)
    return unpack_zeros(text, numbers, count)[row - first + 1]
end

-- Whether every zero point is the middle one.
local function all_middle(model, tensor, numbers, m)
    local bits = numbers.bits
    local count = m % 32 == 0 and 32 or 32 // bits
    local text = model:read(tensor, 0, tensor.bytes)
    local words = text:sub(1, count * bits // 8)
    for _, zero in ipairs(unpack_zeros(words, numbers, count)) do
        if zero ~= 1 << bits - 1 then
            return false
        end
    end
    return text == words:rep(#text // #words)
end

-- Whether a zero point of 0 went over the fields above it: the topmost of its word is all ones.
-- Fields of 3 bits are not looked at, whose topmost ones are cut.
local function are_lost(model, tensor, numbers)
    local bits = numbers.bits
    if numbers.rule ~= FIELDS or 32 % bits ~= 0 then
        return false
    end
    local text = model:read(tensor, 0, tensor.bytes)
    for at = 4, #text, 4 do
        if text:byte(at) >> 8 - bits == (1 << bits) - 1 then
            return true
        end
    end
    return false
end

-- Whether a zero point is 256, which has no room in a byte.
local function are_beyond(model, tensor, numbers)
    return numbers.rule == FIELDS and numbers.bits == 8
        and model:read(tensor, 0, tensor.bytes):find("\xFF", 1, true) ~= nil
end

-- ---- Weights -----------------------------------------------------------------------------------

local function dequantize(matrix, row)
    local model, numbers, parts, m, k = matrix.model, matrix.numbers, matrix.parts, matrix.m,
        matrix.k
    local text = fields.column(model, parts.codes, row, m, k * numbers.bits // 32)
    local codes = unpack(text, numbers, k)
    local scales, zeros = {}, {}
    for group = 0, numbers.groups - 1 do
        scales[group] = elements.read(model, parts.scales, group * m + row, 1)[1]
        zeros[group] = read_zero(matrix, group, row)
    end
    local weights, columns = {}, matrix.columns
    for index, code in ipairs(codes) do
        local group = columns and columns.list[index] or (index - 1) // numbers.group
        weights[index] = number.f32(scales[group] * (code - zeros[group]))
    end
    return weights
end

-- ---- What a module's tensors say ---------------------------------------------------------------

-- A producer's name, or a list of them, is GPTQModel's.
local function is_gptqmodel(value)
    if type(value) == "table" then
        for _, one in ipairs(value) do
            if is_gptqmodel(one) then
                return true
            end
        end
    end
    return type(value) == "string" and value:lower():find("^gptqmodel") ~= nil
end

-- GPTQModel's `format` counts; `checkpoint_format` is the name that others know.
local function checkpoint_format(model, settings)
    local format = settings.format or settings.checkpoint_format or "gptq"
    if settings.is_marlin_format then
        format = "marlin"
    end
    if not FORMATS[format] then
        fail("%s: has the GPTQ format %s; gptq, gptq_v2 and gptq_p are read", model.path,
            shown(format))
    end
    return format
end

local function zero_rule(settings, format, planes)
    local meta = type(settings.meta) == "table" and settings.meta or {}
    if format ~= "gptq" or planes then
        return STORED
    elseif is_gptqmodel(meta.quantizer) or is_gptqmodel(meta.packer) then
        return WORDS
    end
    return FIELDS
end

-- Bits of a module, as qzeros have them for M columns: the settings', but where single modules may
-- have their own (`dynamic`).
local function bits_of(model, settings, codes, zeros)
    local m, words, wanted = codes.shape[2], zeros.shape[2], settings.bits
    if math.type(wanted) ~= "integer" or wanted < 2 or wanted > 8 then
        fail("%s: has GPTQ with %s bits; 2 to 8 are read", model.path, shown(wanted))
    end
    local bits = math.tointeger(words * 32 / m)
    if not bits or bits < 2 or bits > 8 or bits ~= wanted and not settings.dynamic then
        wrong(model, zeros, "has %d words for %d rows; with %d bits they are %d", words, m, wanted,
            m * wanted // 32)
    end
    return bits
end

-- Columns of a group: the settings', which single modules may replace.
local function group_of(model, settings, scales, k)
    local groups, group = scales.shape[1], settings.group_size
    group = group == -1 and k or group
    if math.type(group) == "integer" and group > 0 and -(-k // group) == groups then
        return math.min(group, k), groups
    elseif settings.dynamic and groups > 0 and k % groups == 0 then
        return k // groups, groups
    end
    wrong(model, scales, "has %d groups for %d columns, and the group size is %s", groups, k,
        shown(settings.group_size))
end

-- The number of columns; whole blocks of 32 where a word does not hold whole codes.
local function columns_of(model, codes, bits, m)
    local k = codes.shape[1] * 32 // bits
    local whole = 32 % bits == 0 or codes.shape[1] % bits == 0 and m % 32 == 0
    if k < 1 or not whole then
        wrong(model, codes, "is %d x %d words, which are no %d-bit codes of whole blocks of 32",
            codes.shape[1], codes.shape[2], bits)
    end
    return k
end

local function find_order(model, name, codes, k)
    local tensor = model.by_name[name .. ".g_idx"]
    return tensor and elements.find(model, name .. ".g_idx", k, tables.WORDS, codes)
end

-- A module's tensors and sizes, and `columns`, what g_idx says.
local function open_module(model, name, settings)
    local codes = tables.find(model, name .. ".qweight", tables.WORDS)
    local m = codes.shape[2]
    local zeros = tables.find(model, name .. ".qzeros", tables.WORDS, nil, nil, codes)
    local bits = bits_of(model, settings, codes, zeros)
    local k = columns_of(model, codes, bits, m)
    local scales = tables.find(model, name .. ".scales", tables.FLOATS, nil, m, codes)
    local group, groups = group_of(model, settings, scales, k)
    tables.find(model, name .. ".qzeros", tables.WORDS, groups, m * bits // 32, codes)
    local order = find_order(model, name, codes, k)
    return { codes = codes, zeros = zeros, scales = scales, order = order, m = m, k = k,
        bits = bits, group = group, groups = groups,
        columns = order and column_groups.read(model, order, k, group, groups) }
end

-- The format, or nil and why; then what is to be said of the zero points, or nil.
local function format_of(model, module, numbers, settings)
    local zeros, columns = module.zeros, module.columns
    if columns and not columns.whole then
        return nil, ("g_idx has groups of other sizes than %d"):format(module.group)
    end
    local middle = settings.sym == true and all_middle(model, zeros, numbers, module.m)
    if not middle and are_beyond(model, zeros, numbers) then
        return nil, "zero points of 256 have no room in a byte", LOST
    end
    local held, why = integer_format.of({ bits = module.bits, group = module.group, k = module.k,
        whole = settings.group_size == -1 and "row", zeros = not middle, scales = module.scales,
        ordered = columns ~= nil })
    return held, why, not middle and are_lost(model, zeros, numbers) and LOST or nil
end

local function module_of(model, name, settings, format)
    local module = open_module(model, name, settings)
    local bits, columns = module.bits, module.columns
    local planes = format == "gptq_p" or bits >= 5 and bits <= 7
    local numbers = { bits = bits, group = module.group, groups = module.groups,
        layout = fields.NUMBERS[planes and "planes" or "stream"],
        floats = elements.floats_number(module.scales),
        rule = zero_rule(settings, format, planes) }
    local held, why, said = format_of(model, module, numbers, settings)
    return { name = name, role = roles.of(name), count = 1, m = module.m, k = module.k,
        kind = ("GPTQ %d-bit"):format(bits), format = held, why = why, codec = held and "gptq",
        parts = { codes = module.codes, scales = module.scales, zeros = module.zeros,
            order = columns and module.order },
        beside = { module.order }, numbers = numbers, columns = columns, remark = said,
        dequantize = dequantize }
end

-- Whether settings are GPTQ's: AutoGPTQ's first ones name no method, AWQ's name a version.
local function are_own(settings)
    local method = settings.quant_method or settings.method
    return method == "gptq" or method == nil and settings.bits ~= nil and settings.version == nil
end

-- The matrices of a model, or nil where it is no GPTQ.
function gptq.find(model)
    local settings = model.quantization
    if model.kind ~= "safetensors" or not settings or not are_own(settings) then
        return nil
    end
    local matrices, format = {}, nil
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.qweight$")
        if name then
            format = format or checkpoint_format(model, settings)
            matrices[#matrices + 1] = module_of(model, name, settings, format)
        end
    end
    return matrices[1] and matrices or nil
end

return gptq
