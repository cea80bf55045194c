-- Elements of tensors, and fields of bytes, as numbers.
local number = require("source.number")
local wrong = require("source.wrong")

local elements = {}

-- Bytes of an element and how string.unpack takes it; fp16 and bf16 come as words.
local TYPES = {
    U8 = { 1, "B" }, I32 = { 4, "<i4" }, I64 = { 8, "<i8" },
    F16 = { 2, "<I2", number.f16 }, BF16 = { 2, "<I2", number.bf16 }, F32 = { 4, "<f" },
}

local FLOATS = { F16 = true, BF16 = true, F32 = true }

-- Elements [first, first + count) of a tensor, counted from 0, as a list of exact numbers.
function elements.read(model, tensor, first, count)
    local bytes, kind, decode = table.unpack(TYPES[tensor.type])
    local text = model:read(tensor, first * bytes, count * bytes)
    local values = {}
    for index = 1, count do
        local value = kind:unpack(text, (index - 1) * bytes + 1)
        values[index] = decode and decode(value) or value
    end
    return values
end

-- The tensor of that name, which has so many elements of a type that `types` names.
function elements.find(model, name, count, types, beside)
    local tensor = model.by_name[name]
    if not tensor then
        wrong(model, beside, "has no %s beside it", name)
    end
    local has = 1
    for _, size in ipairs(tensor.shape) do
        has = has * size
    end
    if not types[tensor.type] then
        wrong(model, tensor, "has the type %s, which is none of its kind", tensor.type)
    elseif has ~= count then
        wrong(model, tensor, "has %d elements; %s needs %d", has, beside.name, count)
    end
    return tensor
end

-- The same of fp16, bf16 or fp32.
function elements.find_floats(model, name, count, beside)
    return elements.find(model, name, count, FLOATS, beside)
end

-- `count` codes that stand side by side in a text, the lowest bits of a byte first.
function elements.codes(text, bits, count)
    local codes, mask = {}, (1 << bits) - 1
    for index = 1, count do
        local bit = (index - 1) * bits
        local low, high = text:byte(bit // 8 + 1, bit // 8 + 2)
        codes[index] = (low | (high or 0) << 8) >> bit % 8 & mask
    end
    return codes
end

return elements
