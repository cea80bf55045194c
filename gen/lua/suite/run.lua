-- Does what a suite asks for: generates and builds its libraries, and runs their loom-bench; the
-- runs that are modelled are suite/model.lua's.
local check = require("base.fail").check
local compile = require("build.compile")
local fail = require("base.fail").fail
local host = require("base.host")
local isa = require("input.isa")
local generate = require("build.generate")
local library_folder = require("library.folder")
local list = require("base.list")
local loom_bench = require("build.loom_bench")
local machine = require("input.machine")
local Progress = require("base.progress")
local remark = require("base.fail").remark
local request = require("library.request")
local suite = require("suite.suite")
local suite_model = require("suite.model")
local target = require("input.target")
local targets = require("input.targets")
local text_size = require("build.text_size")

local suite_run = {}

-- The library whose kernels are measured, the others being named in the suite; what is modelled.
local KERNELS, MODELS = "kernels", "models"

-- An error if `folder` holds anything but a suite's libraries and modelled kernels.
local function claim(record, folder)
    local known = { [KERNELS] = true, [MODELS] = true }
    for _, entry in ipairs(record.libraries) do
        known[entry.name] = true
    end
    local kind = host.path_kind(folder)
    if kind and kind ~= "folder" then
        fail("--out %s: is a file; a folder is needed", folder)
    end
    for _, name in ipairs(kind and check(host.list_dir(folder)) or {}) do
        if not known[name] then
            fail("--out %s: holds '%s', which is not of suite %s; choose a new or empty folder",
                folder, name, record.name)
        end
    end
end

-- Generates a library; its manifest, its folder's plain path, and the lock of that.
local function make_library(path, model, formats, target_names)
    local old, folder, lock = library_folder.claim(path)
    local _, _, reason = generate.run(request.of({ model = { model },
        format = table.concat(formats, ","), target = target_names }), folder, old)
    if reason then
        remark(reason)
    end
    return library_folder.open(folder), folder, lock
end

-- The names of the ISA levels that this machine runs.
local function machine_levels()
    return list.names(target.levels(host.features(), machine.arch()))
end

local function threads_of(run)
    return run.threads == "all" and machine.cpus() or run.threads
end

-- nil, or why this machine cannot measure a run.
local function run_error(run, levels)
    if not isa.by_name[run.isa] then
        return ("there is no ISA level %s"):format(run.isa)
    elseif not list.contains(levels, run.isa) then
        return ("this machine does not run %s"):format(run.isa)
    elseif threads_of(run) > machine.cpus() then
        return ("this machine has no %d CPUs"):format(run.threads)
    end
    return nil
end

local function options_of(record, run, format, seconds)
    local options = { "--tuned", "--format", format, "--shape", run.shape, "--n",
        table.concat(run.n, ","), "--residency", run.residency, "--threads",
        tostring(threads_of(run)), "--isa", run.isa, "--seconds", ("%.3f"):format(seconds) }
    options[#options + 1] = run.pool and "--pool" or nil
    options[#options + 1] = not suite.has_peers(record, run, format) and "--no-peers" or nil
    return options
end

-- What there is to measure: { run =, format = } in the suite's order.
local function tasks_of(record, unable)
    local tasks = {}
    for _, run in ipairs(record.runs) do
        for _, format in ipairs(unable[run.name] and {} or run.formats) do
            tasks[#tasks + 1] = { run = run, format = format }
        end
    end
    return tasks
end

-- Runs loom-bench for every task; each row goes to `add` with the name of its run.
local function measure(record, folder, tasks, seconds, add)
    local start, said = host.now(), {}
    for index, task in ipairs(tasks) do
        local left = index > 1 and (host.now() - start) / (index - 1) * (#tasks - index + 1)
        local progress = Progress.start(("%s: %d of %d, %s, %s%s"):format(record.name, index,
            #tasks, task.run.name, task.format, left and (", about %.0f s left"):format(left)
            or ""))
        local options = options_of(record, task.run, task.format, seconds)
        local messages = loom_bench.run(folder, options, function(row)
            row.run = task.run.name
            add(row)
        end)
        progress:finish()
        for _, message in ipairs(messages) do
            if not said[message] then
                said[message] = true
                remark(message)
            end
        end
    end
end

local function targets_of(arch)
    local names = {}
    for _, known in ipairs(targets.list()) do
        if known.arch == arch and known.name ~= "native" then
            names[#names + 1] = known.name
        end
    end
    return table.concat(names, ",")
end

-- Builds a library of the suite without its tools; its size is a row, too.
local function measure_size(entry, path, unable, add)
    if machine.arch() ~= entry.arch then
        unable[entry.name] = ("this machine is no %s"):format(entry.arch)
        return
    end
    local manifest, folder, lock <close> = make_library(path, entry.model, entry.formats,
        targets_of(entry.arch))
    local build = compile.without_verifying(folder, manifest, { "-Dtools=false" })
    local bytes, reason = text_size.of(build .. "/libloom.a")
    unable[entry.name] = reason
    if bytes then
        add({ run = entry.name, library = table.concat(manifest.request.isas, " "),
            text_mib = bytes / (1 << 20) })
    end
end

-- What the machine cannot do, in one line.
local function remark_unable(record, unable)
    local titles, seen = {}, {}
    for _, item in ipairs(record.items) do
        if unable[item.run] and not seen[item.title] then
            seen[item.title] = true
            titles[#titles + 1] = ("%s (%s)"):format(item.title, unable[item.run])
        end
    end
    if #titles > 0 then
        remark("not measured: " .. table.concat(titles, "; "))
    end
end

-- Measures the runs of a suite in a library of its own.
local function run_measured(record, folder, levels, unable, options, seconds, add)
    local manifest, kernels, lock <close> = make_library(folder .. "/" .. KERNELS, record.model,
        suite.formats(record), table.concat(suite.targets(record, levels, targets.list()), ","))
    compile.library(kernels, manifest, options)
    measure(record, kernels, tasks_of(record, unable), seconds, add)
end

-- Measures and models all runs of a suite in `folder`; `options` are meson's. Each row goes to
-- `add`. Returns the names of runs that are not measured -> the reason.
function suite_run.run(record, folder, options, seconds, add)
    claim(record, folder)
    local unable, levels = {}, machine_levels()
    for _, run in ipairs(record.runs) do
        unable[run.name] = run_error(run, levels)
    end
    remark_unable(record, unable)
    suite_model.run(record, folder .. "/" .. MODELS, add)
    for _, entry in ipairs(record.libraries) do
        measure_size(entry, folder .. "/" .. entry.name, unable, add)
    end
    if #record.runs > 0 then
        run_measured(record, folder, levels, unable, options, seconds, add)
    end
    return unable
end

return suite_run
