-- lutloom explain PROBLEM: the candidates for a format and shape, what was measured, and which are
-- taken.
local check = require("base.fail").check
local compiling = require("choice.compiling")
local explain_candidates = require("explain.candidates")
local explain_choice = require("explain.choice")
local fail = require("base.fail").fail
local files = require("base.files")
local format = require("input.format")
local host = require("base.host")
local isa = require("input.isa")
local library_folder = require("library.folder")
local list = require("base.list")
local machine = require("input.machine")
local modes = require("input.modes")
local plan = require("choice.plan")
local say = require("base.say")
local selection = require("choice.selection")
local space = require("space.space")
local space_model = require("mca.space_model")
local targets = require("input.targets")
local tuning = require("choice.tuning")

local explain_problem = {}

-- LOOM_MAX_DIM of runtime/loom.h.
local MOST = 1048576

local function size(text, digits, letter)
    local value = math.tointeger(tonumber(digits))
    if #digits > 9 or not value or value < 1 or value > MOST then
        fail("%s: %s is 1 to %d", text, letter, MOST)
    end
    return value
end

-- The problem of a text, without a mode.
local function parse(text)
    local name, m, k = text:match("^([^:]*):(%d+)x(%d+)$")
    if not name then
        fail("'%s' is no problem: FORMAT:MxK, such as w2g128:4096x4096", text)
    end
    local weights = check(format.parse(name))
    return { name = name, format = check(format.kernel_format(weights)), m = size(text, m, "M"),
        k = size(text, k, "K") }
end

-- The results of the folder's tuning file, empty where there are none that count; and a remark.
local function read_tuning(folder, manifest)
    local none, path = tuning.record({}), folder .. "/tuning.txt"
    if not host.path_kind(path) then
        return none, ("Nothing was measured in %s ('lutloom tune %s' does)."):format(folder, folder)
    end
    local tuned = check(tuning.parse(check(files.read(path)), path))
    local native = manifest.request.targets[1] == "native"
    local reason = tuning.mismatch(tuned, { kernels = manifest.hash,
        cpu = native and host.identity() or nil })
    return reason and none or tuned, reason and ("%s is ignored: %s."):format(path, reason)
end

-- A library as the rest needs it, from its folder: the ISA levels, the mode, what was measured.
local function open_library(given, problem)
    local manifest, folder, lock <close> = library_folder.open_to_rank(given)
    local request, formats = manifest.request, {}
    for _, entry in ipairs(manifest.kernels) do
        formats[entry.format] = true
    end
    if not formats[problem.format.key] then
        fail("%s: was generated without %s; its manifest.json lists the kernels", folder,
            problem.name)
    end
    local tuned, remark = read_tuning(folder, manifest)
    local here = request.arch == machine.arch() and machine.highest_isa(request.isas)
    return { place = folder, isas = request.isas, mode = request.mode, llama = request.llama,
        tuned = tuned, remark = remark, level = tuned.isa or here or request.isas[#request.isas],
        candidates = request.candidates, streams = here and host.features().LOOM_CPU_STREAMS,
        model = request.mca and space_model.of(request, folder, { problem.format }) or nil }
end

-- The same without a library: what `gen` would make for the target.
local function imagine_library(target_name)
    local target = targets.find(target_name or "native")
    return { place = "target " .. target.name, isas = target.isas, mode = "fastest",
        streams = target.streams, tuned = tuning.record({}), level = target.isas[#target.isas] }
end

-- The level of that name, or the library's; and the one it adds to before it.
local function levels_of(library, name)
    if name and not list.contains(library.isas, name) then
        fail("--isa %s: is not of %s, which has %s", name, library.place,
            table.concat(library.isas, ", "))
    end
    local level = isa.by_name[name or library.level]
    local base = isa.by_name[level.adds_to or ""]
    return base and { base, level } or { level }
end

local function is_served(library, mode)
    return library.mode == "fastest" or mode == library.mode or mode == "fastest"
end

-- The samples that count: made where the choice was, or else for this very shape.
local function samples_for(tuned, problem, row)
    local found, place = {}, row or problem
    for _, sample in ipairs(tuned.samples) do
        local weights = format.parse(sample.format)
        local is_alike = not row
            or sample.threads == row.threads and sample.residency == row.residency
        if weights and weights.key == problem.format.key and is_alike
            and sample.m == place.m and sample.k == place.k then
            found[#found + 1] = sample
        end
    end
    return found
end

-- Those of the kernels that have one of the modes.
local function of_modes(kernels, names)
    local found = {}
    for _, kernel in ipairs(kernels) do
        found[#found + 1] = list.contains(names, kernel.mode) and kernel or nil
    end
    return found
end

-- The rows of a tuning file whose kernels are all among these, each with the level it is for.
local function rows_among(tuned, kernels)
    local rows, known = {}, {}
    for _, kernel in ipairs(kernels) do
        known[kernel.name] = true
    end
    for _, row in ipairs(tuned.rows) do
        row.isa = tuned.isa
        rows[#rows + 1] = known[row.gemv] and known[row.few] and known[row.gemm] and row or nil
    end
    return rows
end

-- Those of the kernels that the library has with the rows' choices in it.
local function in_library(kernels, rows)
    local chosen, found = selection.library(kernels, rows), {}
    for _, kernel in ipairs(kernels) do
        found[#found + 1] = chosen[kernel.name] and kernel or nil
    end
    return found
end

-- What explain/candidates.lua calls a view.
local function view_of(problem, library, levels, all)
    local kernels, refused = space.kernels({ problem.format },
        modes.of_library(library.mode, library.llama), levels, library.model)
    local compiled, others = compiling.of(kernels, library.candidates)
    local serving, failed = modes.serving(problem.mode, library.mode), {}
    for _, row in ipairs(library.tuned.failed) do
        failed[row.kernel] = row.reason
    end
    local rows, level = rows_among(library.tuned, compiled), levels[#levels]
    local choice = plan.choose(in_library(compiled, rows), rows, problem, level,
        library.streams)
    return { problem = problem, modes = serving, kernels = of_modes(compiled, serving),
        others = of_modes(others, serving), refused = refused, failed = failed, all = all,
        choice = choice,
        note = library.model and library.model.note,
        samples = samples_for(library.tuned, problem, choice and choice.row),
        default = plan.default(in_library(compiled, {}), problem, level, library.streams) }
end

function explain_problem.run(args)
    local problem = parse(args.what)
    if args.folder and args.target then
        fail("--target %s: has no place beside %s, whose targets are its own (--isa names a level)",
            args.target, args.folder)
    end
    local library = args.folder and open_library(args.folder, problem)
        or imagine_library(args.target)
    problem.mode = args.mode or library.mode
    if not is_served(library, problem.mode) then
        fail("--mode %s: %s was generated with --mode %s", problem.mode, library.place,
            library.mode)
    end
    local levels = levels_of(library, args.isa)
    local view = view_of(problem, library, levels, args.all)
    say("%s %d x %d, mode %s, on %s of %s", problem.name, problem.m, problem.k, problem.mode,
        table.concat(list.names(levels), " with "), library.place)
    for _, lines in ipairs({ explain_candidates.lines(view), explain_choice.lines(view),
        { library.remark } }) do
        for _, line in ipairs(lines) do
            say("%s", line)
        end
    end
end

return explain_problem
