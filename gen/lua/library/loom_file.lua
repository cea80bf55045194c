-- What the head of a .loom file says (runtime/file/layout.h).
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local host = require("base.host")

local loom_file = {}

local MAGIC = "lutloom\0"
local HEAD_BYTES = 72

-- Sizes of the records that stand before the texts, in the order of their counts.
local RECORD_BYTES = { 64, 32, 112 }

-- How numbers of the file are unpacked.
local function byte_order(head)
    return ("<I4"):unpack(head, 13) == 0x01020304 and "<" or ">"
end

-- The library whose layouts are in the file: { hash =, folder = }. Its header is looked at by who
-- opens it; here it only has to have the two texts.
function loom_file.library(path)
    local head, reason = host.read_file(path, HEAD_BYTES)
    if not head then
        fail("%s", reason)
    elseif #head < HEAD_BYTES or head:sub(1, #MAGIC) ~= MAGIC then
        fail("%s: is no .loom file, as 'lutloom pack' makes them", path)
    end
    local order = byte_order(head)
    local counts = { (order .. "I4I4I4"):unpack(head, 49) }
    local hash, folder = (order .. "I4I4"):unpack(head, 65)
    local texts = HEAD_BYTES
    for index, bytes in ipairs(RECORD_BYTES) do
        texts = texts + counts[index] * bytes
    end
    local header = host.read_file(path, texts + math.max(hash, folder) + (1 << 12))
    local function text_at(offset)
        return header:match("^([^%z]*)%z", texts + offset + 1)
    end
    local library = { hash = text_at(hash), folder = text_at(folder) }
    if not library.hash or not library.folder then
        fail("%s: is damaged: it names no library", path)
    end
    return library, escaped(library.folder)
end

return loom_file
