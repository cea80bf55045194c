-- Goes through the header of a file, a piece at a time: no more of the file is in memory.
local check = require("base.fail").check
local fail = require("base.fail").fail

local cursor = {}

-- A header with a large vocabulary has about ten MiB.
local MOST_HEADER = 64 << 20

-- Bytes that are read together.
local PIECE = 64 << 10

local Cursor = {}
Cursor.__index = Cursor

-- Of a file of disk.lua; `at` is the byte that comes next, the first is 0.
function cursor.new(file)
    return setmetatable({ file = file, at = 0, piece = "", piece_at = 0 }, Cursor)
end

function Cursor:fail(message, ...)
    fail("%s: %s", self.file.path, message:format(...))
end

-- Ends the command where there are not so many bytes any more.
function Cursor:want(bytes)
    if bytes < 0 or bytes > self.file.size - self.at then
        self:fail("is cut: its header goes on after its %d bytes (at byte %d)", self.file.size,
            self.at)
    elseif bytes > MOST_HEADER - self.at then
        self:fail("its header has more than %d MiB", MOST_HEADER >> 20)
    end
end

-- Passes so many bytes.
function Cursor:pass(bytes)
    self:want(bytes)
    self.at = self.at + bytes
end

-- A text that has the next bytes, and where they begin in it; they are passed.
function Cursor:place(bytes)
    self:want(bytes)
    local first = self.at - self.piece_at
    if first + bytes > #self.piece then
        local most = math.min(math.max(bytes, PIECE), self.file.size - self.at)
        self.piece, self.piece_at = check(self.file:read(self.at, most)), self.at
        first = 0
        if #self.piece < bytes then
            self:fail("is cut: it ends before byte %d", self.at + bytes)
        end
    end
    self.at = self.at + bytes
    return self.piece, first + 1
end

-- The next number in a format of string.unpack that has so many bytes.
function Cursor:number(format, bytes)
    return (format:unpack(self:place(bytes)))
end

-- The next bytes.
function Cursor:bytes(count)
    local piece, first = self:place(count)
    return piece:sub(first, first + count - 1)
end

return cursor
