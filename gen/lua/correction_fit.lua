-- Fits a correction table to measurements: of each ISA level, op and method how many times longer
-- it took than its model says. Pure.
local kernel_cost = require("kernel_cost")
local list = require("list")
local plan = require("plan")

local correction_fit = {}

-- Tokens that a kernel's own model is of: those for many are measured for a few, too.
local function is_own(op, n)
    return op == "gemv" and n == 1 or op == "few" and n > 1 and n <= plan.FEW_TOKENS
        or op == "gemm" and n > plan.FEW_TOKENS
end

local function median(values)
    table.sort(values)
    local middle = #values // 2
    return #values % 2 == 1 and values[middle + 1] or (values[middle] + values[middle + 1]) / 2
end

-- Level, op and method, each with `ratios`: seconds a modelled operation of all samples of one
-- thread with weights in its caches.
local function groups_of(samples, kernels)
    local by_name, groups = {}, {}
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    for _, sample in ipairs(samples) do
        local kernel = by_name[sample.kernel]
        if kernel and sample.threads == 1 and sample.residency == "cache"
            and is_own(kernel.op, sample.n) then
            local level, op, method = kernel.isa.name, kernel.op, kernel_cost.method(kernel)
            local group = list.keyed(groups, table.concat({ level, op, method }, " "),
                { level = level, op = op, method = method, ratios = {} })
            table.insert(group.ratios,
                sample.seconds / (kernel.ops * sample.m * sample.k * sample.n))
        end
    end
    return groups
end

-- The factors (corrections.lua) of samples, and the clock in Hz that makes their median 1; nil
-- where no sample counts.
-- @param kernels  records of space.kernels by a model without factors
function correction_fit.factors(samples, kernels)
    local groups, ratios, factors = groups_of(samples, kernels), {}, {}
    if #groups == 0 then
        return nil
    end
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
