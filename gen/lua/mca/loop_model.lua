-- Models the hot loops of kernels: compiles them as a library does, cuts the loops out of the
-- assembly and gives them to llvm-mca. Two builds of ninja, which run on all CPUs.
--
-- A job is { kernels = records of space.kernels that share ISA and format, target = one with `mca`
-- that has that ISA, core = what stands for llvm-mca's model (cores.lua), or nil }. In the folder
-- that they work in:
--   build.ninja        the commands (loop_ninja.lua)
--   TRIPLE-FLAGS/      C, what it includes and assembly: the same for all targets that share them
--   loops/HASH.s       a loop, once, however many kernels have it; beside it what llvm-mca says
local assembly = require("mca.assembly")
local check = require("base.fail").check
local cores = require("mca.cores")
local library_kernels = require("library.kernels")
local fail = require("base.fail").fail
local files = require("base.files")
local hash = require("base.hash")
local home = require("base.home")
local isa = require("input.isa")
local loop_ninja = require("mca.loop_ninja")
local loops = require("mca.loops")
local mca = require("mca.mca")
local ninja = require("base.ninja")
local pipes = require("mca.pipes")
local programs = require("base.programs")
local space = require("space.space")

local loop_model = {}

-- llvm-mca's command.
local function simulator()
    return programs.find("llvm-mca-19") and "llvm-mca-19"
        or programs.find("llvm-mca") and "llvm-mca"
        or fail("llvm-mca is not installed: install the package llvm-19")
end

-- The compiler's command; its assembly is clang's.
local function compiler()
    local command = programs.compiler()
    if not programs.is_clang(command) then
        fail("CC is '%s': loops are modelled as clang compiles them; set CC=clang-19", command)
    end
    return command
end

local function new_ninja()
    local program = simulator()
    local clang = compiler()
    programs.need("ninja", "modelling")
    local version = programs.compiler_version
    return loop_ninja.new(clang, version(clang), program, version(program))
end

-- Writes the file and builds it.
local function build(text, folder, label)
    check(files.write(folder .. "/build.ninja", text:text()))
    local code, lines = ninja.run(folder, label)
    if code ~= 0 then
        local reason
        for _, line in ipairs(lines) do
            reason = reason or line:find("error: ", 1, true) and line
        end
        fail("%s: ninja failed (exit code %d): %s", folder, code, reason or lines[#lines])
    end
end

-- The folder of all whose assembly is the same for the same C.
local function platform_of(target)
    return (table.concat({ target.triple, table.unpack(target.flags) }, "-"):gsub("[^%w.-]", "-"))
end

-- The path of a job's C file under the folder.
local function source_of(job)
    return platform_of(job.target) .. "/" .. library_kernels.path(job.kernels[1], false)
end

-- Platform -> { kernels =, isas = }, each once, sorted.
local function libraries_of(jobs)
    local libraries, seen = {}, {}
    local function add(platform, list, record)
        local key = platform .. " " .. record.name
        if not seen[key] then
            seen[key] = true
            table.insert(list, record)
        end
    end
    for _, job in ipairs(jobs) do
        local platform = platform_of(job.target)
        local library = libraries[platform] or { kernels = {}, isas = {} }
        libraries[platform] = library
        add(platform, library.isas, job.kernels[1].isa)
        for _, kernel in ipairs(job.kernels) do
            add(platform, library.kernels, kernel)
        end
    end
    for _, library in pairs(libraries) do
        table.sort(library.kernels, function(a, b)
            return a.name < b.name
        end)
    end
    return libraries
end

-- Writes the C files of all jobs, and what they include.
local function write_sources(jobs, folder)
    local sources, texts = home.sources(), {}
    for platform, library in pairs(libraries_of(jobs)) do
        local context = { sources = sources, files = {}, isa_of = {}, marks = true, library = {
            kernels = library.kernels, chosen = {}, isas = library.isas, prepares = {}, probes = {},
            version = home.version(), command = "lutloom explain --mca" } }
        check(library_kernels.add(context))
        for name, text in pairs(sources.runtime) do
            if name:find("%.h$") then
                context.files["src/" .. name] = text
            end
        end
        for path, text in pairs(context.files) do
            texts[("%s/%s/%s"):format(folder, platform, path)] = text
        end
    end
    check(files.write_all(texts))
end

-- The hot loops of an assembly file's kernels by name: records of loops.lua, some with a reason why
-- they are not known.
local function loops_in(path)
    local found = {}
    for _, blocks in ipairs(assembly.functions(check(files.read(path)))) do
        local kernel, loop = loops.hot_loop(blocks)
        found[kernel or 0] = loop
    end
    return found
end

-- Compiles the kernels of all jobs; the loops by the path of the C file and the kernel's name.
local function compile(jobs, folder, text, label)
    write_sources(jobs, folder)
    local paths, found = {}, {}
    for _, job in ipairs(jobs) do
        local source = source_of(job)
        paths[source] = text:compile(source, job.target, job.kernels[1].isa,
            platform_of(job.target) .. "/src")
    end
    build(text, folder, label .. ": compiling")
    for source, path in pairs(paths) do
        found[source] = loops_in(folder .. "/" .. path)
    end
    return found
end

-- Simulates the loops of all jobs' kernels; `path` of a loop is its file, named by its content.
local function simulate(jobs, found, folder, text, label)
    local texts = {}
    for _, job in ipairs(jobs) do
        for _, kernel in ipairs(job.kernels) do
            local loop = found[source_of(job)][kernel.name]
            if loop and not loop.reason and not job.core then
                local region = mca.region(loop.instructions)
                loop.path = ("loops/%s.s"):format(hash.of({ region }))
                texts[folder .. "/" .. loop.path] = region
                text:simulate(loop.path, job.target)
            end
        end
    end
    check(files.write_all(texts))
    build(text, folder, label .. ": simulating")
end

-- What llvm-mca says in a file.
local function read_region(path, target)
    local reader = mca.reader()
    for line in check(files.read(path)):gmatch("[^\n]+") do
        if line:find("is not a recognized processor", 1, true) then
            fail("target %s: llvm-mca has no model '%s'", target.name, target.mca)
        end
        reader:add(line)
    end
    return reader.region
end

-- What llvm-mca says of a loop.
local function simulated(loop, target, folder)
    local outputs = loop_ninja.outputs(loop.path, target)
    return mca.result(read_region(folder .. "/" .. outputs[1], target),
        read_region(folder .. "/" .. outputs[2], target))
end

-- The figures of a loop of the job; nil and the reason where there are none.
local function result_of(loop, job, folder)
    if not loop or loop.reason then
        return nil, loop and loop.reason or "its template marks no loop"
    end
    local result, reason
    if job.core then
        result, reason = pipes.model(loop.instructions, job.core)
    else
        result = simulated(loop, job.target, folder)
    end
    if not result then
        return nil, ("%s %s"):format(cores.path(job.target.name), reason)
    end
    return { rows = loop.rows, k = loop.macs // loop.rows // loop.tokens, tokens = loop.tokens,
        macs = loop.macs, cycles = result.cycles, limit = result.limit }
end

local function results_of(job, found, folder)
    local results, unknown = {}, {}
    for _, kernel in ipairs(job.kernels) do
        results[kernel.name], unknown[kernel.name] =
            result_of(found[source_of(job)][kernel.name], job, folder)
    end
    return { results = results, unknown = unknown }
end

-- The targets' CPUs as models of the kernels' loops, in `folder`; lines of progress begin with
-- `label`. For each job
--   results  name -> { rows, k, tokens, macs, cycles, limit }
--   unknown  name -> why there is no figure
function loop_model.run(jobs, folder, label)
    local text, outcome = new_ninja(), {}
    local found = compile(jobs, folder, text, label)
    simulate(jobs, found, folder, text, label)
    for index, job in ipairs(jobs) do
        outcome[index] = results_of(job, found, folder)
    end
    return outcome
end

-- The job of kernels on a target: as its core has them where there is one, else as llvm-mca does.
function loop_model.job(kernels, target)
    return { kernels = kernels, target = target, core = cores.of(target.name) }
end

-- Multiply-adds a cycle; for one token, weights a cycle.
function loop_model.speed(result)
    return result.macs / result.cycles
end

-- Weights a cycle of T-MAC's schedule, its best tile on any level of the target; nil if there is
-- none.
function loop_model.tmac(format, target, folder, label)
    local jobs, best = {}, nil
    for _, name in ipairs(target.isas) do
        local kernels = {}
        local level = isa.by_name[name]
        for _, record in ipairs(space.kernels({ format }, { "table", "table7" }, { level })) do
            kernels[#kernels + 1] = record.tmac and record or nil
        end
        jobs[#jobs + 1] = #kernels > 0 and loop_model.job(kernels, target) or nil
    end
    for _, outcome in ipairs(#jobs > 0 and loop_model.run(jobs, folder, label) or {}) do
        for _, result in pairs(outcome.results) do
            best = math.max(best or 0, loop_model.speed(result))
        end
    end
    return best
end

return loop_model
