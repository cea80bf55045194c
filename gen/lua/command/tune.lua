-- lutloom tune: builds a library, measures every candidate on this machine, keeps the winners.
local check = require("fail").check
local compile = require("compile")
local cross = require("cross")
local fail = require("fail").fail
local files = require("files")
local format = require("format")
local generate = require("generate")
local host = require("host")
local library = require("library")
local library_folder = require("library_folder")
local loom_bench = require("loom_bench")
local machine = require("machine")
local Progress = require("progress")
local remark = require("fail").remark
local say = require("say")
local tune = require("tune")
local tuning = require("tuning")

local command = {}

-- Measuring time for one problem without --budget, and the bounds with it.
local SECONDS, LEAST_SECONDS, MOST_SECONDS = 2, 0.1, 20

-- Tokens that are measured: a decoded one, a few of a batch or of a draft, a prompt's block.
local TOKENS = "1,4,128"

function command.options(options)
    options:argument("folder", "The library's folder; it is built first where needed."):args("?")
    options:option("--budget", "Seconds after which no further problem is begun; what is left is "
        .. "measured by the next run."):argname("<seconds>"):convert(function(text)
        local seconds = tonumber(text)
        if not seconds or not (seconds > 0 and seconds < math.huge) then
            return nil, ("--budget: '%s' is no number of seconds above 0"):format(text)
        end
        return seconds
    end):overwrite(false)
    options:option("--residency", "Where the weights are when a kernel starts (default: dram)."):
        choices({ "cache", "dram" }):overwrite(false)
    options:flag("--fresh", "Measure again what the tuning file has already.")
    options:option("--import", "Instead of measuring take the results of a tuning file, which a "
        .. "board with this library has made."):argname("<file>"):overwrite(false)
    options:option("--merge", "Without a folder: make one tuning file of several that were made "
        .. "by one CPU, compiler and library."):args("2+"):argname("<file>"):overwrite(false)
    options:option("--out", "With --merge: the file for the result (default: standard output).")
        :argname("<file>"):overwrite(false)
end

-- The record of the tuning file to go on with: the one that stands there if it is valid for
-- this machine, compiler and kernels, or else an empty one.
local function start_record(path, header, fresh)
    if not fresh and host.path_kind(path) then
        local record, reason = tuning.parse(check(files.read(path)), path)
        reason = reason or tuning.mismatch(record, header)
        if not reason then
            return record
        end
        remark(("%s is written anew: %s"):format(path, reason))
    end
    return tuning.record(header)
end

local function kernels_by_name(manifest)
    local kernels = {}
    for _, kernel in ipairs(manifest.kernels) do
        kernels[kernel.name] = kernel
    end
    return kernels
end

-- The problems that `record` has no result for, with weights in `residency`.
local function missing_problems(problems, record, residency)
    local done, missing = {}, {}
    for _, row in ipairs(record.rows) do
        done[tuning.row_key(row)] = true
    end
    for _, problem in ipairs(problems) do
        if not done[tuning.row_key({ format = problem.format, mode = "fastest", m = problem.m,
            k = problem.k, threads = 1, residency = residency })] then
            missing[#missing + 1] = problem
        end
    end
    return missing
end

-- Runs loom-bench on all candidates of one problem; returns its rows.
local function measure(session, problem, label)
    local samples = {}
    local progress = Progress.start(label)
    loom_bench.run(session.folder, {
        "--all", "--no-peers", "--format", problem.format,
        "--shape", ("%dx%d"):format(problem.m, problem.k), "--n", TOKENS,
        "--threads", "1", "--residency", session.residency, "--mode", session.mode,
        "--seconds", ("%.3f"):format(session.seconds),
    }, function(sample)
        samples[#samples + 1] = sample
        progress:show(("%d kernels"):format(#samples))
    end)
    progress:finish()
    return samples
end

-- Adds the choices for one problem, in every mode it can be asked for, to the record.
local function add_choices(session, record, problem, samples)
    local modes = { "fastest", table.unpack(generate.modes(session.mode)) }
    for _, mode in ipairs(modes) do
        local row = tune.choose(problem, mode, samples, session.kernels)
        if row then
            row.threads, row.residency = 1, session.residency
            table.insert(record.rows, row)
        elseif mode == "fastest" then
            fail("%s: no kernel for %s %dx%d passed its verification", session.folder,
                problem.format, problem.m, problem.k)
        end
    end
end

-- Measures problems until the budget is spent; the file is written after each. Returns how many
-- were measured.
local function sweep(session, record, problems, budget)
    local start = host.now()
    for index, problem in ipairs(problems) do
        local elapsed = host.now() - start
        if budget and index > 1 and elapsed >= budget then
            return index - 1
        end
        local left = index > 1 and elapsed / (index - 1) * (#problems - index + 1)
        local label = ("tuning %s %dx%d (%d of %d%s)"):format(problem.format, problem.m, problem.k,
            index, #problems, left and (", about %.0f s left"):format(left) or "")
        add_choices(session, record, problem, measure(session, problem, label))
        check(files.write(session.path, tuning.text(record)))
    end
    return #problems
end

local function seconds_for(budget, problems)
    if not budget then
        return SECONDS
    end
    return math.max(LEAST_SECONDS, math.min(MOST_SECONDS, budget / math.max(#problems, 1)))
end

-- Generates and builds the library with the record's choices in it.
local function bake(folder)
    local manifest = library_folder.open(folder)
    local _, _, reason = library.generate(manifest.request, folder, manifest)
    if reason then
        fail("%s", reason)
    end
    local baked = library_folder.open(folder)
    return compile.library(folder, baked)
end

local function measure_all(args)
    local manifest, folder = library_folder.open(args.folder)
    cross.must_run(folder, manifest.request, "lutloom tune")
    local path = folder .. "/tuning.txt"
    compile.library(folder, manifest)
    local record = start_record(path, { cpu = host.identity(),
        isa = machine.highest_isa(manifest.request.isas),
        compiler = compile.compiler_of(manifest.request), kernels = manifest.hash }, args.fresh)
    local problems = tune.problems(manifest.problems, format.parse)
    local residency = args.residency or "dram"
    local missing = missing_problems(problems, record, residency)
    local session = {
        folder = folder, path = path,
        kernels = kernels_by_name(manifest), mode = manifest.request.mode,
        residency = residency,
        seconds = seconds_for(args.budget, missing),
    }
    local measured = sweep(session, record, missing, args.budget)
    local verified = bake(folder)
    say("%s: %d of %d problems tuned, %d of them now; %s", folder,
        #problems - #missing + measured, #problems, measured, verified)
end

-- Fails on options that have no place beside `name`.
local function needs_alone(args, name, others)
    for _, other in ipairs(others) do
        if args[other] then
            fail("--%s: has no place beside --%s", other, name)
        end
    end
end

function command.run(args)
    if args.merge then
        needs_alone(args, "merge", { "import", "budget", "residency", "fresh" })
        return require("command.tune_merge").run(args)
    elseif args.out then
        fail("--out %s: belongs to --merge", args.out)
    elseif not args.folder then
        fail("a library's folder is needed; 'lutloom tune --help' says what is understood")
    elseif args.import then
        needs_alone(args, "import", { "budget", "residency", "fresh" })
        return require("command.tune_import").run(args, bake)
    end
    return measure_all(args)
end

return command
