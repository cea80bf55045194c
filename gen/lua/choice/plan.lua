-- What a plan gets for a problem, as the runtime has it: of a library's kernels and the choices of
-- a tuning file, on a CPU of one ISA level. Pure.
--
-- It tells what runtime/select/ does, since the generator runs under a stock
-- interpreter too, which has no C. tests/select holds the two against each other.
--
-- A problem is { format = record of format.lua, mode =, m =, k = }; a level is a record of isa.lua,
-- the highest of the library's that the CPU runs. A row is a tuning file's, with the name of the
-- level that it was measured on. A choice is { why = "tuned", "nearest" or "default", gemv =,
-- few =, gemm = records, row = the tuning file's, if any }.
local format = require("input.format")
local isa = require("input.isa")
local kernel_cost = require("space.kernel_cost")
local MODES = require("input.modes").asked
local OPS = require("input.ops").list
local selection = require("choice.selection")

local plan = {}

local mode_index = {}
for index, mode in ipairs(MODES) do
    mode_index[mode] = index
end

-- Whether a plan may have the kernel, of this level or of the one that it adds to.
local function is_allowed(kernel, problem, level)
    return (kernel.isa == level or kernel.isa.name == level.adds_to) and not kernel.tmac
        and kernel.format.key == problem.format.key
        and (problem.mode == "fastest" or kernel.mode == problem.mode)
end

local function allowed(kernels, problem, level)
    local found = {}
    for _, kernel in ipairs(kernels) do
        found[#found + 1] = is_allowed(kernel, problem, level) and kernel or nil
    end
    return found
end

-- ---- What the model takes -----------------------------------------------------------------

-- Smaller is better, and the first number that differs decides. 7-bit tables are for those who ask
-- for them.
local function order_of(pair)
    local gemv, gemm = pair.gemv, pair.gemm
    return {
        (gemv.mode == "table7" or gemm.mode == "table7") and 1 or 0,
        selection.pair_cost(kernel_cost.stored(gemv.cost), kernel_cost.stored(gemm.cost)),
        gemv.rank,
        gemm.rank,
        mode_index[gemv.mode],
        mode_index[gemm.mode],
    }
end

local function is_better(pair, best)
    pair.order, best.order = pair.order or order_of(pair), best.order or order_of(best)
    for index, value in ipairs(pair.order) do
        if value ~= best.order[index] then
            return value < best.order[index]
        end
    end
    return false
end

-- The best kernel made for a few tokens in the pair's layout, or else the pair's GEMM kernel. 7-bit
-- tables are less exact than what a pair without them promises.
local function few_of(members, pair)
    local best
    for _, kernel in ipairs(members) do
        if kernel.op == "few" and kernel.layout.name == pair.gemv.layout.name
            and (kernel.mode ~= "table7" or pair.gemm.mode == "table7")
            and (not best or kernel.isa.index > best.isa.index
                or kernel.isa == best.isa and kernel.rank < best.rank) then
            best = kernel
        end
    end
    return best or pair.gemm
end

-- The kernel as a CPU has it that reads memory fastest without prefetches.
local function without_prefetches(members, kernel)
    local bare = selection.without_prefetches(kernel)
    for _, member in ipairs(members) do
        if member.name == bare then
            return member
        end
    end
    return kernel
end

-- What a plan gets where nothing was measured, or nil if no two kernels go together.
function plan.default(kernels, problem, level, streams)
    local members, best = allowed(kernels, problem, level), nil
    for _, gemv in ipairs(members) do
        for _, gemm in ipairs(gemv.op == "gemv" and members or {}) do
            local pair = gemm.op == "gemm" and gemm.layout.name == gemv.layout.name
                and { why = "default", gemv = gemv, gemm = gemm }
            if pair and (not best or is_better(pair, best)) then
                best = pair
            end
        end
    end
    if best then
        best.few = few_of(members, best)
        best.gemv = streams and without_prefetches(members, best.gemv) or best.gemv
    end
    return best
end

-- ---- What was measured --------------------------------------------------------------------

local function ratio(a, b)
    return math.max(a, b) / math.min(a, b)
end

-- How far a row's shape is from the problem's; 1 where it is the same.
local function distance(row, problem)
    return ratio(row.m, problem.m) * ratio(row.k, problem.k)
end

-- Whether a row is for the problem. What was measured on a lesser CPU says nothing about this one.
local function is_for(row, problem, level)
    local weights = format.parse(row.format)
    return row.mode == problem.mode and weights and weights.key == problem.format.key
        and isa.by_name[row.isa].index >= level.index
end

-- Whether the kernels of a choice are there and go together.
local function is_whole(choice)
    local gemv, few, gemm = choice.gemv, choice.few, choice.gemm
    return gemv and few and gemm and gemv.op == "gemv" and gemm.op == "gemm" and few.op ~= "gemv"
        and gemm.layout.name == gemv.layout.name and few.layout.name == gemv.layout.name
end

-- The row's kernels as a choice, or nil where it is for something else or not for this level.
local function choice_of(row, by_name, problem, level)
    if not is_for(row, problem, level) then
        return nil
    end
    local choice = { row = row, distance = distance(row, problem) }
    for _, op in ipairs(OPS) do
        choice[op] = by_name[row[op]]
    end
    choice.why = choice.distance == 1 and "tuned" or "nearest"
    return is_whole(choice) and choice or nil
end

-- Of choices for the very same the later one counts.
local function goes_before(a, b)
    if a.distance ~= b.distance then
        return a.distance < b.distance
    elseif a.row.residency ~= b.row.residency then
        return a.row.residency == "dram"
    elseif a.row.threads ~= b.row.threads then
        return a.row.threads > b.row.threads
    end
    return a.row.m == b.row.m and a.row.k == b.row.k or is_better(a, b)
end

-- The choice among the rows of a tuning file that goes first for the problem, or nil.
local function measured(kernels, rows, problem, level)
    local by_name, best = {}, nil
    for _, kernel in ipairs(allowed(kernels, problem, level)) do
        by_name[kernel.name] = kernel
    end
    for _, row in ipairs(rows) do
        local choice = choice_of(row, by_name, problem, level)
        if choice and (not best or goes_before(choice, best)) then
            best = choice
        end
    end
    return best
end

-- The choice for the problem, or nil where the level has none and a plan takes a lower one's.
function plan.choose(kernels, rows, problem, level, streams)
    return measured(kernels, rows, problem, level)
        or plan.default(kernels, problem, level, streams)
end

return plan
