-- compressed-tensors (llm-compressor): the modules that it packs. pack-quantized is here, 4-bit
-- floats are in packed_fp4.lua.
--
-- weight_packed is [M][words]: codes of a row, which are numbers of 2 to 8 bits plus 2^(bits - 1),
-- in a stream, or, as files before June 2026 have 3, 5, 6 and 7 bits, as many as a word has room
-- for. Both are called the same: the width tells, with weight_shape, which is M and K.
-- weight_scale is [M][groups], [M][1] or [1]. weight_zero_point is packed in the same way, but
-- along M: [words][groups]; one for the whole matrix is a number of 8 bits. weight_g_idx is the
-- group of each column. A weight is (code - zero) * scale.
local column_groups = require("source.column_groups")
local elements = require("source.elements")
local fields = require("source.fields")
local integer_format = require("source.integer_format")
local number = require("source.number")
local packed_fp4 = require("source.packed_fp4")
local roles = require("source.roles")
local shown = require("source.shown")
local tables = require("source.tables")
local wrong = require("source.wrong")

local compressed_tensors = {}

local SHAPE = { I64 = true, I32 = true }

-- Words for so many codes.
local function words_for(layout, bits, count)
    return layout == "padded" and -(-count // (32 // bits)) or -(-count * bits // 32)
end

-- ---- Weights -----------------------------------------------------------------------------------

local function read_scale(matrix, row, group)
    local numbers, place = matrix.numbers, row * matrix.numbers.groups + group
    return elements.read(matrix.model, matrix.parts.scales, numbers.tensor == 1 and 0 or place,
        1)[1]
end

local function read_zero(matrix, row, group)
    local numbers, zeros, model = matrix.numbers, matrix.parts.zeros, matrix.model
    local bits = numbers.bits
    if not zeros then
        return 1 << bits - 1
    elseif numbers.tensor == 1 then
        return elements.read(model, zeros, 0, 1)[1] + (1 << bits - 1)
    end
    local text = fields.column(model, zeros, group, numbers.groups, zeros.shape[1])
    return fields[matrix.layout](text, bits, row + 1)[row + 1]
end

local function dequantize(matrix, row)
    local numbers, codes = matrix.numbers, matrix.parts.codes
    local bytes = codes.shape[2] * 4
    local text = matrix.model:read(codes, row * bytes, bytes)
    local scales, zeros = {}, {}
    for group = 0, numbers.groups - 1 do
        scales[group], zeros[group] = read_scale(matrix, row, group), read_zero(matrix, row, group)
    end
    local weights, columns = {}, matrix.columns
    for index, code in ipairs(fields[matrix.layout](text, numbers.bits, matrix.k)) do
        local group = columns and columns.list[index] or (index - 1) // numbers.group
        weights[index] = number.f32((code - zeros[group]) * scales[group])
    end
    return weights
end

-- ---- What a module's tensors say ---------------------------------------------------------------

-- The settings of weights that config_groups has, by their names.
local function all_settings(settings)
    local groups = type(settings.config_groups) == "table" and settings.config_groups or {}
    local names, list = {}, {}
    for name in pairs(groups) do
        names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
        local weights = type(groups[name]) == "table" and groups[name].weights
        list[#list + 1] = type(weights) == "table" and weights or nil
    end
    return list
end

-- "4-bit int by group of 128".
local function in_words(list)
    local words = {}
    for index, own in ipairs(list) do
        words[index] = ("%s-bit %s by %s%s"):format(shown(own.num_bits),
            shown(own.type), shown(own.strategy),
            own.strategy == "group" and " of " .. shown(own.group_size) or "")
    end
    return #words > 0 and table.concat(words, ", ") or "nothing"
end

local function find_shape(model, name, codes)
    local tensor = elements.find(model, name .. ".weight_shape", 2, SHAPE, codes)
    local shape = elements.read(model, tensor, 0, 2)
    if shape[1] ~= codes.shape[1] or shape[2] < 1 then
        wrong(model, tensor, "says %d x %d; weight_packed has %d rows", shape[1], shape[2],
            codes.shape[1])
    end
    return shape[1], shape[2], tensor
end

-- How codes of so many bits, K in a row, are in words of that number; nil where they are not.
local function layout_of(bits, k, words)
    local dense, padded = words_for("stream", bits, k), words_for("padded", bits, k)
    if words == dense and words == padded and 32 % bits ~= 0 and words > 1 then
        return "either"
    end
    return words == dense and "stream" or words == padded and "padded" or nil
end

-- Groups of a row that the settings mean.
local function groups_for(own, k)
    local size = own.group_size
    if own.strategy == "group" and math.type(size) == "integer" and size > 0 then
        return k % size == 0 and k // size or nil
    end
    return (own.strategy == "channel" or own.strategy == "tensor") and 1 or nil
end

local function scales_fit(scales, own, m, k)
    local shape = scales.shape
    if own.strategy == "tensor" then
        return scales.bytes == (scales.type == "F32" and 4 or 2)
    end
    return #shape == 2 and shape[1] == m and shape[2] == groups_for(own, k)
end

-- The bits, groups and layout of a module: those of the settings that its widths fit.
local function choose(model, settings, codes, scales, m, k)
    local words, list, found = codes.shape[2], all_settings(settings), nil
    for _, own in ipairs(list) do
        local bits = own.type == "int" and own.num_bits
        local layout = math.type(bits) == "integer" and bits >= 2 and bits <= 8
            and layout_of(bits, k, words)
        if layout and scales_fit(scales, own, m, k) then
            if found and found.bits ~= bits then
                wrong(model, codes, "has %d words for %d weights, which may be %d or %d bits",
                    words, k, found.bits, bits)
            end
            found = { bits = bits, layout = layout, whole = own.strategy ~= "group" and
                (own.strategy == "tensor" and "tensor" or "row"), groups = groups_for(own, k) }
        end
    end
    if not found then
        wrong(model, codes, "has %d words for %d weights, and weight_scale is %s; config_groups "
            .. "has %s", words, k, table.concat(scales.shape, " x "), in_words(list))
    elseif found.layout == "either" then
        wrong(model, codes, "has %d words for %d weights of %d bits, as many as codes side by side "
            .. "and words with bits left over have: the file does not tell", words, k, found.bits)
    end
    return found
end

local function find_zeros(model, name, codes, found, m)
    local full = name .. ".weight_zero_point"
    if not model.by_name[full] then
        return nil
    elseif found.whole == "tensor" then
        return elements.find(model, full, 1, { I8 = true }, codes)
    end
    return tables.find(model, full, tables.WORDS, words_for(found.layout, found.bits, m),
        found.groups, codes)
end

-- weight_g_idx, where it is there and was filled in, and what it says.
local function find_columns(model, name, codes, k, group, groups)
    local full = name .. ".weight_g_idx"
    local tensor = model.by_name[full] and elements.find(model, full, k, tables.WORDS, codes)
    if not tensor or elements.read(model, tensor, 0, 1)[1] == -1 then
        return tensor, nil
    end
    local columns = column_groups.read(model, tensor, k, group, groups)
    if columns and not columns.whole then
        wrong(model, tensor, "has groups of other sizes than %d", group)
    end
    return tensor, columns
end

local function integers(model, name, settings)
    local codes = tables.find(model, name .. ".weight_packed", tables.WORDS)
    local m, k, shape = find_shape(model, name, codes)
    local scales = model.by_name[name .. ".weight_scale"]
    if not scales or not tables.FLOATS[scales.type] then
        wrong(model, codes, "has no weight_scale of F16, BF16 or F32 beside it")
    end
    local found = choose(model, settings, codes, scales, m, k)
    local zeros = find_zeros(model, name, codes, found, m)
    local group = k // found.groups
    local order, columns = find_columns(model, name, codes, k, group, found.groups)
    local held, why = integer_format.of({ bits = found.bits, k = k, group = group,
        whole = found.whole, zeros = zeros ~= nil, scales = scales, ordered = columns ~= nil })
    return { name = name, role = roles.of(name), count = 1, m = m, k = k,
        kind = ("compressed-tensors %d-bit"):format(found.bits), format = held, why = why,
        codec = held and "ct_integers",
        parts = { codes = codes, scales = scales, zeros = zeros, order = columns and order },
        beside = { shape, order },
        numbers = { bits = found.bits, group = group, groups = found.groups,
            floats = elements.floats_number(scales), layout = fields.NUMBERS[found.layout],
            tensor = found.whole == "tensor" and 1 or 0 },
        layout = found.layout, columns = columns, dequantize = dequantize }
end

-- The matrices of a model, or nil where it is none of compressed-tensors.
function compressed_tensors.find(model)
    local settings = model.quantization
    if model.kind ~= "safetensors" or not settings
        or settings.quant_method ~= "compressed-tensors" then
        return nil
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.weight_packed$")
        if name then
            local make = tensor.type == "U8" and packed_fp4.compressed or integers
            matrices[#matrices + 1] = make(model, name, settings)
        end
    end
    return matrices[1] and matrices or nil
end

return compressed_tensors
