-- Elements of tensors, and fields of bytes, as numbers.
local number = require("source.number")
local wrong = require("source.wrong")

local elements = {}

local FLOATS_NUMBERS = { F16 = 0, BF16 = 1, F32 = 2 }

local function count_of(tensor)
    local count = 1
    for _, size in ipairs(tensor.shape) do
        count = count * size
    end
    return count
end

-- Elements [first, first + count) of a tensor, counted from 0, as a list of exact numbers.
function elements.read(model, tensor, first, count)
    local bytes = tensor.bytes // count_of(tensor)
    return number.list(tensor.type, model:read(tensor, first * bytes, count * bytes))
end

-- The tensor of that name, which has so many elements of a type that `types` names.
function elements.find(model, name, count, types, beside)
    local tensor = model.by_name[name]
    if not tensor then
        wrong(model, beside, "has no %s beside it", name)
    end
    if not types[tensor.type] then
        wrong(model, tensor, "has the type %s, which is none of its kind", tensor.type)
    elseif count_of(tensor) ~= count then
        wrong(model, tensor, "has %d elements; %s needs %d", count_of(tensor), beside.name, count)
    end
    return tensor
end

-- The same of fp16, bf16 or fp32.
function elements.find_floats(model, name, count, beside)
    return elements.find(model, name, count, FLOATS_NUMBERS, beside)
end

-- The same, of the type that another one has.
function elements.find_like(model, name, other, beside)
    local tensor = elements.find_floats(model, name, count_of(other), beside)
    if tensor.type ~= other.type then
        wrong(model, tensor, "has the type %s, and %s has %s", tensor.type, other.name, other.type)
    end
    return tensor
end

-- The number of such a type for codecs: see runtime/codec/floats.h.
function elements.floats_number(tensor)
    return FLOATS_NUMBERS[tensor.type]
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
