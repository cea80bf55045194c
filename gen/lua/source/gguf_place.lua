-- Where the tensors of a GGUF file stand in it, and what the numbers of their types mean: some mean
-- two things, which only the tensors' sizes tell apart.
local escaped = require("base.escaped")
local gguf_sizes = require("source.gguf_sizes")
local gguf_types = require("input.gguf_types")

local gguf_place = {}

local function padded(bytes, alignment)
    return (bytes + alignment - 1) // alignment * alignment
end

local function fail_cut(header, tensor)
    header:fail("is cut: %s has no place in its %d bytes (from byte %d)", escaped(tensor.name),
        header.file.size, tensor.at)
end

-- Makes offsets in the data those in the file.
local function set_offsets(header, tensors, alignment)
    local data = padded(header.at, alignment)
    for _, tensor in ipairs(tensors) do
        local offset = tensor.at
        tensor.at = offset + data
        if offset < 0 or offset >= header.file.size - data then
            fail_cut(header, tensor)
        elseif offset % alignment ~= 0 then
            header:fail("%s is at byte %d of the data, which is no multiple of %d",
                escaped(tensor.name), offset, alignment)
        end
    end
end

-- Sets which tensor follows each one, and how many bytes are up to there or to the file's end.
local function set_room(header, tensors)
    local ordered = table.move(tensors, 1, #tensors, 1, {})
    table.sort(ordered, function(a, b)
        return a.at < b.at or a.at == b.at and a.name < b.name
    end)
    for index, tensor in ipairs(ordered) do
        tensor.follower = ordered[index + 1]
        tensor.room = (tensor.follower and tensor.follower.at or header.file.size) - tensor.at
    end
end

-- No type has less than a bit for an element. Looked at before the product, which may not fit.
local function elements_of(header, tensor)
    local elements = 1
    for _, size in ipairs(tensor.shape) do
        if size > header.file.size * 8 // elements then
            fail_cut(header, tensor)
        end
        elements = elements * size
    end
    return elements
end

-- The bytes of a tensor in a row's blocks, or nil where these do not fill its rows.
local function bytes_in(row, tensor)
    if tensor.shape[#tensor.shape] % row.codes ~= 0 then
        return nil
    end
    return tensor.elements // row.codes * row.bytes + (row.after or 0)
end

-- How many of the tensors would have no other bytes than those that align what follows.
local function count_exact(row, tensors, alignment)
    local count = 0
    for _, tensor in ipairs(tensors) do
        local bytes = bytes_in(row, tensor)
        local exact = bytes and (tensor.room == bytes or tensor.room == padded(bytes, alignment))
        count = count + (exact and 1 or 0)
    end
    return count
end

-- Whether one of the tensors would reach into the one that follows it.
local function overlaps(row, tensors)
    for _, tensor in ipairs(tensors) do
        if tensor.follower and (bytes_in(row, tensor) or 0) > tensor.room then
            return true
        end
    end
    return false
end

-- The row for all tensors of a number. Of several rows it is the one that is exact most often, or
-- else the first.
local function row_of(number, tensors, alignment)
    local found, most = nil, -1
    for _, row in ipairs(gguf_types) do
        local exact = row.number == number and count_exact(row, tensors, alignment) or -1
        if exact > most then
            found, most = row, exact
        end
    end
    local other = gguf_sizes[number]
    return (not found or other and overlaps(found, tensors)) and other or found
end

-- The row of input/gguf_types.lua that says what a row's blocks hold, or nil.
local function format_row(row)
    for _, other in ipairs(gguf_types) do
        if other == row or row and row.like == other.codec then
            return other
        end
    end
    return nil
end

-- The bytes of a tensor, or the fewest it can have where its type has no rule.
local function needed_bytes(header, tensor, row)
    if not row or not row.codes then
        return (tensor.elements + 7) // 8
    end
    return bytes_in(row, tensor) or header:fail("%s has rows of %d weights, which are no whole "
        .. "blocks of %s", escaped(tensor.name), tensor.shape[#tensor.shape], row.name)
end

local function set_bytes(header, tensor, row)
    local bytes = needed_bytes(header, tensor, row)
    if bytes > tensor.room and tensor.follower then
        header:fail("%s has %d bytes from byte %d on, and %s begins after %d of them",
            escaped(tensor.name), bytes, tensor.at, escaped(tensor.follower.name), tensor.room)
    elseif bytes > tensor.room then
        fail_cut(header, tensor)
    end
    tensor.bytes = row and row.codes and bytes or tensor.room
end

-- Sets what is missing in the tensors of gguf.lua, whose `at` counts from the data's beginning.
function gguf_place.set(header, tensors, alignment)
    set_offsets(header, tensors, alignment)
    set_room(header, tensors)
    local by_number = {}
    for _, tensor in ipairs(tensors) do
        tensor.elements = elements_of(header, tensor)
        by_number[tensor.type] = by_number[tensor.type] or {}
        table.insert(by_number[tensor.type], tensor)
    end
    local row_by_number = {}
    for number, same in pairs(by_number) do
        row_by_number[number] = row_of(number, same, alignment)
    end
    for _, tensor in ipairs(tensors) do
        local row = row_by_number[tensor.type]
        set_bytes(header, tensor, row)
        tensor.row = format_row(row)
        tensor.type_name = row and row.name or ("type %d"):format(tensor.type)
        tensor.room, tensor.follower, tensor.elements = nil, nil, nil
    end
end

return gguf_place
