-- Building for another architecture than this machine's: a compiler for it that the user names, or
-- clang with Debian's cross libraries and binutils; qemu-user runs what was built.
local arch = require("input.arch")
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local host = require("base.host")
local machine = require("input.machine")
local programs = require("base.programs")

local cross = {}

-- Whether this machine cannot run a library of `request` itself.
function cross.needed(request)
    return request.arch ~= machine.arch()
end

-- An error where this machine cannot run the library in `folder`, which is what `command` does.
function cross.must_run(folder, request, command)
    if cross.needed(request) then
        fail("%s: is a library for %s, and this machine is %s: '%s' runs on the machine it is for",
            folder, request.arch, machine.arch(), command)
    end
end

-- The command that runs a program of that library on this machine: {} where it needs none, nil
-- without the emulator.
function cross.runner(request)
    if not cross.needed(request) then
        return {}
    end
    local emulator = arch.by_name[request.arch].emulator
    return programs.find(emulator) and { emulator, "-L", "/usr/" .. request.triple }
end

-- Whether the compiler of these words compiles for the library as it is.
local function fits(words, request)
    local triple = programs.compiler_answer(words, "-dumpmachine") or ""
    local name = arch.of_triple(triple)
    if cross.needed(request) then
        return name == request.arch and triple:find("linux", 1, true) ~= nil
    end
    return not name or name == request.arch
end

-- The words of the compiler that builds a library of `request`, and whether they need
-- Debian's cross libraries: `compiler` itself, clang told the target, or Debian's where none was
-- `given`.
local function choose_compiler(compiler, given, request)
    local words = programs.words(compiler)
    if fits(words, request) then
        return words, false
    elseif cross.needed(request) and programs.is_clang(compiler) then
        words[#words + 1] = "--target=" .. request.triple
        return words, true
    elseif cross.needed(request) and not given then
        return { request.triple .. "-gcc" }, true
    end
    fail("CC is '%s', which compiles for %s, and the library is for %s: name a compiler for that, "
        .. "or leave CC unset", compiler,
        programs.compiler_answer(words, "-dumpmachine") or "no machine that it tells",
        request.arch)
end

-- The words of the compiler that a library of `request` is built with.
function cross.compiler_words(request)
    local compiler, given = programs.compiler()
    return (choose_compiler(compiler, given, request))
end

-- "['clang-19', '--target=aarch64-linux-gnu']"
local function meson_list(words)
    local quoted = {}
    for index, word in ipairs(words) do
        quoted[index] = "'" .. word:gsub("[\\']", "\\%0") .. "'"
    end
    return "[" .. table.concat(quoted, ", ") .. "]"
end

local function check_toolchain(folder, request)
    local toolchain = arch.by_name[request.arch] or fail("%s: is a library for %s, which this "
        .. "machine has no cross compiler for", folder, request.arch)
    local linker = request.triple .. "-ld"
    if not programs.find(linker) or host.path_kind("/usr/" .. request.triple) ~= "folder" then
        fail("%s: is a library for %s: install the package %s", folder, request.arch,
            toolchain.package)
    end
end

-- The program that belongs to a compiler, such as `ar`: LLVM's beside clang, where it has one.
local function beside(words, name)
    local llvm = programs.compiler_answer(words, "-print-prog-name=llvm-" .. name)
    if llvm and llvm:find("/", 1, true) then
        return llvm
    end
    return programs.compiler_answer(words, "-print-prog-name=" .. name) or name
end

-- meson's words for such a build; its cross file is written into `build`.
function cross.meson_words(folder, build, request)
    local compiler, given = programs.compiler()
    local words, debian = choose_compiler(compiler, given, request)
    if debian then
        check_toolchain(folder, request)
    end
    local lines = {
        "[binaries]",
        "c = " .. meson_list(words),
        "ar = " .. meson_list({ beside(words, "ar") }),
        "strip = " .. meson_list({ beside(words, "strip") }),
    }
    -- What other compilers link shared may need libraries of a board's system.
    local runner = debian and cross.runner(request)
    if runner then
        lines[#lines + 1] = "exe_wrapper = " .. meson_list(runner)
    end
    local family = arch.by_name[request.arch].family
    table.move({ "[host_machine]", "system = 'linux'", ("cpu_family = '%s'"):format(family),
        ("cpu = '%s'"):format(request.arch), "endian = 'little'", "" }, 1, 6, #lines + 1, lines)
    -- In the folder whose files of that kind outlive `meson setup --wipe`.
    local path = build .. "/meson-private/lutloom-cross.ini"
    check(files.write(path, table.concat(lines, "\n")))
    return { "--cross-file", path, "-Dstatic=true" }
end

return cross
