-- The C host's functions (gen/host_*.c) for a stock Lua interpreter, through a POSIX shell.
local host_stock = {}

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function shell_succeeds(...)
    return os.execute((...):format(select(2, ...))) == true
end

local function command_line(argv)
    local words = {}
    for index, word in ipairs(argv) do
        words[index] = quote(word)
    end
    return table.concat(words, " ")
end

function host_stock.make_dir(path)
    if shell_succeeds("mkdir %s 2>/dev/null", quote(path)) then
        return true
    end
    return nil, path .. ": cannot make this folder"
end

function host_stock.list_dir(path)
    if host_stock.path_kind(path) ~= "folder" then
        return nil, path .. ": not a folder"
    end
    local pipe = assert(io.popen("ls -A " .. quote(path)))
    local names = {}
    for name in pipe:lines() do
        names[#names + 1] = name
    end
    pipe:close()
    return names
end

-- By exit code; one shell, in this order, since another process may make the path in between.
local KIND = "test -e %s || exit 4; test -d %s && exit 5; test -f %s && exit 6; exit 7"
local KINDS = { [5] = "folder", [6] = "file", [7] = "other" }

function host_stock.path_kind(path)
    local name = quote(path)
    local _, _, code = os.execute(KIND:format(name, name, name))
    return KINDS[code]
end

local PIECE = 1 << 16

-- The next bytes, so many at most, or nil and a reason. Lua takes memory for all that it is asked
-- for: small files are asked for little.
local function read_at_most(file, bytes)
    local pieces = {}
    while bytes > 0 do
        local piece, reason = file:read(math.min(bytes, PIECE))
        if not piece then
            return not reason and table.concat(pieces) or nil, reason
        end
        pieces[#pieces + 1] = piece
        bytes = bytes - #piece
    end
    return table.concat(pieces)
end

-- Lua alone would wait for whoever writes to a pipe.
function host_stock.read_file(path, most)
    if host_stock.path_kind(path) == "other" then
        return nil, path .. ": is no regular file"
    end
    local file, reason = io.open(path, "rb")
    if not file then
        return nil, reason
    end
    local text
    text, reason = read_at_most(file, most + 1)
    file:close()
    return text, reason and ("%s: %s"):format(path, reason)
end

-- As far as the program can: it says nothing of kinds of files that reach no disk.
function host_stock.sync(paths)
    local pipe = assert(io.popen("xargs -0 sync -- 2>/dev/null", "w"))
    pipe:write(table.concat(paths, "\0"))
    pipe:close()
    return true
end

-- flock takes the number of a file that this process has opened and the shell has inherited. It is
-- not known here, so it is found: what is opened at that path.
local FLOCK = [[
command -v flock >/dev/null && test -d /proc/$$/fd || exit 3
for file in /proc/$$/fd/*; do
    if test "$file" -ef %s; then exec flock %s "${file##*/}" 2>/dev/null; fi
done
exit 4]]

-- Other than with the C host, programs that are started have the lock too, until they end or it is
-- given back.
function host_stock.lock_folder(path)
    local folder = host_stock.path_kind(path) == "folder" and io.open(path)
    if not folder then
        return nil, path .. ": not a folder"
    end
    local locked, _, code = os.execute(FLOCK:format(quote(path), "-n -E 4"))
    if locked then
        return { folder = folder, path = path }
    end
    folder:close()
    if code == 4 then
        return false
    end
    return nil, path .. (code == 3 and ": needs flock (package util-linux) and /proc"
        or ": flock refuses it")
end

function host_stock.unlock_folder(lock)
    shell_succeeds(FLOCK, quote(lock.path), "-u")
    lock.folder:close()
end

function host_stock.run(argv, on_line)
    local _, how, code
    if on_line then
        local pipe = assert(io.popen(command_line(argv) .. " 2>&1"))
        for line in pipe:lines() do
            on_line(line)
        end
        _, how, code = pipe:close()
    else
        io.stdout:flush()
        _, how, code = os.execute(command_line(argv))
    end
    if how == "exit" and code == 127 then
        return nil, "cannot run " .. argv[1]
    end
    return how == "exit" and code or 128 + code
end

function host_stock.is_terminal()
    return shell_succeeds("test -t 2")
end

function host_stock.exit(code)
    os.exit(code, true)
end

-- The interpreter has a way of its own.
function host_stock.is_stopped()
    return false
end

function host_stock.now()
    return os.time() + 0.0
end

-- The shell takes the signals meanwhile.
function host_stock.sleep(seconds)
    if not shell_succeeds("sleep %g", seconds) then
        host_stock.exit(1)
    end
end

-- The words of /proc/cpuinfo that a feature of the runtime stands for, in its order.
local FEATURE_FLAGS = {
    { "SSSE3", "ssse3" },
    { "AVX2", "avx2", "fma", "f16c" },
    { "AVXVNNI", "avx_vnni" },
    { "AVX512", "avx512f", "avx512bw" },
    { "AVX512VBMI", "avx512vbmi" },
    { "AVX512VNNI", "avx512_vnni" },
    { "AMX", "amx_tile", "amx_int8" },
    { "NEON32", "neon", "vfpv4" },
    { "NEON", "asimd" },
    { "DOTPROD", "asimddp" },
    { "I8MM", "i8mm" },
}

local function read(path)
    local file = io.open(path)
    local text = file and file:read("a") or ""
    if file then
        file:close()
    end
    return text
end

-- AMD's Zen up to Zen 4, as runtime/cpu/x86.c has it.
local function streams(cpuinfo)
    local vendor = cpuinfo:match("\nvendor_id%s*:%s*(%w+)")
    local family = tonumber(cpuinfo:match("\ncpu family%s*:%s*(%d+)") or 0)
    return (vendor == "AuthenticAMD" or vendor == "HygonGenuine")
        and family >= 0x17 and family <= 0x19
end

-- The names of the features that this CPU has.
local function feature_names(cpuinfo)
    local flags, names = {}, {}
    for word in (cpuinfo:match("\n[fF][el]a[gt]u?r?e?s%s*:([^\n]*)") or ""):gmatch("%S+") do
        flags[word] = true
    end
    for _, entry in ipairs(FEATURE_FLAGS) do
        local has = true
        for index = 2, #entry do
            has = has and flags[entry[index]]
        end
        names[#names + 1] = has and entry[1] or nil
    end
    names[#names + 1] = flags.avx2 and streams(cpuinfo) and "STREAMS" or nil
    return names
end

function host_stock.features()
    local features = {}
    for _, name in ipairs(feature_names(read("/proc/cpuinfo"))) do
        features["LOOM_CPU_" .. name] = true
    end
    return features
end

-- As runtime/cpu/identity.c has it: the model of the CPU, and its kinds of cores.
local SYSTEM_CPUS = "/sys/devices/system/cpu/"

local function last_cpu()
    return math.tointeger(read(SYSTEM_CPUS .. "present"):match("(%d+)%s*$")) or 0
end

local function sorted_once(names)
    local once, seen = {}, {}
    for _, name in ipairs(names) do
        once[#once + 1] = not seen[name] and name or nil
        seen[name] = true
    end
    table.sort(once)
    return once
end

-- The names of all present cores in a board's description; none where one is not described.
local function described_cores()
    local cores = {}
    for cpu = 0, last_cpu() do
        local text = read(("%scpu%d/uevent"):format(SYSTEM_CPUS, cpu))
        cores[#cores + 1] = text:match("OF_COMPATIBLE_0=(%S+)")
        if #cores <= cpu or cores[#cores]:find(",armv", 1, true) then
            return {}
        end
    end
    return sorted_once(cores)
end

local function cpu_model(cpuinfo)
    local parts = {}
    for implementer, part in cpuinfo:gmatch("CPU implementer%s*:%s*(%S+).-CPU part%s*:%s*(%S+)") do
        parts[#parts + 1] = implementer .. "/" .. part
    end
    if #parts > 0 then
        local described = described_cores()
        local kinds = #described > 0 and described or sorted_once(parts)
        return "ARM " .. table.concat(kinds, " "), #kinds
    end
    local name = cpuinfo:match("model name%s*:%s*([^\n]+)") or "unknown CPU"
    return (name:gsub('[^ -~]', ""):gsub('["\\]', ""):gsub(" +", " "):gsub(" $", "")), 1
end

-- Of the first CPU that is online.
local function cache_folder()
    for cpu = 0, last_cpu() do
        local folder = ("%scpu%d/cache/index"):format(SYSTEM_CPUS, cpu)
        if read(folder .. "0/size") ~= "" then
            return folder
        end
    end
    return SYSTEM_CPUS .. "cpu0/cache/index"
end

local function cache_sizes()
    local sizes, folder = {}, cache_folder()
    for index = 0, 9 do
        local size = read(folder .. index .. "/size"):match("%S+")
        if size and not read(folder .. index .. "/type"):find("^Instruction") then
            local level = read(folder .. index .. "/level"):match("%S+") or ""
            sizes[#sizes + 1] = size .. " L" .. level
        end
    end
    return sizes
end

function host_stock.identity()
    local cpuinfo = read("/proc/cpuinfo")
    local model, kinds = cpu_model(cpuinfo)
    local parts, caches = { model }, kinds == 1 and cache_sizes() or {}
    for _, list in ipairs({ { feature_names(cpuinfo), " " }, { caches, ", " } }) do
        parts[#parts + 1] = #list[1] > 0 and table.concat(table.unpack(list)) or nil
    end
    return table.concat(parts, "; ")
end

return host_stock
