-- Fits a correction table to measurements: of each ISA level, op and method how many times longer
-- it took than its model says. Pure.
local kernel_cost = require("space.kernel_cost")
local list = require("base.list")
local name = require("space.name")
local op_of = require("input.ops").of

local correction_fit = {}

local function median(values)
    table.sort(values)
    local middle = #values // 2
    return #values % 2 == 1 and values[middle + 1] or (values[middle] + values[middle + 1]) / 2
end

-- Those of a tuning file's samples that say what a core does: alone, undisturbed, the weights in
-- its caches, and as many tokens as the kernel is for (those for many are measured for a few, too).
function correction_fit.samples(all)
    local found = {}
    for _, sample in ipairs(all) do
        local kernel = name.parse(sample.kernel)
        local counts = kernel and op_of(sample.n) == kernel.op and sample.threads == 1
            and sample.residency == "cache" and sample.quiet > 0
        found[#found + 1] = counts and sample or nil
    end
    return found
end

-- Level, op and method, each with `ratios`: seconds a modelled operation of all its samples; or nil
-- and a message where a sample's kernel is no more.
local function groups_of(samples, kernels)
    local by_name, groups = {}, {}
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    for _, sample in ipairs(samples) do
        local kernel = by_name[sample.kernel]
        if not kernel then
            return nil, ("there is no kernel %s any more"):format(sample.kernel)
        end
        local level, op, method = kernel.isa.name, kernel.op,
            name.method(kernel.family, kernel.method)
        local group = list.keyed(groups, table.concat({ level, op, method }, " "),
            { level = level, op = op, method = method, ratios = {} })
        table.insert(group.ratios,
            sample.seconds / (kernel.ops * sample.m * sample.k * sample.n))
    end
    return groups
end

-- The factors (corrections.lua) of samples, at least one, and the clock in Hz that makes the
-- factors' median 1; or nil and a message.
-- @param kernels  theirs: records of space.kernels by a model without factors
function correction_fit.factors(samples, kernels)
    local groups, reason = groups_of(samples, kernels)
    if not groups then
        return nil, reason
    end
    local ratios, factors = {}, {}
    for index, group in ipairs(groups) do
        group.ratio = median(group.ratios)
        ratios[index] = group.ratio
    end
    local usual = median(ratios)
    for _, group in ipairs(groups) do
        local ops = factors[group.level] or {}
        local methods = ops[group.op] or {}
        factors[group.level], ops[group.op] = ops, methods
        methods[group.method] = group.ratio / usual
    end
    return factors, 1 / (kernel_cost.OPS * usual)
end

return correction_fit
