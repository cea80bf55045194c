-- lutloom bench: runs the benchmark of a built library.
local check = require("fail").check
local fail = require("fail").fail
local host = require("host")
local library_folder = require("library_folder")
local programs = require("programs")

local bench = {}

function bench.options(command)
    command:argument("folder", "The library's folder; 'lutloom build' comes first.")
    command:argument("option", "Passed on: FOLDER/build/loom-bench --help says which there are.")
        :args("*")
end

-- Options after the folder are loom-bench's own.
function bench.split(words)
    local second = words[2]
    if not second or second:sub(1, 1) == "-" then
        return words, {}
    end
    return { words[1], second }, table.move(words, 3, #words, 1, {})
end

function bench.run(args, extra)
    local _, folder = library_folder.open(args.folder)
    local program = folder .. "/build/loom-bench"
    if not programs.find(program) then
        fail("%s: is not built; 'lutloom build %s' comes first", folder, folder)
    end
    local code = check(host.run(table.move(extra, 1, #extra, 2, { program })))
    if code > 128 then
        fail("%s: loom-bench was ended by signal %d", folder, code - 128)
    end
    return code
end

return bench
