-- Models what a suite asks for: the loops of all kernels of its formats on its targets.
local fail = require("base.fail").fail
local format = require("input.format")
local isa = require("input.isa")
local loop_model = require("mca.loop_model")
local MODES = require("input.modes").list
local ops = require("input.ops")
local remark = require("base.fail").remark
local shortlist = require("space.shortlist")
local space = require("space.space")
local targets = require("input.targets")

local suite_model = {}

-- The target of that name; an error where llvm-mca does not know it.
local function find_target(name)
    local target = targets.find(name)
    if not target.mca then
        fail("target %s: has no model of llvm-mca ('mca' in its file)", name)
    end
    return target
end

-- Whether a kernel is for n tokens, in whole tiles.
local function serves(kernel, n)
    return n % kernel.tokens == 0 and (kernel.op == ops.of(n) or kernel.op == "gemm" and n > 1)
end

-- The kernels of one level for a format and n tokens, of those that a library has unasked;
-- portable C has none whose loops are marked.
local function kernels_for(weights, level, n)
    local found = {}
    local kernels = level ~= "c" and space.kernels({ weights }, MODES, { isa.by_name[level] })
    for _, kernel in ipairs(shortlist.of(kernels or {})) do
        found[#found + 1] = serves(kernel, n) and kernel or nil
    end
    return found
end

-- As the rows of loom-bench, as far as they have the same keys.
local function row_of(task, kernel, result)
    return {
        run = task.run.name, target = task.target.name, mca_model = task.target.mca,
        kernel = kernel.name, format = task.format, op = kernel.op, n = task.n,
        mode = kernel.mode, isa = kernel.isa.name, family = kernel.family,
        schedule = kernel.tmac and "tmac" or kernel.schedule, layout = kernel.layout.name,
        cycles = result.cycles, limit = result.limit.name,
        weights_per_cycle = loop_model.speed(result),
    }
end

-- The rows of one job of the task.
local function add_rows(rows, task, job, outcome)
    for _, kernel in ipairs(job.kernels) do
        local result = outcome.results[kernel.name]
        if result then
            rows[#rows + 1] = row_of(task, kernel, result)
        else
            remark(("not modelled: %s: %s"):format(kernel.name, outcome.unknown[kernel.name]))
        end
    end
end

-- Gives every row the best of T-MAC's.
local function set_tmac(rows)
    local best
    for _, row in ipairs(rows) do
        best = row.schedule == "tmac" and math.max(best or 0, row.weights_per_cycle) or best
    end
    for _, row in ipairs(rows) do
        row.tmac_weights_per_cycle = best
    end
end

-- The jobs of loop_model for one format and number of tokens on a target: one a level.
local function add_jobs(jobs, task)
    local weights = format.kernel_format(format.parse(task.format))
    task.first = #jobs + 1
    for _, level in ipairs(task.target.isas) do
        local kernels = kernels_for(weights, level, task.n)
        jobs[#jobs + 1] = #kernels > 0 and loop_model.job(kernels, task.target) or nil
    end
    task.last = #jobs
end

local function tasks_of(record)
    local tasks = {}
    for _, run in ipairs(record.modelled) do
        local target = find_target(run.target)
        for _, name in ipairs(run.formats) do
            for _, n in ipairs(run.n) do
                tasks[#tasks + 1] = { run = run, target = target, format = name, n = n }
            end
        end
    end
    return tasks
end

-- Models all runs of a suite that are not measured; each row goes to `add`. The kernels, their
-- assembly and their loops stay in `folder`, and what has not changed there is not modelled again.
function suite_model.run(record, folder, add)
    local tasks, jobs = tasks_of(record), {}
    for _, task in ipairs(tasks) do
        add_jobs(jobs, task)
    end
    local outcomes = #jobs > 0 and loop_model.run(jobs, folder, record.name) or {}
    for _, task in ipairs(tasks) do
        local rows = {}
        for index = task.first, task.last do
            add_rows(rows, task, jobs[index], outcomes[index])
        end
        set_tmac(rows)
        for _, row in ipairs(rows) do
            add(row)
        end
    end
end

return suite_model
