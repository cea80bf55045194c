-- What this machine is: its architecture, its CPUs and what they run.
local arch = require("input.arch")
local host = require("base.host")
local target = require("input.target")

local machine = {}

-- The last line that a program says, or nil.
local function answer(...)
    local last
    host.run({ ... }, function(line)
        last = line
    end)
    return last
end

-- Linux on x86-64 is assumed where `uname` says nothing.
function machine.arch()
    local name = answer("uname", "-m") or "x86_64"
    return arch.of(name, name == "aarch64" and tonumber(answer("getconf", "LONG_BIT")) or nil)
end

-- CPUs that this process may use.
function machine.cpus()
    return math.tointeger(tonumber(answer("nproc"))) or 1
end

-- The last of `isas` (names, ascending) that this machine runs.
function machine.highest_isa(isas)
    local runs = {}
    for _, level in ipairs(target.levels(host.features(), machine.arch())) do
        runs[level.name] = true
    end
    local highest
    for _, name in ipairs(isas) do
        highest = runs[name] and name or highest
    end
    return highest
end

return machine
