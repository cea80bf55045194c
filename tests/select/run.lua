-- run.lua MODULE: does choice/plan.lua say what runtime/select/select.c chooses? Every preset in
-- several formats, for the ISA levels of every target, on a CPU of each level, tuned and not; the
-- runtime is MODULE (select_lua.c).
local ROOT = arg[0]:match("^(.*)/tests/select/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", package.path }, ";")

local check = require("check")
local format = require("input.format")
local home = require("base.home")
local isa = require("input.isa")
local kernel_cost = require("space.kernel_cost")
local library_record = require("library.record")
local list = require("base.list")
local models = require("source.models")
local modes = require("input.modes")
local ops = require("input.ops")
local plan = require("choice.plan")
local residencies = require("input.residencies")
local selection = require("choice.selection")
local space = require("space.space")
local targets = require("input.targets")

home.path = ROOT

local runtime = assert(package.loadlib(arg[1], "luaopen_select_lua"))()
local CONSTANTS = runtime.constants

local FORMATS = { "w1g128", "w2g128", "w3g64z", "w4rowf32", "t" }

-- ---- Libraries ----------------------------------------------------------------------------

-- Kernels are made once for all libraries that ask for the same.
local make_kernels, made = space.kernels, {}
function space.kernels(formats, names, isas, model)
    local key = table.concat({ formats[1].key, table.concat(names, ","),
        table.concat(list.names(isas), ",") }, " ")
    made[key] = made[key] or table.pack(make_kernels(formats, names, isas, model))
    return table.unpack(made[key])
end

-- All presets.
local function presets()
    local records = {}
    for index, name in ipairs(models.presets()) do
        records[index] = models.read(name)
    end
    return records
end

local PRESETS = presets()

-- The record of the library for these ISA levels, whose kernels are asked for in `mode`.
local function library_of(isas, name, mode, tuned)
    return assert(library_record.of({ models = PRESETS, model_names = {}, formats = { name },
        targets = {}, mode = mode, flags = {}, isas = isas }, tuned, "0"))
end

