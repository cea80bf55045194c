-- GGUF files as text, for tests: the parts of a header, and whole files without weights.
local gguf_text = {}

function gguf_text.string(text)
    return ("<s8"):pack(text)
end

function gguf_text.begin(version, tensors, values)
    return "GGUF" .. ("<I4i8i8"):pack(version, tensors, values)
end

-- One tensor's entry; its dimensions are ggml's: K, M, how many matrices.
function gguf_text.tensor(name, kind, offset, ...)
    local parts = { gguf_text.string(name), ("<I4"):pack(select("#", ...)) }
    for _, size in ipairs({ ... }) do
        parts[#parts + 1] = ("<i8"):pack(size)
    end
    parts[#parts + 1] = ("<I4i8"):pack(kind, offset)
    return table.concat(parts)
end

-- The text with zeros up to the next multiple of the alignment.
function gguf_text.padded(text, alignment)
    return text .. ("\0"):rep(-#text % (alignment or 32))
end

-- A file of version 3 with tensors { name, type, bytes, K, M, ... }, whose weights are all zeros.
function gguf_text.file(tensors)
    local parts, offset = { gguf_text.begin(3, #tensors, 0) }, 0
    for _, tensor in ipairs(tensors) do
        local name, kind, bytes = table.unpack(tensor, 1, 3)
        parts[#parts + 1] = gguf_text.tensor(name, kind, offset, table.unpack(tensor, 4))
        offset = offset + bytes + -bytes % 32
    end
    return gguf_text.padded(table.concat(parts)) .. ("\0"):rep(offset)
end

return gguf_text
