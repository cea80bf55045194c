-- Runs a library's loom-bench and collects its rows.
local check = require("base.fail").check
local fail = require("base.fail").fail
local host = require("base.host")
local json = require("base.json")
local programs = require("base.programs")

local loom_bench = {}

-- The program of the library in `folder`; an error if it is not built.
function loom_bench.program(folder)
    local program = folder .. "/build/loom-bench"
    if not programs.find(program) then
        fail("%s: is not built; 'lutloom build %s' comes first", folder, folder)
    end
    return program
end

-- Runs it with these options and --json; on_row gets each row. Returns what else it said, a
-- list of lines.
function loom_bench.run(folder, options, on_row)
    local argv = { loom_bench.program(folder), "--json" }
    local messages = {}
    local code = check(host.run(table.move(options, 1, #options, #argv + 1, argv), function(line)
        local row = line:sub(1, 1) == "{" and json.decode(line)
        if row then
            on_row(row)
        else
            messages[#messages + 1] = line
        end
    end))
    if code ~= 0 then
        fail("%s: loom-bench failed (exit code %d): %s", folder, code,
            messages[#messages] or "it said nothing")
    end
    return messages
end

return loom_bench
