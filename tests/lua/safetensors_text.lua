-- Safetensors files as text, for tests.
local json = require("base.json")

local safetensors_text = {}

-- The bytes of numbers: each as string.pack takes it.
function safetensors_text.pack(kind, values)
    local parts = {}
    for index, value in ipairs(values) do
        parts[index] = ("<" .. kind):pack(value)
    end
    return table.concat(parts)
end

-- A file with tensors { name, type, shape, bytes }.
function safetensors_text.file(tensors)
    local header, parts, offset = {}, {}, 0
    for index, tensor in ipairs(tensors) do
        local name, kind, shape, bytes = table.unpack(tensor)
        header[name] = { dtype = kind, shape = setmetatable(shape, { __jsontype = "array" }),
            data_offsets = { offset, offset + #bytes } }
        parts[index], offset = bytes, offset + #bytes
    end
    local text = json.line(header)
    text = text .. (" "):rep(-#text % 8)
    return ("<i8"):pack(#text) .. text .. table.concat(parts)
end

return safetensors_text
