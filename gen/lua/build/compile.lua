-- Compiles a library in its folder's build/, and verifies it.
local check = require("base.fail").check
local cross = require("build.cross")
local fail = require("base.fail").fail
local files = require("base.files")
local host = require("base.host")
local json = require("base.json")
local ninja = require("base.ninja")
local programs = require("base.programs")
local Progress = require("base.progress")

local compile = {}

-- Written after a successful setup: the compiler, the folder and the options that the build folder
-- is for.
local function marker_path(build)
    return build .. "/lutloom-compiler.txt"
end

-- What a library that is built here says of its compiler.
function compile.compiler_of(request)
    return programs.compiler_identity(cross.compiler_words(request))
end

-- Runs a command and returns its exit code and lines; each line goes to on_line too.
local function run(argv, on_line)
    local lines = {}
    local code = check(host.run(argv, function(line)
        lines[#lines + 1] = line
        if on_line then
            on_line(line)
        end
    end))
    return code, lines
end

-- Ends the command after printing `lines` from the first that has `pattern`, or all.
local function fail_with(lines, pattern, ...)
    local first = 1
    for index, line in ipairs(lines) do
        if pattern and line:find(pattern) then
            first = index
            break
        end
    end
    if #lines > 0 then
        io.stderr:write(table.concat(lines, "\n", first), "\n")
    end
    fail(...)
end

-- ": OSError: ..." where meson ended in an exception of Python's, such as for a full disk.
local function exception_in(lines)
    local text = ""
    for _, line in ipairs(lines) do
        text = line:find("^%u%a+Error: ") and ": " .. line or text
    end
    return text
end

-- meson's files name the folder, so that a copy of it needs a setup of its own.
local function marker_text(folder, compiler)
    local lines = { compiler, programs.compiler_version(compiler), files.absolute(folder) }
    return table.concat(lines, "\n") .. "\n"
end

-- What meson's own error() of a library's meson.build says: one line, for its user.
local function problem_in(lines)
    for _, line in ipairs(lines) do
        local problem = line:match("ERROR: Problem encountered: (.+)$")
        if problem then
            return problem
        end
    end
    return nil
end

-- Runs meson with `words`.
local function configure(folder, build, compiler, words)
    local progress = Progress.start("configuring with " .. compiler)
    local code, lines = run({ "env", "CC=" .. compiler, "meson", "setup", build, folder,
        table.unpack(words) })
    progress:finish()
    local problem = code ~= 0 and problem_in(lines)
    if problem then
        fail("%s: %s", folder, problem)
    elseif code ~= 0 then
        fail_with(lines, "ERROR: ", "%s: meson setup failed with %s (exit code %d)%s", folder,
            compiler, code, exception_in(lines))
    end
end

-- `options` with those of `build` set right that decide which programs there are, unless they are
-- among them: whoever turned one off or on did not mean what is compiled now.
local function with_programs(options, build, request)
    local wanted = { tools = true, static = cross.needed(request) }
    for _, word in ipairs(options) do
        wanted[word:match("^%-D(%l+)=")] = nil
    end
    local words = table.move(options, 1, #options, 1, {})
    local text = files.read(build .. "/meson-info/intro-buildoptions.json")
    for _, option in ipairs(text and json.decode(text) or {}) do
        local value = wanted[option.name]
        if value ~= nil and value ~= option.value then
            words[#words + 1] = ("-D%s=%s"):format(option.name, value)
        end
    end
    return words
end

-- meson keeps the options of an earlier setup; those given here replace theirs.
local function setup(folder, build, compiler, request, options)
    local marker = marker_text(folder, compiler)
    local configured = host.path_kind(build .. "/build.ninja") == "file"
        and files.read(marker_path(build)) == marker
    if configured and #options == 0 then
        return
    end
    local words = table.move(options, 1, #options, 1, {})
    if configured then
        words[#words + 1] = "--reconfigure"
    elseif host.path_kind(build .. "/meson-private/cmd_line.txt") then
        words[#words + 1] = "--wipe"
    else
        -- By this file alone, which a setup leaves that was stopped, meson takes it for done.
        os.remove(build .. "/meson-private/coredata.dat")
    end
    check(files.write(marker_path(build), "no setup yet\n"))
    if cross.needed(request) then
        local more = cross.meson_words(folder, build, request)
        table.move(more, 1, #more, #words + 1, words)
    end
    configure(folder, build, compiler, words)
    check(files.write(marker_path(build), marker))
end

-- meson's option for the folder where ggml was installed; '' stands for no ggml.
function compile.ggml_option(path)
    return "-Dggml=" .. (path == "" and path or files.absolute(path)
        or fail("--ggml %s: no such folder", path))
end

-- Compiles `target`, or all.
local function compile_target(folder, build, target)
    local code, lines = ninja.run(build, "compiling " .. folder, target)
    if code ~= 0 then
        fail_with(lines, "^FAILED", "%s: compiling failed (ninja's exit code %d)", folder, code)
    end
end

-- The words of the program in `build` that verifies: a board has all tools in one.
local function verifier(build, request)
    return cross.needed(request) and { build .. "/loom-board", "verify" }
        or { build .. "/loom-verify" }
end

-- The verification's last line. Where this machine cannot run the library an emulator (`runner`)
-- does, which takes some ten times as long.
local function verify(folder, program, runner)
    local what = runner[1] and " under " .. runner[1] or ""
    local progress = Progress.start("verifying " .. folder .. what)
    local words = table.move(runner, 1, #runner, 1, {})
    local code, lines = run(table.move(program, 1, #program, #words + 1, words), function(line)
        progress:show(line)
    end)
    progress:finish()
    if code ~= 0 then
        fail_with(lines, nil, "%s: the verification failed (exit code %d)", folder, code)
    end
    return (lines[#lines] or "it said nothing") .. what
end

-- Compiles the library in `folder`. `options`: those of meson that change, a list of words such as
-- "-Dtools=false"; the others stay as they are. `target`: what is compiled; nil stands for all but
-- the program for boards. A compiler's errors are printed as they are. Returns the build folder.
function compile.without_verifying(folder, manifest, options, target)
    programs.need("meson", "'lutloom build'")
    programs.need("ninja", "'lutloom build'")
    local build = folder .. "/build"
    local compiler = table.concat(cross.compiler_words(manifest.request), " ")
    setup(folder, build, compiler, manifest.request,
        with_programs(options or {}, build, manifest.request))
    compile_target(folder, build, target)
    return build
end

-- The static program that sweeps on any machine that the library is for; returns its path.
function compile.sweep(folder, manifest)
    return compile.without_verifying(folder, manifest, {}, "sweep") .. "/sweep"
end

-- The same, then verifies every kernel that this machine or its emulator runs; returns the count,
-- or that there is no emulator.
function compile.library(folder, manifest, options)
    local build = compile.without_verifying(folder, manifest, options)
    local runner = cross.runner(manifest.request)
    if not runner then
        return ("built for %s, not verified: that needs the package qemu-user"):format(
            manifest.request.arch)
    end
    return verify(folder, verifier(build, manifest.request), runner)
end

return compile
