-- Reads what a GGUF file has: values, and tensors with their shapes, types and places. Whatever is
-- wrong with the file ends the command with one line that names it. The layout is that of
-- docs/gguf.md in ggml's sources.
local cursor = require("source.cursor")
local escaped = require("base.escaped")
local gguf_place = require("source.gguf_place")
local names = require("source.names")

local gguf = {}

-- Of the numbers of values' types: string.unpack's format, and bytes. One of 8 bytes without a sign
-- is below 0 from 2^63 on.
local NUMBERS = {
    [0] = { "B", 1 }, { "b", 1 }, { "<I2", 2 }, { "<i2", 2 }, { "<I4", 4 }, { "<i4", 4 },
    { "<f", 4 }, [10] = { "<i8", 8 }, [11] = { "<i8", 8 }, [12] = { "<d", 8 },
}
local U32, BOOL, STRING, ARRAY = 4, 7, 8, 9

local MOST_DIMS = 4

-- Bytes of the shortest tensor's and value's entry.
local TENSOR_BYTES, VALUE_BYTES = 8 + 4 + 8 + 4 + 8, 8 + 4 + 1

local function read_string(header)
    return header:bytes(header:number("<i8", 8))
end

-- What may be a name, or the end of the command.
local function read_name(header)
    local name = read_string(header)
    local fault = names.fault(name)
    if fault then
        header:fail("%s", fault)
    end
    return name
end

-- ---- Values ----------------------------------------------------------------------------------

local function pass_array(header, key)
    local kind, count = header:number("<I4", 4), header:number("<i8", 8)
    local bytes = kind == BOOL and 1 or NUMBERS[kind] and NUMBERS[kind][2]
    local left = header.file.size - header.at
    if not bytes and kind ~= STRING then
        header:fail("%s is an array of values of the unknown type %d", escaped(key), kind)
    elseif count < 0 or count > left then
        -- More values than there are bytes are as wrong as their product, which may not fit.
        header:pass(-1)
    elseif bytes then
        header:pass(count * bytes)
    else
        for _ = 1, count do
            header:pass(header:number("<i8", 8))
        end
    end
end

-- The value of a type's number; nil for an array, which is passed over.
local function read_value(header, key, kind)
    local format = NUMBERS[kind]
    if format then
        return header:number(format[1], format[2])
    elseif kind == BOOL then
        return header:number("B", 1) ~= 0
    elseif kind == STRING then
        return read_string(header)
    elseif kind ~= ARRAY then
        header:fail("%s has a value of the unknown type %d", escaped(key), kind)
    end
    pass_array(header, key)
    return nil
end

-- The values by their keys, and what tensors are aligned to.
local function read_values(header, count)
    local values, seen, alignment = {}, {}, 32
    for _ = 1, count do
        local key, kind = read_name(header), header:number("<I4", 4)
        if seen[key] then
            header:fail("has the key %s twice", escaped(key))
        end
        seen[key] = true
        values[key] = read_value(header, key, kind)
        if key == "general.alignment" then
            alignment = kind == U32 and values[key] or 0
        end
    end
    if alignment == 0 or alignment & (alignment - 1) ~= 0 then
        header:fail("its general.alignment is %s, which is no power of two",
            escaped(tostring(values["general.alignment"])))
    end
    return values, alignment
end

-- ---- Tensors ---------------------------------------------------------------------------------

-- How many tensors and values there are.
local function read_counts(header)
    if header.file.size < 4 or header:bytes(4) ~= "GGUF" then
        header:fail("is no GGUF file: it does not begin with 'GGUF'")
    end
    local version = header:number("<I4", 4)
    if version ~= 0 and version & 0xffff == 0 then
        header:fail("is a big-endian GGUF file; little-endian ones are read")
    elseif version ~= 2 and version ~= 3 then
        header:fail("is GGUF of version %d; 2 and 3 are read", version)
    end
    local tensors, values = header:number("<i8", 8), header:number("<i8", 8)
    local left = header.file.size - header.at
    if tensors < 0 or values < 0 or tensors > left // TENSOR_BYTES
        or values > left // VALUE_BYTES then
        header:fail("is cut, or lies: its %d bytes cannot hold the %d tensors and %d values that "
            .. "it says it has", header.file.size, tensors, values)
    end
    return tensors, values
end

-- The sizes of a tensor, outermost first; the file has them the other way round.
local function read_shape(header, name)
    local count = header:number("<I4", 4)
    if count < 1 or count > MOST_DIMS then
        header:fail("%s has %d dimensions; 1 to %d are read", escaped(name), count, MOST_DIMS)
    end
    local shape = {}
    for index = count, 1, -1 do
        shape[index] = header:number("<i8", 8)
        if shape[index] < 1 then
            header:fail("%s has a dimension below 1", escaped(name))
        end
    end
    return shape
end

local function read_tensors(header, count)
    local tensors, seen = {}, {}
    for index = 1, count do
        local name = read_name(header)
        if seen[name] then
            header:fail("has the tensor %s twice", escaped(name))
        end
        seen[name] = true
        tensors[index] = { name = name, shape = read_shape(header, name),
            type = header:number("<I4", 4), at = header:number("<i8", 8) }
    end
    return tensors
end

-- The values by their keys without arrays, and the tensors as source/model.lua has them, but for
-- `file`, of a file of disk.lua.
function gguf.read(file)
    local header = cursor.new(file)
    local tensor_count, value_count = read_counts(header)
    local values, alignment = read_values(header, value_count)
    local tensors = read_tensors(header, tensor_count)
    gguf_place.set(header, tensors, alignment)
    return values, tensors
end

return gguf
