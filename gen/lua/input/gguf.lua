-- Reads which matrices a GGUF file has: shapes and types, no weights. Whatever is wrong with the
-- file ends the command with one line that names it.
local fail = require("base.fail").fail
local check = require("base.fail").check
local gguf_types = require("input.gguf_types")
local host = require("base.host")
local MAX_DIM = require("input.model").MAX_DIM

local gguf = {}

-- A header with a large vocabulary has about ten MiB.
local MOST_HEADER = 64 << 20

-- Bytes of a value, by the number of its type; strings and arrays say how long they are.
local VALUE_BYTES = { [0] = 1, 1, 2, 2, 4, 4, 4, 1, [10] = 8, [11] = 8, [12] = 8 }
local U32, STRING, ARRAY = 4, 8, 9

local MOST_DIMS = 4

-- ---- Numbers and strings, one after the other ------------------------------------------------

local Cursor = {}
Cursor.__index = Cursor

function Cursor:fail(message, ...)
    fail("%s: %s", self.path, message:format(...))
end

-- Where the next `bytes` begin; they are passed.
function Cursor:pass(bytes)
    local at = self.at
    if bytes < 0 or bytes > #self.text - at + 1 then
        if self.size > #self.text then
            self:fail("its header has more than %d MiB", MOST_HEADER >> 20)
        end
        self:fail("is cut: its header goes on after its %d bytes", self.size)
    end
    self.at = at + bytes
    return at
end

function Cursor:u32()
    return (("<I4"):unpack(self.text, self:pass(4)))
end

-- One from 2^63 on is below 0.
function Cursor:u64()
    return (("<i8"):unpack(self.text, self:pass(8)))
end

function Cursor:string()
    local bytes = self:u64()
    local at = self:pass(bytes)
    return self.text:sub(at, at + bytes - 1)
end

