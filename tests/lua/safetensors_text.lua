-- Files of safetensors as text, for tests.
local safetensors_text = {}

-- A file with this header, whatever it is, and data.
function safetensors_text.raw(header, data)
    return ("<s8"):pack(header) .. (data or "")
end

-- One tensor's entry in a header; the offsets are those in the data.
function safetensors_text.entry(name, dtype, shape, first, stop)
    return ('"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}'):format(name, dtype,
        table.concat(shape, ","), first, stop)
end

-- A file with tensors { name, dtype, shape, data }.
function safetensors_text.file(tensors)
    local entries, data, at = {}, {}, 0
    for index, tensor in ipairs(tensors) do
        local name, dtype, shape, text = table.unpack(tensor)
        entries[index] = safetensors_text.entry(name, dtype, shape, at, at + #text)
        data[index] = text
        at = at + #text
    end
    local header = "{" .. table.concat(entries, ",") .. "}"
    return safetensors_text.raw(header .. (" "):rep(-#header % 8), table.concat(data))
end

return safetensors_text
