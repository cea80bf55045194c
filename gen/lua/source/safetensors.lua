-- Reads what a .safetensors file has: tensors with their shapes, types and places, and its
-- __metadata__. Whatever is wrong with the file ends the command with one line that names it. The
-- layout is that of the README of huggingface/safetensors.
local cursor = require("source.cursor")
local escaped = require("base.escaped")
local json_strict = require("base.json_strict")
local names = require("source.names")
local shown = require("source.shown")

local safetensors = {}

-- Bits of an element.
local BITS = {
    BOOL = 8, U8 = 8, I8 = 8, U16 = 16, I16 = 16, U32 = 32, I32 = 32, U64 = 64, I64 = 64,
    F16 = 16, BF16 = 16, F32 = 32, F64 = 64, C64 = 64,
    F8_E4M3 = 8, F8_E5M2 = 8, F8_E8M0 = 8, F8_E4M3FNUZ = 8, F8_E5M2FNUZ = 8,
    F6_E2M3 = 6, F6_E3M2 = 6, F4 = 4,
}

local function is_count(value)
    return math.type(value) == "integer" and value >= 0
end

-- Whether a value is a list of so many counts, or of any number of them.
local function is_counts(value, wanted)
    if type(value) ~= "table" or wanted and #value ~= wanted then
        return false
    end
    local keys = 0
    for key in pairs(value) do
        if not is_count(key) or not is_count(value[key]) then
            return false
        end
        keys = keys + 1
    end
    return keys == #value
end

-- The bytes of a shape, or nil where they are more than `most` or no whole ones.
local function bytes_of(shape, bits, most)
    local elements = 1
    for _, size in ipairs(shape) do
        elements = size == 0 and 0 or elements
    end
    for _, size in ipairs(shape) do
        -- Before the product, which may not fit. 4 bits are the fewest that an element has.
        if elements > 0 and size > most * 2 // elements then
            return nil
        end
        elements = elements * size
    end
    local all_bits = elements * bits
    return all_bits % 8 == 0 and all_bits // 8 or nil
end

local function read_tensor(header, name, entry, data)
    local function wrong(message, ...)
        header:fail("%s " .. message, escaped(name), ...)
    end
    local fault = names.fault(name)
    if fault then
        header:fail("%s", fault)
    elseif type(entry) ~= "table" then
        wrong("is no object with dtype, shape and data_offsets")
    end
    local bits = BITS[entry.dtype]
    if not bits then
        wrong("has the unknown dtype %s", shown(entry.dtype))
    elseif not is_counts(entry.shape) then
        wrong("has a shape that is no list of whole numbers")
    elseif not is_counts(entry.data_offsets, 2) then
        wrong("has data_offsets that are no two whole numbers")
    end
    local first, stop = entry.data_offsets[1], entry.data_offsets[2]
    local size = header.file.size - data
    if first > stop then
        wrong("has data_offsets that are the wrong way round: %d, %d", first, stop)
    elseif stop > size then
        wrong("goes on to byte %d of the data, which has %d: the file is cut or lies", stop, size)
    end
    local bytes = stop - first
    if bytes_of(entry.shape, bits, size) ~= bytes then
        wrong("has %d bytes (%d to %d of the data), which are not those of %s of %s", bytes, first,
            stop, table.concat(entry.shape, "x"), entry.dtype)
    end
    return { name = name, shape = entry.shape, type = entry.dtype, type_name = entry.dtype,
        at = data + first, bytes = bytes }
end

-- Each byte of the data is of one tensor.
local function check_places(header, tensors, data)
    local at, before = data, nil
    for _, tensor in ipairs(tensors) do
        if tensor.at < at then
            header:fail("%s begins at byte %d, inside %s", escaped(tensor.name), tensor.at,
                escaped(before.name))
        elseif tensor.at > at then
            header:fail("bytes %d to %d are of no tensor; %s comes after them", at, tensor.at - 1,
                escaped(tensor.name))
        end
        at, before = tensor.at + tensor.bytes, tensor
    end
    if at ~= header.file.size then
        header:fail("bytes %d to %d are of no tensor", at, header.file.size - 1)
    end
end

-- The header's object, and where the data begin.
local function read_header(header)
    local bytes = header:number("<i8", 8)
    if bytes < 0 or bytes > header.file.size - header.at then
        header:fail("is cut, or no safetensors file: its %d bytes cannot hold a header of %s",
            header.file.size, bytes < 0 and "2^63 and more" or bytes)
    end
    local text = header:bytes(bytes)
    if text:sub(1, 1) ~= "{" then
        header:fail("is no safetensors file: its header does not begin with '{'")
    end
    local object, reason, name = json_strict.decode(text)
    if not object then
        header:fail("its header is no JSON that is read: %s%s", reason,
            name and ": " .. escaped(name) or "")
    end
    return object, header.at
end

-- The __metadata__ and the tensors, in the order of their places, as source/model.lua has them, but
-- for `file`, of a file of disk.lua.
function safetensors.read(file)
    local header = cursor.new(file)
    local object, data = read_header(header)
    local metadata, ordered, tensors = object.__metadata__ or {}, {}, {}
    object.__metadata__ = nil
    if type(metadata) ~= "table" then
        header:fail("its __metadata__ is no object")
    end
    for name in pairs(object) do
        ordered[#ordered + 1] = name
    end
    table.sort(ordered)
    for index, name in ipairs(ordered) do
        tensors[index] = read_tensor(header, name, object[name], data)
    end
    table.sort(tensors, function(a, b)
        if a.at ~= b.at then
            return a.at < b.at
        elseif a.bytes ~= b.bytes then
            return a.bytes < b.bytes
        end
        return a.name < b.name
    end)
    check_places(header, tensors, data)
    return metadata, tensors
end

return safetensors