function Cursor:pass_array()
    local kind, count = self:u32(), self:u64()
    local bytes = VALUE_BYTES[kind]
    if bytes then
        -- More values than the text has bytes are as wrong as their product, which may not fit.
        self:pass((count < 0 or count > #self.text) and -1 or count * bytes)
    elseif kind == STRING then
        if count < 0 then
            self:pass(count)
        end
        for _ = 1, count do
            self:pass(self:u64())
        end
    else
        self:fail("has an array of values of the unknown type %d", kind)
    end
end

function Cursor:pass_value(kind)
    if VALUE_BYTES[kind] then
        self:pass(VALUE_BYTES[kind])
    elseif kind == STRING then
        self:pass(self:u64())
    elseif kind == ARRAY then
        self:pass_array()
    else
        self:fail("has a value of the unknown type %d", kind)
    end
end

-- ---- The header ------------------------------------------------------------------------------

-- How many tensors and values there are.
local function read_counts(cursor)
    if cursor.text:sub(1, 4) ~= "GGUF" then
        cursor:fail("is no GGUF file: it does not begin with 'GGUF'")
    end
    cursor:pass(4)
    local version = cursor:u32()
    if version ~= 2 and version ~= 3 then
        cursor:fail("is GGUF of version %d; 2 and 3 are read", version)
    end
    local tensors, values = cursor:u64(), cursor:u64()
    if tensors < 0 or values < 0 or tensors > cursor.size or values > cursor.size then
        cursor:fail("says that it has more tensors or values than bytes")
    end
    return tensors, values
end

-- Passes the values; to what tensors are aligned.
local function read_alignment(cursor, values)
    local alignment = 32
    for _ = 1, values do
        local key, kind = cursor:string(), cursor:u32()
        if key == "general.alignment" and kind == U32 then
            alignment = cursor:u32()
        else
            cursor:pass_value(kind)
        end
    end
    if alignment == 0 or alignment & (alignment - 1) ~= 0 then
        cursor:fail("its general.alignment is %d, which is no power of two", alignment)
    end
    return alignment
end

local function read_tensor(cursor)
    local tensor = { name = cursor:string(), dims = {} }
    local count = cursor:u32()
    if count < 1 or count > MOST_DIMS then
        cursor:fail("%s has %d dimensions; 1 to %d are read", tensor.name, count, MOST_DIMS)
    end
    for index = 1, count do
        tensor.dims[index] = cursor:u64()
        if tensor.dims[index] < 1 then
            cursor:fail("%s has a dimension below 1", tensor.name)
        end
    end
    tensor.type, tensor.offset = cursor:u32(), cursor:u64()
    return tensor
end

-- ---- From tensors to matrices ----------------------------------------------------------------

local function fail_cut(cursor, tensor)
    cursor:fail("is cut: %s has no place in its %d bytes", tensor.name, cursor.size)
end

-- Sets how many bytes each tensor may have: up to the next one, or to the end of the file.
local function set_room(cursor, tensors, alignment)
    local data = (cursor.at - 1 + alignment - 1) // alignment * alignment
    local ordered = table.move(tensors, 1, #tensors, 1, {})
    table.sort(ordered, function(a, b)
        return a.offset < b.offset
    end)
    for index, tensor in ipairs(ordered) do
        local stop = ordered[index + 1] and ordered[index + 1].offset or cursor.size - data
        tensor.room = stop - tensor.offset
        if tensor.offset < 0 or tensor.room < 1 then
            fail_cut(cursor, tensor)
        end
    end
end

-- No type has less than a bit for an element.
local function elements_of(cursor, tensor)
    local elements = 1
    for _, size in ipairs(tensor.dims) do
        if size > cursor.size * 8 // elements then
            fail_cut(cursor, tensor)
        end
        elements = elements * size
    end
    return elements
end

-- The row of gguf_types for a tensor, or nil where its type has none. Where two have its number it
-- is the one that fills more of the tensor's room.
local function type_of(cursor, tensor)
    local elements = elements_of(cursor, tensor)
    local known, found, most = false, nil, 0
    for _, row in ipairs(gguf_types) do
        if row.number == tensor.type and tensor.dims[1] % row.codes == 0 then
            local bytes = elements // row.codes * row.bytes
            known = true
            if bytes <= tensor.room and bytes > most then
                found, most = row, bytes
            end
        end
    end
    if known and not found then
        fail_cut(cursor, tensor)
    end
    return found
end

-- As the backend for llama.cpp has it (runtime/llama/matrix.c): one matrix, or one for each expert.
local function is_matrix(tensor)
    local dims = tensor.dims
    return #dims >= 2 and dims[1] <= MAX_DIM and dims[2] <= MAX_DIM and (dims[4] or 1) == 1
end

-- Whether there is a tensor for the output, so that the embedding's rows are only looked up.
local function has_output(tensors)
    for _, tensor in ipairs(tensors) do
        if tensor.name == "output.weight" then
            return true
        end
    end
    return false
end

local function read_tensors(cursor)
    local count, values = read_counts(cursor)
    local alignment = read_alignment(cursor, values)
    local tensors = {}
    for index = 1, count do
        tensors[index] = read_tensor(cursor)
    end
    set_room(cursor, tensors, alignment)
    return tensors
end

-- What a GGUF file of `size` bytes has that begins with the text: a list of { format =, m =, k = },
-- one for each tensor that is multiplied by and whose type gguf_types has; experts count as one.
-- Then the numbers of all other types that such tensors have, sorted.
function gguf.parse(text, path, size)
    local cursor = setmetatable({ text = text, path = path, size = size, at = 1 }, Cursor)
    local tensors = read_tensors(cursor)
    local embeds_only, matrices, others, seen = has_output(tensors), {}, {}, {}
    for _, tensor in ipairs(tensors) do
        if is_matrix(tensor) and not (embeds_only and tensor.name == "token_embd.weight") then
            local row = type_of(cursor, tensor)
            if row then
                matrices[#matrices + 1] = { format = row.format, m = tensor.dims[2],
                    k = tensor.dims[1] }
            elseif not seen[tensor.type] then
                seen[tensor.type] = true
                others[#others + 1] = tensor.type
            end
        end
    end
    table.sort(others)
    return matrices, others
end

-- The same of a file.
function gguf.read(path)
    if path == "" then
        fail("'': is no file's name")
    end
    local text = check(host.read_file(path, MOST_HEADER))
    local file <close> = check(io.open(path, "rb"))
    return gguf.parse(text, path, file:seek("end"))
end

return gguf
