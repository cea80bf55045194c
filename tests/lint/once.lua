-- once.lua BUILD FOLDER: BUILD's compile database with each source once, for FOLDER. clang-tidy
-- checks a file for every program that it is compiled into.

local json = require("dkjson")

local function path(folder)
    return folder .. "/compile_commands.json"
end

local input = assert(io.open(path(arg[1])))
local commands = assert(json.decode(input:read("a")))
input:close()

local once, seen = {}, {}
for _, command in ipairs(commands) do
    if not seen[command.file] then
        seen[command.file] = true
        once[#once + 1] = command
    end
end

local output = assert(io.open(path(arg[2]), "w"))
assert(output:write(json.encode(once)))
assert(output:close())
