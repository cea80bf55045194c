-- NF4 and FP4 of bitsandbytes (functional.py, QuantState): NAME.weight has the codes of the whole
-- matrix, row after row, two in a byte, the first in its upper half; its own type and shape say
-- nothing. NAME.weight.quant_map has the 16 numbers, and NAME.weight.absmax one scale for each
-- `blocksize` codes, which may run over the ends of rows. Where scales are quantised again, absmax
-- picks from nested_quant_map, nested_absmax has a scale for each `nested_blocksize` of them, and
-- nested_offset is added. It stands, like the shape, in the JSON of the quant_state alone.
local elements = require("source.elements")
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local json = require("base.json")
local number = require("source.number")
local roles = require("source.roles")
local wrong = require("source.wrong")

local bitsandbytes = {}

local WHY = {
    nf4 = "the numbers of NF4 are no small integers times a scale",
    fp4 = "the numbers of bitsandbytes' FP4 are not those of E2M1 times a scale",
}

-- Scales [first, first + count) of the matrix, in fp32.
local function read_scales(matrix, first, count)
    local model, parts, nested = matrix.model, matrix.parts, matrix.nested
    local scales = elements.read(model, parts.scales, first, count)
    if nested then
        local begin = first // nested.group
        local outer = elements.read(model, nested.scales, begin,
            (first + count - 1) // nested.group - begin + 1)
        for index, code in ipairs(scales) do
            local of = (first + index - 1) // nested.group - begin + 1
            local scale = number.f32(nested.numbers[1 + code] * outer[of])
            scales[index] = number.f32(scale + nested.offset)
        end
    end
    return scales
end

local function dequantize(matrix, row)
    local k, group = matrix.k, matrix.numbers.group
    local first, last = row * k, row * k + k - 1
    local text = matrix.model:read(matrix.parts.codes, first // 2, last // 2 - first // 2 + 1)
    local scales = read_scales(matrix, first // group, last // group - first // group + 1)
    local weights = {}
    for index = first, last do
        local pair = text:byte(index // 2 - first // 2 + 1)
        local code = index % 2 == 0 and pair >> 4 or pair & 15
        weights[index - first + 1] = number.f32(matrix.book[1 + code]
            * scales[index // group - first // group + 1])
    end
    return weights
end

-- Below 2^31, so that the product of two is a number, too.
local function is_count(value)
    return math.type(value) == "integer" and value > 0 and value < 1 << 31
end

-- A quant_state has some hundred bytes.
local MOST_BYTES = 1 << 16

-- What the JSON of a quant_state says.
local function read_state(model, tensor)
    local state, reason = json.decode(model:read(tensor, 0, math.min(tensor.bytes, MOST_BYTES)))
    if type(state) ~= "table" then
        wrong(model, tensor, "is not the JSON of bitsandbytes: %s", reason or "it is no object")
    end
    local shape = state.shape
    if type(shape) ~= "table" or #shape ~= 2 or not is_count(shape[1]) or not is_count(shape[2])
        or not is_count(state.blocksize) then
        wrong(model, tensor, "says no shape of two dimensions, or no blocksize")
    end
    return state
end

-- What scales that were quantised again need; nil for others.
local function find_nested(model, name, state, scales, codes)
    if not state.nested_blocksize then
        return nil
    elseif not is_count(state.nested_blocksize) or not tonumber(state.nested_offset) then
        wrong(model, codes, "has no nested_blocksize and nested_offset in its quant_state")
    end
    local map = elements.find_floats(model, name .. ".nested_quant_map", 256, codes)
    return { group = state.nested_blocksize, offset = number.f32(state.nested_offset), map = map,
        numbers = elements.read(model, map, 0, 256),
        scales = elements.find_floats(model, name .. ".nested_absmax",
            -(-scales // state.nested_blocksize), codes) }
end

-- The matrix whose NAME.weight is `name`.
local function matrix_of(model, name, kind, state_tensor)
    local state = read_state(model, state_tensor)
    local codes = model.by_name[name]
    if not codes then
        wrong(model, state_tensor, "has no %s beside it", name)
    end
    local m, k = state.shape[1], state.shape[2]
    if codes.bytes ~= (m * k + 1) // 2 then
        wrong(model, codes, "has %d bytes; 4 bits for %d x %d weights are %d", codes.bytes, m, k,
            (m * k + 1) // 2)
    end
    local count = -(-m * k // state.blocksize)
    local nested = find_nested(model, name, state, count, codes)
    local scales = elements.find(model, name .. ".absmax", count,
        nested and { U8 = true } or { F32 = true }, codes)
    local book = elements.find_floats(model, name .. ".quant_map", 16, codes)
    local module = name:gsub("%.weight$", "")
    return { name = module, role = roles.of(module), m = m, k = k, count = 1,
        kind = "bitsandbytes " .. kind:upper(), why = WHY[kind],
        numbers = { group = state.blocksize }, parts = { codes = codes, scales = scales },
        beside = { state_tensor, book, nested and nested.map, nested and nested.scales },
        book = elements.read(model, book, 0, 16), nested = nested, dequantize = dequantize }
end

local function refuse(matrix)
    fail("%s: %s: %s", matrix.model.path, escaped(matrix.name), matrix.why)
end

-- LLM.int8: NAME.weight of 8 bits, NAME.SCB with a number for each row. It is only named.
local function int8(model, name, scales)
    local codes = model.by_name[name .. ".weight"]
    if not codes or codes.type ~= "I8" or #codes.shape ~= 2 then
        wrong(model, scales, "has no %s.weight of I8 with two dimensions beside it", name)
    end
    return { name = name, role = roles.of(name), m = codes.shape[1], k = codes.shape[2], count = 1,
        kind = "bitsandbytes int8", why = "LLM.int8 keeps some columns of activations in fp16",
        parts = { codes = codes, scales = scales }, numbers = {}, dequantize = refuse,
        beside = { model.by_name[name .. ".weight_format"] } }
end

-- The matrices of a model, or nil where bitsandbytes has not written it.
function bitsandbytes.find(model)
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local of_bytes = tensor.name:match("^(.*)%.SCB$")
        if of_bytes then
            matrices[#matrices + 1] = int8(model, of_bytes, tensor)
        end
        local name, kind = tensor.name:match("^(.*)%.quant_state%.bitsandbytes__([nf][fp]4)$")
        if name then
            matrices[#matrices + 1] = matrix_of(model, name, kind, tensor)
        end
    end
    return matrices[1] and matrices or nil
end

return bitsandbytes
