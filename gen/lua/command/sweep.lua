-- lutloom sweep: the one file that measures a library's candidates on another machine, and the jobs
-- of several machines.
local check = require("base.fail").check
local compile = require("build.compile")
local fail = require("base.fail").fail
local files = require("base.files")
local gguf_problems = require("command.gguf_problems")
local host = require("base.host")
local library_folder = require("library.folder")
local say = require("base.say")
local temporary = require("base.temporary")

local command_sweep = {}

function command_sweep.options(options)
    options:argument("folder", "The folder of a library, as 'lutloom gen --target ... --out' made "
        .. "it; its 'sweep' is the file for the board."):args("+")
    options:option("--target", "An error where a library was generated for other CPUs than these.")
        :argname("<target>[,<target>...]"):overwrite(false)
    options:option("--gguf", "Say what measures the matrices of this GGUF file, and no others; "
        .. "--jobs then lists these."):argname("<file>"):overwrite(false)
    options:flag("--jobs", "Write a list for GNU parallel to standard output: folder, format and "
        .. "shape of each problem, between tabs, a line a problem.")
end

local function check_target(folder, request, wanted)
    local targets = table.concat(request.targets, ",")
    if wanted and wanted ~= targets then
        fail("%s: is a library for %s; 'lutloom gen --target %s' makes one for %s", folder, targets,
            wanted, wanted)
    end
end

-- Puts the program where the user finds it, also while another one runs there.
local function put(program, path)
    local copy <close> = temporary.file(files.temporary(path))
    local reason
    local code = check(host.run({ "cp", "--", program, copy.path }, function(line)
        reason = line
    end))
    local ok = code == 0
    if ok then
        ok, reason = os.rename(copy.path, path)
    end
    if not ok then
        fail("%s: %s", path, reason)
    end
end

-- Makes a library's program and puts it into its folder.
local function make(path)
    local manifest, folder, lock <close> = library_folder.open_alone(path)
    put(compile.sweep(folder, manifest), folder .. "/sweep")
end

-- A line of jobs is split where there are tabs.
local function check_name(folder)
    if folder:find("[\t\n\r]") then
        fail("%s: --jobs: a folder's name with a tab or the end of a line in it has no place in a "
            .. "list with tabs", folder)
    end
end

local function list_jobs(library)
    for _, problem in ipairs(library.problems) do
        say("%s\t%s\t%dx%d", library.folder, problem.format, problem.m, problem.k)
    end
end

local function say_use(library, gguf)
    say("%s/sweep: for %s; 'lutloom tune %s --import FILE' takes what it writes", library.folder,
        library.arch, library.folder)
    if gguf then
        say("./sweep %s measures the matrices of %s", gguf_problems.option(library.problems), gguf)
    end
end

function command_sweep.run(args)
    local libraries = {}
    for index, path in ipairs(args.folder) do
        local manifest, folder = library_folder.open(path)
        check_target(folder, manifest.request, args.target)
        if args.jobs then
            check_name(folder)
        end
        libraries[index] = { folder = folder, arch = manifest.request.arch,
            problems = gguf_problems.asked(args, folder, manifest) }
    end
    for _, library in ipairs(libraries) do
        make(library.folder)
    end
    for _, library in ipairs(libraries) do
        if args.jobs then
            list_jobs(library)
        else
            say_use(library, args.gguf)
        end
    end
end

return command_sweep
