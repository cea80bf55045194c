-- Other programs: where they are, and which compiler to take.
local fail = require("base.fail").fail
local host = require("base.host")

local programs = {}

-- The path of a program, from PATH unless it has a slash; nil if there is none.
function programs.find(name)
    if name:find("/", 1, true) then
        return host.path_kind(name) == "file" and name or nil
    end
    for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do
        local path = folder .. "/" .. name
        if host.path_kind(path) == "file" then
            return path
        end
    end
    return nil
end

-- An error if a program is not there.
function programs.need(name, purpose)
    if not programs.find(name) then
        fail("%s is not installed: %s needs it", name, purpose)
    end
end

local COMPILERS = { "clang-19", "clang", "gcc", "cc" }

-- The C compiler's command: $CC, or the first of COMPILERS that is there; true where it is $CC.
function programs.compiler()
    local wanted = os.getenv("CC") or ""
    local program = wanted:match("%S+")
    if program then
        if not programs.find(program) then
            fail("CC is '%s', but there is no program %s", wanted, program)
        end
        return wanted, true
    end
    for _, name in ipairs(COMPILERS) do
        if programs.find(name) then
            return name, false
        end
    end
    fail("no C compiler: install one of %s, or name yours in the environment variable CC",
        table.concat(COMPILERS, ", "))
end

-- The words of a command such as "ccache clang-19".
function programs.words(command)
    local words = {}
    for word in command:gmatch("%S+") do
        words[#words + 1] = word
    end
    return words
end

-- The first line that the compiler of these words says to a question such as -dumpmachine, or nil.
function programs.compiler_answer(words, question)
    local asked, first = table.move(words, 1, #words, 1, {}), nil
    asked[#asked + 1] = question
    local code = host.run(asked, function(line)
        first = first or line
    end)
    return code == 0 and first or nil
end

-- "clang version 19.1.7": the first line that a compiler, or another program, says of its version.
function programs.compiler_version(compiler)
    return programs.compiler_answer(programs.words(compiler), "--version") or compiler
end

-- "clang 19.1.7", as a library that the compiler of these words builds says it (registry.c.in).
function programs.compiler_identity(words)
    local macros = {}
    host.run(table.move({ "-dM", "-E", "-x", "c", "/dev/null" }, 1, 5, #words + 1,
        table.move(words, 1, #words, 1, {})), function(line)
        local name, value = line:match("^#define __([%w_]-)_*__ (%d+)$")
        macros[name or ""] = value
    end)
    if macros.clang_major then
        return ("clang %s.%s.%s"):format(macros.clang_major, macros.clang_minor,
            macros.clang_patchlevel)
    elseif macros.GNUC then
        return ("gcc %s.%s.%s"):format(macros.GNUC, macros.GNUC_MINOR, macros.GNUC_PATCHLEVEL)
    end
    return "unknown compiler"
end

function programs.is_clang(compiler)
    return programs.compiler_version(compiler):find("clang", 1, true) ~= nil
end

return programs
