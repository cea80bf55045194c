-- What a plan gets for a problem, as runtime/select.c has it: from the records of one ISA level and
-- the choices of a tuning file. Pure.
--
-- A problem is { format = record of format.lua, mode =, m =, k = };
a choice is { why = "tuned",
-- "nearest" or "default", gemv =, few =, gemm = records, row = the tuning file's, if any }.
local format = require("input.format")
local OPS = require("space.name").OPS
local selection = require("choice.selection")

local plan = {}

-- LOOM_FEW_TOKENS of runtime/registry.h: the most that a kernel for few tokens serves.
plan.FEW_TOKENS = 8

-- Whether a request for `mode` may be served by kernels of another: 7-bit tables are for those who
-- ask for them.
function plan.serves(kernel_mode, mode)
    return kernel_mode == mode or mode == "fastest" and kernel_mode ~= "table7"
end

-- The kernels that a library has untuned for the mode.
local function untuned(kernels, mode)
    local members = {}
    for _, defaults in pairs(selection.defaults(kernels)) do
        for _, kernel in pairs(defaults) do
            members[#members + 1] = plan.serves(kernel.mode, mode) and kernel or nil
        end
    end
    table.sort(members, function(a, b)
        return a.rank ~= b.rank and a.rank < b.rank or a.rank == b.rank and a.name < b.name
    end)
    return members
end

-- What a plan gets where nothing was measured, or nil if no two kernels go together.
function plan.default(kernels, mode)
    local members, found, least = untuned(kernels, mode), nil, math.huge
    for _, gemv in ipairs(members) do
        for _, gemm in ipairs(gemv.op == "gemv" and members or {}) do
            local cost = gemm.op == "gemm" and gemm.layout.name == gemv.layout.name
                and selection.pair_cost(gemv.cost, gemm.cost) or math.huge
            if cost < least then
                found, least = { why = "default", gemv = gemv, few = gemm, gemm = gemm }, cost
            end
        end
    end
    for index = #members, 1, -1 do
        local few = members[index]
        if found and few.op == "few" and few.layout.name == found.gemv.layout.name then
            found.few = few
        end
    end
    return found
end

local function ratio(a, b)
    return math.max(a, b) / math.min(a, b)
end

-- How far a row's shape is from the problem's; 1 where it is the same.
local function distance(row, problem)
    return ratio(row.m, problem.m) * ratio(row.k, problem.k)
end

-- The row's kernels as a choice, or nil where it is for something else or not for this level.
local function choice_of(row, by_name, problem)
    local weights = format.parse(row.format)
    if row.mode ~= problem.mode or not weights or weights.key ~= problem.format.key then
        return nil
    end
    local choice = { row = row, distance = distance(row, problem) }
    for _, op in ipairs(OPS) do
        choice[op] = by_name[row[op]]
    end
    choice.why = choice.distance == 1 and "tuned" or "nearest"
    return choice.gemv and choice.few and choice.gemm and choice
end

-- Of choices for the very same the later one counts.
local function goes_before(a, b)
    if a.distance ~= b.distance then
        return a.distance < b.distance
    elseif a.row.residency ~= b.row.residency then
        return a.row.residency == "dram"
    elseif a.row.threads ~= b.row.threads then
        return a.row.threads < b.row.threads
    end
    return a.row.m == b.row.m and a.row.k == b.row.k
        or selection.pair_cost(a.gemv.cost, a.gemm.cost)
            < selection.pair_cost(b.gemv.cost, b.gemm.cost)
end

-- The choice among the rows of a tuning file that goes first for the problem, or nil.
local function measured(kernels, rows, problem)
    local by_name, best = {}, nil
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    for _, row in ipairs(rows) do
        local choice = choice_of(row, by_name, problem)
        if choice and (not best or goes_before(choice, best)) then
            best = choice
        end
    end
    return best
end

-- The choice for the problem, or nil where the level has none and a plan takes a lower one's.
function plan.choose(kernels, rows, problem)
    return measured(kernels, rows, problem) or plan.default(kernels, problem.mode)
end

return plan
