-- What `lutloom explain --mca` says: how fast the model of a CPU runs a kernel's hot loop, what
-- limits it, and T-MAC's schedule beside it.
local cores = require("mca.cores")
local fail = require("base.fail").fail
local list = require("base.list")
local loop_model = require("mca.loop_model")
local targets = require("input.targets")
local temporary = require("base.temporary")

local explain_mca = {}

-- The targets with a model that pass `test`.
local function modelled(test)
    local found = {}
    for _, target in ipairs(targets.list()) do
        if target.mca and test(target) then
            found[#found + 1] = target
        end
    end
    return found
end

local function names_with(isa)
    local found = modelled(function(target)
        return list.contains(target.isas, isa)
    end)
    return #found > 0 and table.concat(list.names(found), ", ") or "none"
end

-- The only target with a model whose highest level is `isa`.
local function only_target(isa)
    local found = modelled(function(target)
        return target.isas[#target.isas] == isa
    end)
    if #found ~= 1 then
        fail("--mca: --target is missing; with a model and %s there are: %s", isa, names_with(isa))
    end
    return found[1]
end

-- The target of that name, or the only one for the ISA level where there is no name.
local function find_target(name, isa)
    local target = name and targets.find(name) or only_target(isa)
    if not target.mca then
        fail("--target %s: names no model of llvm-mca; with one and %s there are: %s", name, isa,
            names_with(isa))
    elseif not list.contains(target.isas, isa) then
        fail("--target %s: has no %s; with it and a model there are: %s", name, isa,
            names_with(isa))
    end
    return target
end

-- Whose figures they are; `simulated` is what llvm-mca itself says, where a core corrects it.
local function source_of(target, simulated)
    if not simulated then
        return ("llvm-mca's %s"):format(target.mca)
    end
    return ("corrected by %s (llvm-mca's %s: %.1f a cycle)"):format(cores.path(target.name),
        target.mca, loop_model.speed(simulated))
end

local function lines_of(record, target, result, simulated, tmac)
    local gemv = record.op == "gemv"
    return {
        ("On %s, %s, one round of its loop, %d rows x %d codes x %d tokens:"):format(
            target.name, source_of(target, simulated), result.rows, result.k,
            result.tokens),
        ("    %.1f cycles, %.1f %s a cycle"):format(result.cycles, loop_model.speed(result),
            gemv and "weights" or "multiply-adds"),
        ("    limited by %s: %.1f cycles"):format(result.limit.name, result.limit.cycles),
        ("    T-MAC's schedule: %s"):format(tmac and ("%.1f weights a cycle"):format(tmac) or "-"),
    }
end

-- Models the kernel of `record` on the target of that name (or nil); what comes out as lines.
function explain_mca.lines(record, target_name)
    if record.isa.name == "c" then
        fail("%s: portable C has no loop of vectors to model", record.name)
    end
    local target = find_target(target_name, record.isa.name)
    local folder <close> = temporary.folder()
    local job = loop_model.job({ record }, target)
    local simulation = { kernels = { record }, target = target }
    local outcomes = loop_model.run({ job, job.core and simulation }, folder.path, record.name)
    local result = outcomes[1].results[record.name]
        or fail("%s: %s", record.name, outcomes[1].unknown[record.name])
    return lines_of(record, target, result, outcomes[2] and outcomes[2].results[record.name],
        loop_model.tmac(record.format, target, folder.path, "T-MAC's schedule"))
end

return explain_mca
