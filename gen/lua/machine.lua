-- What this machine is: its architecture, and an identity for measurements.
local arch = require("arch")
local files = require("files")
local host = require("host")

local target = require("target")

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

local function first_line(path)
    local text = files.read(path)
    return text and text:match("^[^\n]*")
end

-- "48K L1, 2048K L2, 260M L3": the data caches of the first CPU.
local function cache_sizes()
    local sizes = {}
    for index = 0, 9 do
        local folder = ("/sys/devices/system/cpu/cpu0/cache/index%d/"):format(index)
        local size = first_line(folder .. "size")
        if size and first_line(folder .. "type") ~= "Instruction" then
            sizes[#sizes + 1] = ("%s L%s"):format(size, first_line(folder .. "level"))
        end
    end
    return table.concat(sizes, ", ")
end

local function cpu_model()
    local info = files.read("/proc/cpuinfo") or ""
    return info:match("model name%s*:%s*([^\n]+)") or info:match("CPU part%s*:%s*([^\n]+)")
        or "unknown CPU"
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

-- One line: model, features, cache sizes.
function machine.identity()
    local features = {}
    for name in pairs(host.features()) do
        features[#features + 1] = name:gsub("^LOOM_CPU_", ""):lower()
    end
    table.sort(features)
    return ("%s; %s; %s"):format(cpu_model(), table.concat(features, " "), cache_sizes())
end

return machine