-- The lists of ISA levels that targets have, each once.
local function lists_of_isas()
    local lists, seen = {}, {}
    for _, entry in ipairs(targets.list()) do
        local key = table.concat(entry.isas, " ")
        if entry.name ~= "native" and not seen[key] then
            seen[key] = true
            lists[#lists + 1] = entry.isas
        end
    end
    return lists
end

-- ---- The runtime's side -------------------------------------------------------------------

local function constant(prefix, word)
    return assert(CONSTANTS[prefix .. word:upper()], prefix .. word)
end

local function bits_of(level)
    local bits = 0
    for _, need in ipairs(level.needs) do
        bits = bits | constant("", need)
    end
    return bits
end

-- The records of a library as the module takes them. The few that prepare activations and the rows
-- of a tuning file have no ISA records, but names.
local function flat(record)
    local index, layouts, seen = {}, {}, {}
    local library = { isas = {}, kernels = {}, prepares = {}, tuned = {}, layouts = layouts }
    for place, level in ipairs(record.isas) do
        index[level.name] = place - 1
        library.isas[place] = { name = level.name, needs = bits_of(level),
            base = index[level.adds_to or level.name] }
    end
    for _, kernel in ipairs(record.kernels) do
        local layout = kernel.layout
        if record.chosen[kernel.name] and not seen[layout.name] then
            layouts[#layouts + 1] = layout
            seen[layout.name] = #layouts - 1
        end
        library.kernels[#library.kernels + 1] = record.chosen[kernel.name] and {
            name = kernel.name, schedule = kernel.schedule, layout = seen[layout.name],
            format = kernel.format.key,
            isa = index[kernel.isa.name], op = constant("LOOM_OP_", kernel.op),
            mode = constant("LOOM_", kernel.mode), act = constant("LOOM_ACT_", kernel.act),
            tokens = kernel.tokens, tmac = kernel.tmac and 1 or 0, rank = kernel.rank,
            cost = tonumber(kernel_cost.text(kernel.cost)) } or nil
    end
    for place, prepare in ipairs(record.prepares) do
        library.prepares[place] = { isa = index[prepare.isa.name],
            act = constant("LOOM_ACT_", prepare.act) }
    end
    for place, row in ipairs(record.tuned) do
        library.tuned[place] = setmetatable({ isa = index[row.isa],
            mode = constant("LOOM_", row.mode), residency = constant("LOOM_", row.residency) },
            { __index = row })
    end
    return library
end

local WHY = {}
for _, why in ipairs({ "default", "nearest", "tuned" }) do
    WHY[constant("LOOM_CHOICE_", why)] = why
end

-- What the runtime chooses, as a text: why, and the names of the kernels; nil where it refuses.
local function runtime_choice(registry, problem, features)
    local why, gemv, few, gemm = runtime.choose(registry, { format = problem.name, m = problem.m,
        k = problem.k, mode = constant("LOOM_", problem.mode) }, features)
    return why and ("%s: %s %s %s"):format(WHY[why], gemv, few, gemm)
end

-- ---- The generator's side -----------------------------------------------------------------

-- The highest of the library's levels that a CPU with these features runs.
local function level_of(record, features)
    local highest
    for _, level in ipairs(record.isas) do
        highest = bits_of(level) & ~features == 0 and level or highest
    end
    return highest
end

local function chosen_kernels(record)
    local found = {}
    for _, kernel in ipairs(record.kernels) do
        found[#found + 1] = record.chosen[kernel.name] and kernel or nil
    end
    return found
end

local function generator_choice(kernels, rows, problem, level, streams)
    local choice = plan.choose(kernels, rows, problem, level, streams)
    return choice and ("%s: %s %s %s"):format(choice.why, choice.gemv.name, choice.few.name,
        choice.gemm.name)
end

-- ---- Measurements -------------------------------------------------------------------------

-- Numbers from 1 to `most`, the same in every run.
local state = 1
local function random(most)
    state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return (state >> 33) % most + 1
end

-- The distinct shapes of all presets.
local function shapes()
    local found, seen = {}, {}
    for _, preset in ipairs(PRESETS) do
        for _, layer in ipairs(preset.layers) do
            local key = layer.m .. "x" .. layer.k
            found[#found + 1] = not seen[key] and { m = layer.m, k = layer.k } or nil
            seen[key] = true
        end
    end
    return found
end

local SHAPES = shapes()

-- All pairs of kernels of one layout, of a level and the one it adds to, with what may stand beside
-- them for a few tokens; T-MAC's schedule too, which nothing may choose.
local function pairs_of(record, level, mode)
    local ops_of, found = { gemv = {}, few = {}, gemm = {} }, {}
    for _, kernel in ipairs(record.kernels) do
        if (kernel.isa == level or kernel.isa.name == level.adds_to)
            and list.contains(modes.of_library(mode), kernel.mode) then
            table.insert(ops_of[kernel.op], kernel)
        end
    end
    for _, gemv in ipairs(ops_of.gemv) do
        for _, gemm in ipairs(ops_of.gemm) do
            if gemm.layout.name == gemv.layout.name then
                found[#found + 1] = { gemv = gemv.name, few = gemm.name, gemm = gemm.name }
                for _, few in ipairs(ops_of.few) do
                    found[#found] = few.layout.name == gemv.layout.name and random(2) == 1
                        and { gemv = gemv.name, few = few.name, gemm = gemm.name } or found[#found]
                end
            end
        end
    end
    return found
end

-- Rows as if half of the shapes, and some that are as far from one as from another, had been
-- measured on `level`: in all modes but one, here and there twice.
local function measurements(record, name, level)
    local rows = {}
    local function measure(mode, choices, m, k)
        rows[#rows + 1] = setmetatable({ format = format.parse(name).key, mode = mode, m = m, k = k,
            threads = random(2), residency = residencies.list[random(2)], isa = level.name },
            { __index = choices[random(#choices)] })
    end
    for place, mode in ipairs(modes.asked) do
        local choices = pairs_of(record, level, mode)
        for _, shape in ipairs(place ~= random(#modes.asked) and #choices > 0 and SHAPES or {}) do
            for _ = 1, random(4) - 2 do -- for half of them
                measure(mode, choices, shape.m, shape.k)
                measure(mode, choices, 2 * shape.m, shape.k)
                measure(mode, choices, shape.m, 2 * shape.k)
            end
        end
    end
    return rows
end

-- ---- Both ---------------------------------------------------------------------------------

local compared = 0

-- Every third of the shapes, in turn: each is asked for in many libraries, on many CPUs.
local turn = 0
local function some_shapes()
    local found = {}
    for place = turn % 3 + 1, #SHAPES, 3 do
        found[#found + 1] = SHAPES[place]
    end
    turn = turn + 1
    return found
end

-- All problems of the library on CPUs with these features, which run this level, in all modes.
local function compare(record, registry, name, level, features)
    local kernels = chosen_kernels(record)
    for _, mode in ipairs(modes.asked) do
        for _, shape in ipairs(#record.tuned > 0 and some_shapes() or { SHAPES[1] }) do
            local problem = { name = name, format = format.parse(name), mode = mode, m = shape.m,
                k = shape.k }
            local theirs = runtime_choice(registry, problem, features)
            local ours = generator_choice(kernels, record.tuned, problem, level,
                features & CONSTANTS.LOOM_CPU_STREAMS ~= 0)
            check.equal(ours, theirs, ("%s %s %dx%d, levels %s, on %s"):format(name, mode, shape.m,
                shape.k, table.concat(list.names(record.isas), " "), level.name))
            compared = compared + (ours and 1 or 0)
        end
    end
end

-- A library on a CPU of each of its levels, and on one that has all features of its architecture.
local function compare_everywhere(record, name)
    local registry = runtime.registry(flat(record))
    local arch, all = record.isas[#record.isas].arch, 0
    for _, level in ipairs(record.isas) do
        compare(record, registry, name, level, bits_of(level))
        if level.streams then
            compare(record, registry, name, level,
                bits_of(level) | CONSTANTS.LOOM_CPU_STREAMS)
        end
    end
    for _, level in ipairs(isa.list) do
        all = all | (level.arch == arch and bits_of(level) or 0)
    end
    compare(record, registry, name, level_of(record, all), all)
end

for _, name in ipairs(FORMATS) do
    check.case("select: " .. name, function()
        for _, isas in ipairs(lists_of_isas()) do
            local record = library_of(isas, name, "fastest", {})
            compare_everywhere(record, name)
            for place = #isas, math.max(1, #isas - 1), -1 do
                local level = record.isas[place]
                compare_everywhere(library_of(isas, name, "fastest",
                    measurements(record, name, level)), name)
            end
        end
    end)
end

check.case("select: costs that the registry rounds to the same", function()
    for _, isas in ipairs(lists_of_isas()) do
        local record, kernels = library_of(isas, "w2g128", "fastest", {}), {}
        for index, kernel in ipairs(record.kernels) do
            kernels[index] = setmetatable({ cost = 0.5 + random(40) * 1e-6 }, { __index = kernel })
        end
        compare_everywhere(setmetatable({ kernels = kernels }, { __index = record }), "w2g128")
    end
end)

for _, mode in ipairs(modes.list) do
    check.case("select: a library of mode " .. mode, function()
        for _, isas in ipairs(lists_of_isas()) do
            compare_everywhere(library_of(isas, "w2g128", mode, {}), "w2g128")
        end
    end)
end

-- Whether the words have the runtime's order.
local function has_order(prefix, words)
    for place = 2, #words do
        check.equal(constant(prefix, words[place - 1]) < constant(prefix, words[place]), true,
            words[place])
    end
end

check.case("select: words and limits are the runtime's", function()
    has_order("LOOM_OP_", ops.list)
    has_order("LOOM_", modes.asked)
    has_order("LOOM_", residencies.list)
    check.equal(ops.FEW_TOKENS, CONSTANTS.LOOM_FEW_TOKENS)
    check.equal(selection.GEMM_WEIGHT, CONSTANTS.LOOM_GEMM_WEIGHT)
end)

print(("%d choices compared; %d passed, %d failed"):format(compared, check.passed, check.failed))
os.exit(check.failed == 0 and compared > 0)
