-- How much machine code a library is.
local check = require("base.fail").check
local fail = require("base.fail").fail
local host = require("base.host")
local programs = require("base.programs")

local text_size = {}

-- binutils' and LLVM's print the same: a heading, and a line for each object of an archive.
local function program()
    return programs.find("size") or programs.find("llvm-size-19") or programs.find("llvm-size")
end

-- The bytes of code and constants in a static library, or nil and the reason.
function text_size.of(path)
    local size = program()
    if not size then
        return nil, "size is not installed (package binutils)"
    end
    local bytes, objects = 0, 0
    local code = check(host.run({ size, path }, function(line)
        local text = line:match("^%s*(%d+)%s+%d+%s+%d+%s")
        bytes, objects = bytes + (tonumber(text) or 0), objects + (text and 1 or 0)
    end))
    if code ~= 0 or objects == 0 then
        fail("%s: %s does not tell its size", path, size)
    end
    return bytes
end

return text_size
