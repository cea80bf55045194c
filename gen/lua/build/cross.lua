-- Building for another architecture than this machine's: clang with Debian's cross libraries and
-- binutils, and qemu-user to run what was built.
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

-- The words of the compiler that builds a library of `request`: `compiler` itself, what makes it
-- build for others, or one that can.
function cross.compiler_words(compiler, request)
    local words = programs.words(compiler)
    if not cross.needed(request) then
        return words
    elseif programs.is_clang(compiler) then
        words[#words + 1] = "--target=" .. request.triple
        return words
    end
    return { request.triple .. "-gcc" }
end

-- "['clang-19', '--target=aarch64-linux-gnu']"
local function meson_list(words)
    return "['" .. table.concat(words, "', '") .. "']"
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

-- meson's words for such a build; its cross file is written into `build`.
function cross.meson_words(folder, build, compiler, request)
    check_toolchain(folder, request)
    local lines = {
        "[binaries]",
        "c = " .. meson_list(cross.compiler_words(compiler, request)),
        ("ar = '%s-ar'"):format(request.triple),
        ("strip = '%s-strip'"):format(request.triple),
    }
    local runner = cross.runner(request)
    if runner then
        lines[#lines + 1] = "exe_wrapper = " .. meson_list(runner)
    end
    local family = arch.by_name[request.arch].family
    table.move({ "[host_machine]", "system = 'linux'", ("cpu_family = '%s'"):format(family),
        ("cpu = '%s'"):format(request.arch), "endian = 'little'", "" }, 1, 6, #lines + 1, lines)
    local path = build .. "/lutloom-cross.ini"
    check(files.write(path, table.concat(lines, "\n")))
    return { "--cross-file", path, "-Dstatic=true" }
end

return cross
