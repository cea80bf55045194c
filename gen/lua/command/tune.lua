-- lutloom tune: builds a library, lets its loom-sweep measure every candidate on this machine, and
-- builds it again with the winners.
local check = require("base.fail").check
local compile = require("build.compile")
local cross = require("build.cross")
local fail = require("base.fail").fail
local host = require("base.host")
local generate = require("build.generate")
local gguf_problems = require("command.gguf_problems")
local library_folder = require("library.folder")
local RESIDENCIES = require("input.residencies").list
local say = require("base.say")

local command_tune = {}

-- loom-sweep's own: a week.
local MAX_BUDGET = 7 * 24 * 3600

-- What loom-sweep ends with after it has said what is wrong with its options.
local WRONG_OPTIONS = 2

-- What is measured only, and not taken from elsewhere.
local MEASURING = { "budget", "residency", "threads", "fresh" }

function command_tune.options(options)
    options:argument("folder", "The library's folder; it is built first where needed."):args("?")
    options:option("--budget", "Seconds of measuring, divided among the problems; what is left is "
        .. "measured by the next run (default: 20 for each problem)."):argname("<seconds>")
        :convert(function(text)
            local seconds = tonumber(text)
            if not seconds or not (seconds > 0 and seconds <= MAX_BUDGET) then
                return nil, ("--budget: '%s' is no number of seconds above 0, at most %d"):format(
                    text, MAX_BUDGET)
            end
            return text
        end):overwrite(false)
    options:option("--residency", "Where the weights are when a kernel starts (default: dram)."):
        choices(RESIDENCIES):overwrite(false)
    options:option("--threads", "Threads that share the rows of a matrix (default: 1).")
        :argname("<count>"):convert(function(text)
            return text:find("^[1-9]%d*$") and text
                or nil, ("--threads: '%s' is no number of threads"):format(text)
        end):overwrite(false)
    options:option("--gguf", "Measure the matrices that this GGUF file has, and no others; with "
        .. "--import: say which of them are not done."):argname("<file>"):overwrite(false)
    options:flag("--fresh", "Measure again what the tuning file has already.")
    options:option("--import", "Instead of measuring take the results of a tuning file, which a "
        .. "board with this library has made."):argname("<file>"):overwrite(false)
    options:option("--correction", "Instead of measuring compare the results that stand there, of "
        .. "one thread with the weights in cache, with llvm-mca's model of a target, and write by "
        .. "how much it is wrong to FOLDER/TARGET.lua, such as gen/corrections/zen4.lua.")
        :argname("<file>"):overwrite(false)
    options:option("--plot", "Instead of measuring draw the results that stand there against the "
        .. "model, as an SVG (default: FOLDER/tuning.svg)."):args("?"):argname("<file>")
        :overwrite(false)
    options:option("--merge", "Without a folder: make one tuning file of several that were made "
        .. "by one CPU, compiler and library."):args("+"):argname("<file>"):overwrite(false)
    options:option("--out", "With --merge: the file for the result (default: standard output).")
        :argname("<file>"):overwrite(false)
end

-- Runs loom-sweep, which says itself how far it is, for the problems of a list, or else for the
-- library's. Returns its exit code, which is not 0 where its options are wrong.
local function sweep(folder, args, list)
    local argv = { folder .. "/build/loom-sweep", "--output", folder .. "/tuning.txt" }
    for _, name in ipairs({ "budget", "residency", "threads" }) do
        if args[name] then
            argv[#argv + 1] = ("--%s=%s"):format(name, args[name])
        end
    end
    argv[#argv + 1] = args.fresh and "--fresh" or nil
    argv[#argv + 1] = list and gguf_problems.option(list)
    local code = check(host.run(argv))
    if code ~= 0 and code ~= WRONG_OPTIONS then
        fail("%s: loom-sweep failed (exit code %d)", folder, code)
    end
    return code
end

-- Generates and builds the library with the choices of its tuning file in it.
local function bake(folder)
    local manifest = library_folder.open(folder)
    local _, _, reason = generate.run(manifest.request, folder, manifest)
    if reason then
        fail("%s", reason)
    end
    return compile.library(folder, library_folder.open(folder))
end

local function measure_all(args)
    local manifest, folder, lock <close> = library_folder.open_alone(args.folder)
    cross.must_run(folder, manifest.request, "lutloom tune")
    local list = args.gguf and gguf_problems.of(args.gguf, folder, manifest)
    compile.without_verifying(folder, manifest)
    local code = sweep(folder, args, list)
    if code == 0 then
        say("%s: tuned; %s", folder, bake(folder))
    end
    return code
end

-- Fails on options that have no place beside `name`: those of measuring, and these.
local function needs_alone(args, name, others)
    for _, list in ipairs({ others, MEASURING }) do
        for _, other in ipairs(list) do
            if args[other] then
                fail("--%s: has no place beside --%s", other, name)
            end
        end
    end
end

function command_tune.run(args)
    if args.merge then
        needs_alone(args, "merge", { "import", "plot", "correction", "gguf" })
        return require("command.tune_merge").run(args)
    elseif args.out then
        fail("--out %s: belongs to --merge", args.out)
    elseif not args.folder then
        fail("a library's folder is needed; 'lutloom tune --help' says what is understood")
    elseif args.plot then
        needs_alone(args, "plot", { "import", "correction", "gguf" })
        return require("command.tune_plot").run(args)
    elseif args.correction then
        needs_alone(args, "correction", { "import", "gguf" })
        return require("command.tune_correction").run(args)
    elseif args.import then
        needs_alone(args, "import", {})
        return require("command.tune_import").run(args, bake)
    end
    return measure_all(args)
end

return command_tune
