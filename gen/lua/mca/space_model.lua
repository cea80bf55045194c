-- What llvm-mca says of all kernels that a library may have: a model for space.kernels
-- (kernel_cost.lua).
local check = require("base.fail").check
local cores = require("mca.cores")
local corrections = require("mca.corrections")
local fail = require("base.fail").fail
local home = require("base.home")
local isa = require("input.isa")
local kernel_cost = require("space.kernel_cost")
local library_folder = require("library.folder")
local list = require("base.list")
local loop_model = require("mca.loop_model")
local modes = require("input.modes")
local space = require("space.space")
local targets = require("input.targets")

local space_model = {}

-- Of the targets with a model those whose highest level it is go first.
local function target_of(level, found)
    local best
    for _, target in ipairs(found) do
        if target.mca and target.isas[#target.isas] == level then
            return target
        end
        best = best or target.mca and list.contains(target.isas, level) and target or nil
    end
    return best
end

-- The targets by the levels that they model, of all but portable C.
local function targets_by_level(request)
    local found, by_level = {}, {}
    for index, name in ipairs(request.targets) do
        found[index] = targets.find(name)
    end
    for _, level in ipairs(request.isas) do
        by_level[level] = level ~= "c" and target_of(level, found) or nil
    end
    if not next(by_level) then
        fail("--mca: --target %s names no CPU that llvm-mca has a model of ('mca' in gen/targets)",
            table.concat(request.targets, ","))
    end
    return by_level
end

-- One kernel for each loop, in the order of their names, of those in the set `wanted` or all.
local function one_for_each_loop(kernels, wanted)
    local found, seen = {}, {}
    for _, kernel in ipairs(kernels) do
        local loop = kernel_cost.loop(kernel)
        if not seen[loop] and (not wanted or wanted[kernel.name]) then
            seen[loop] = true
            found[#found + 1] = kernel
        end
    end
    return found
end

-- The jobs of loop_model for the formats and all levels.
local function jobs_of(request, formats, by_level, wanted)
    local jobs = {}
    for _, weights in ipairs(formats) do
        for _, level in ipairs(request.isas) do
            local kernels = by_level[level] and one_for_each_loop(space.kernels({ weights },
                modes.of_library(request.mode, request.llama), { isa.by_name[level] }), wanted)
                or {}
            jobs[#jobs + 1] = #kernels > 0 and loop_model.job(kernels, by_level[level]) or nil
        end
    end
    return jobs
end

-- Adds what is known of a job's loops to `timed`, those that are not to `unknown`.
local function add_outcome(timed, unknown, job, outcome)
    for _, kernel in ipairs(job.kernels) do
        local result = outcome.results[kernel.name]
        if result then
            timed.cycles[kernel_cost.loop(kernel)] = result.cycles / result.macs
            timed.levels[kernel.isa.name] = true
        else
            unknown[#unknown + 1] = { kernel = kernel, reason = outcome.unknown[kernel.name] }
        end
    end
end

-- Models the loops of all kernels of these formats that the library of a request in `folder` may
-- have. What has not changed there is not modelled again.
--   cycles   loop's name -> cycles a weight and token
--   levels   name -> true for those with any
--   others   of the loops of these levels that have none a kernel each, as texts with the reason
-- @param formats   records of library_record.formats
-- @param by_level  level -> target, which has a model
-- @param wanted    names of kernels (name -> true) whose loops are modelled, or nil for all
function space_model.cycles(request, folder, formats, by_level, wanted)
    local jobs, unknown = jobs_of(request, formats, by_level, wanted), {}
    local timed = { cycles = {}, levels = {}, others = {} }
    local models = ("%s/%s"):format(folder, library_folder.MODELS)
    for index, outcome in ipairs(loop_model.run(jobs, models, folder)) do
        add_outcome(timed, unknown, jobs[index], outcome)
    end
    for _, one in ipairs(unknown) do
        if timed.levels[one.kernel.isa.name] then
            table.insert(timed.others, ("%s (%s)"):format(one.kernel.name, one.reason))
        end
    end
    return timed
end

-- The factors by level, of the targets that have a table.
local function factors_of(by_level)
    local factors = {}
    for level, target in pairs(by_level) do
        local path = corrections.path(target.name)
        factors[level] = home.has(path)
            and check(corrections.parse(home.read(path), path)).factors[level] or nil
    end
    return factors
end

local function source_of(target, factors)
    return ("as %s, %s%s"):format(target,
        home.has(cores.path(target)) and "with operations as gen/cores has them, " or "",
        factors and "corrected" or "without a correction table")
end

-- What the costs rest on, in a line.
local function note_of(request, by_level, timed, factors)
    local sources, analytic = {}, {}
    for _, level in ipairs(request.isas) do
        if timed.levels[level] then
            local source = source_of(by_level[level].name, factors[level])
            table.insert(list.keyed(sources, source, { name = source, levels = {} }).levels, level)
        else
            analytic[#analytic + 1] = level
        end
    end
    for index, source in ipairs(sources) do
        sources[index] = ("%s %s"):format(table.concat(source.levels, " "), source.name)
    end
    local others = timed.others
    return ("costs are llvm-mca's (%s), but the analytic model's of %s%s"):format(
        table.concat(sources, "; "), table.concat(analytic, " "), #others == 0 and ""
        or (", and of %d loops, such as that of %s"):format(#others, others[1]))
end

-- The model for space.kernels of all kernels of these formats that the library of a request in
-- `folder` may have; `note` says in a line what costs rest on.
function space_model.of(request, folder, formats)
    local by_level = targets_by_level(request)
    local factors = factors_of(by_level)
    local timed = space_model.cycles(request, folder, formats, by_level)
    if not next(timed.levels) then
        fail("--mca: llvm-mca models no loop of these formats' kernels; leave it out")
    end
    return { cycles = timed.cycles, factors = factors,
        note = note_of(request, by_level, timed, factors) }
end

return space_model
