-- What to measure, and which measured kernels win. Pure.
--
-- A problem has one layout, so a GEMV and a GEMM kernel are chosen together: the pair of one
-- layout with the least
--     seconds of the GEMV + GEMM_WEIGHT * seconds of the GEMM for one token.
-- A pair within NOISE of the best is as good; of those, the generator's order decides. For a few
-- tokens the fastest kernel of that layout serves, if one was measured; else the pair's GEMM.
local OPS = require("name").OPS

local tune = {}

-- Tokens that are read for one that is written: a decoded token costs a whole GEMV, and
-- engines are judged by it.
tune.GEMM_WEIGHT = 0.25

-- LOOM_FEW_TOKENS of runtime/kernel.h.
tune.FEW_TOKENS = 8

-- What a pair costs: its GEMV's seconds, and its GEMM's for n tokens.
function tune.pair_cost(gemv_seconds, gemm_seconds, n)
    return gemv_seconds + tune.GEMM_WEIGHT * gemm_seconds / n
end

-- What two medians of one kernel may differ by.
tune.NOISE = 0.02

-- The format's name without `arow`, `tensor` as `row`: what a tuned row is for.
local function key_of(name, parse)
    return parse(name).key
end

-- { format = key, m =, k = } for each distinct problem of the rows (manifest's `problems`), in
-- their order. `parse` is format.parse.
function tune.problems(rows, parse)
    local problems, seen = {}, {}
    for _, row in ipairs(rows) do
        local key = key_of(row.format, parse)
        local text = ("%s %d %d"):format(key, row.m, row.k)
        if not seen[text] then
            seen[text] = true
            problems[#problems + 1] = { format = key, m = row.m, k = row.k }
        end
    end
    return problems
end

-- Samples that may win: verified, of a known kernel that is not T-MAC's, in `mode`. Kernels
-- with 7-bit tables win only where that mode is asked for by name.
local function eligible(samples, kernels, mode)
    local found = {}
    for _, sample in ipairs(samples) do
        local kernel = kernels[sample.kernel]
        local served = kernel and (kernel.mode == mode
            or mode == "fastest" and kernel.mode ~= "table7")
        if served and sample.verified == true and not kernel.tmac and (sample.seconds or 0) > 0 then
            found[#found + 1] = { kernel = kernel, seconds = sample.seconds, n = sample.n }
        end
    end
    return found
end

local function pairs_of_one_layout(samples)
    local list = {}
    for _, gemv in ipairs(samples) do
        for _, gemm in ipairs(gemv.kernel.op == "gemv" and samples or {}) do
            if gemm.kernel.op == "gemm" and gemm.n > tune.FEW_TOKENS
                and gemm.kernel.layout == gemv.kernel.layout then
                list[#list + 1] = { gemv = gemv, gemm = gemm,
                    cost = tune.pair_cost(gemv.seconds, gemm.seconds, gemm.n) }
            end
        end
    end
    return list
end

-- The fastest sample for a few tokens in a pair's layout.
local function few_of(pair, samples)
    local best
    for _, sample in ipairs(samples) do
        if sample.n > 1 and sample.n <= tune.FEW_TOKENS
            and sample.kernel.layout == pair.gemv.kernel.layout
            and (not best or sample.seconds < best.seconds) then
            best = sample
        end
    end
    return best or pair.gemm
end

-- The generator's order: by rank, then by name so that equals have an order too.
local function comes_first(a, b)
    local x, y = a.gemv.kernel, b.gemv.kernel
    if x.name == y.name then
        x, y = a.gemm.kernel, b.gemm.kernel
    end
    if x.rank ~= y.rank then
        return x.rank < y.rank
    end
    return x.name < y.name
end

-- The row of the tuning file for a problem and a mode, or nil if no pair was measured.
-- @param samples rows of loom-bench --json for the problem
-- @param kernels name -> kernel of the manifest
function tune.choose(problem, mode, samples, kernels)
    local found = eligible(samples, kernels, mode)
    local list = pairs_of_one_layout(found)
    local least = math.huge
    for _, pair in ipairs(list) do
        least = math.min(least, pair.cost)
    end
    local best
    for _, pair in ipairs(list) do
        if pair.cost <= least * (1 + tune.NOISE) and (not best or comes_first(pair, best)) then
            best = pair
        end
    end
    if not best then
        return nil
    end
    best.few = few_of(best, found)
    local row = { format = problem.format, mode = mode, m = problem.m, k = problem.k }
    for _, op in ipairs(OPS) do
        row[op] = best[op].kernel.name
        row[op .. "_seconds"], row[op .. "_n"] = best[op].seconds, best[op].n
    end
    return row
end

return tune
