-- The C host's functions (gen/host_*.c) for a stock Lua interpreter, through a POSIX shell.
local host = {}

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

function host.make_dir(path)
    if shell_succeeds("mkdir %s 2>/dev/null", quote(path)) then
        return true
    end
    return nil, path .. ": cannot make this folder"
end

function host.list_dir(path)
    if host.path_kind(path) ~= "folder" then
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

function host.path_kind(path)
    if shell_succeeds("test -d %s", quote(path)) then
        return "folder"
    elseif shell_succeeds("test -f %s", quote(path)) then
        return "file"
    end
    return shell_succeeds("test -e %s", quote(path)) and "other" or nil
end

function host.run(argv, on_line)
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

function host.is_terminal()
    return shell_succeeds("test -t 2")
end

function host.now()
    return os.time() + 0.0
end

-- The words of /proc/cpuinfo that a feature of the runtime stands for.
local FEATURE_FLAGS = {
    LOOM_CPU_SSSE3 = { "ssse3" },
    LOOM_CPU_AVX2 = { "avx2", "fma", "f16c" },
    LOOM_CPU_AVXVNNI = { "avx_vnni" },
    LOOM_CPU_AVX512 = { "avx512f", "avx512bw" },
    LOOM_CPU_AVX512VBMI = { "avx512vbmi" },
    LOOM_CPU_AVX512VNNI = { "avx512_vnni" },
    LOOM_CPU_AMX = { "amx_tile", "amx_int8" },
    LOOM_CPU_NEON32 = { "neon", "vfpv4" },
    LOOM_CPU_NEON = { "asimd" },
    LOOM_CPU_DOTPROD = { "asimddp" },
    LOOM_CPU_I8MM = { "i8mm" },
}

local function cpu_flags()
    local flags = {}
    local file = io.open("/proc/cpuinfo")
    if file then
        local line = file:read("a"):match("\n[fF][el]a[gt]u?r?e?s%s*:([^\n]*)") or ""
        file:close()
        for word in line:gmatch("%S+") do
            flags[word] = true
        end
    end
    return flags
end

function host.features()
    local flags, features = cpu_flags(), {}
    for feature, words in pairs(FEATURE_FLAGS) do
        features[feature] = true
        for _, word in ipairs(words) do
            features[feature] = features[feature] and flags[word]
        end
    end
    return features
end

return host
