-- lutloom tune --correction: compares what was measured of a library with the model of a CPU, and
-- writes by how much that is wrong.
local check = require("base.fail").check
local correction_fit = require("mca.correction_fit")
local corrections = require("mca.corrections")
local data = require("base.data")
local fail = require("base.fail").fail
local files = require("base.files")
local library_record = require("library.record")
local host = require("base.host")
local isa = require("input.isa")
local library_folder = require("library.folder")
local list = require("base.list")
local modes = require("input.modes")
local remark = require("base.fail").remark
local say = require("base.say")
local space = require("space.space")
local space_model = require("mca.space_model")
local targets = require("input.targets")
local tuning = require("choice.tuning")

local tune_correction = {}

-- The target that a table's file is for.
local function target_of(path)
    local name = path:match("([^/]+)%.lua$")
    if not name then
        fail("--correction %s: is no TARGET.lua, such as gen/corrections/zen4.lua", path)
    end
    local target = targets.find(name)
    if not target.mca then
        fail("--correction %s: target %s names no model of llvm-mca", path, name)
    end
    return target
end

-- The levels of a request that the target models.
local function by_level(request, target)
    local levels = {}
    for _, level in ipairs(request.isas) do
        levels[level] = level ~= "c" and list.contains(target.isas, level) and target or nil
    end
    if not next(levels) then
        fail("target %s: has no level of the library's, %s, but portable C", target.name,
            table.concat(request.isas, " "))
    end
    return levels
end

-- The tuning file in a library's folder, with those samples alone that a table for the target, of
-- these levels, rests on.
local function measured(folder, manifest, target, levels)
    local path = folder .. "/tuning.txt"
    local tuned = check(tuning.parse(check(files.read(path)), path))
    local reason = tuning.mismatch(tuned, { kernels = manifest.hash })
    if reason then
        fail("%s: %s", path, reason)
    elseif not levels[tuned.isa] then
        fail("%s: was measured with isa %s, of which target %s has no model", path, tuned.isa,
            target.name)
    end
    tuned.samples = correction_fit.samples(tuned.samples)
    if #tuned.samples == 0 then
        fail("%s: has no undisturbed sample of one thread with the weights in cache; 'lutloom tune "
            .. "%s --residency cache' makes some", path, folder)
    end
    return tuned
end

-- The kernels of samples as the target's model alone has them, among all of the library's formats.
local function modelled(request, folder, levels, samples)
    local wanted = {}
    for _, sample in ipairs(samples) do
        wanted[sample.kernel] = true
    end
    local formats = check(library_record.formats(request))
    local timed = space_model.cycles(request, folder, formats, levels, wanted)
    return space.kernels(formats, modes.of_library(request.mode, request.llama),
        isa.records(request.isas),
        { cycles = timed.cycles, factors = {} })
end

-- The factors that stand at `path`, of the same CPU; none where there are none.
local function known_factors(path, cpu)
    if not host.path_kind(path) then
        return {}
    end
    local old = check(corrections.parse(check(files.read(path, data.MOST_MIB)), path))
    if old.cpu ~= cpu then
        remark(("%s is replaced: cpu was '%s' and is '%s'"):format(path, old.cpu, cpu))
        return {}
    end
    return old.factors
end

function tune_correction.run(args)
    local manifest, folder, lock <close> = library_folder.open_alone(args.folder)
    local path = args.correction
    local target = target_of(path)
    local levels = by_level(manifest.request, target)
    local tuned = measured(folder, manifest, target, levels)
    local known = known_factors(path, tuned.cpu)
    local factors, clock = correction_fit.factors(tuned.samples,
        modelled(manifest.request, folder, levels, tuned.samples))
    if not factors then
        fail("%s/tuning.txt: %s; generate the library and measure again", folder, clock)
    end
    for level, ops in pairs(known) do
        factors[level] = factors[level] or ops
    end
    check(files.write(path, corrections.text({ cpu = tuned.cpu, factors = factors }, target.name)))
    say("%s: fitted to %s/tuning.txt; the model's clock comes out as %.2f GHz", path, folder,
        clock / 1e9)
end

return tune_correction
