-- Which kernels go into the library, and which are candidates for the tools alone.
--
-- Every format, mode and ISA has a default: the pair of a GEMV and a GEMM kernel of one layout that
-- costs least by the model, of those that methods list: measuring elsewhere has left them. Where
-- something was measured here, the winners take its place. A default that prefetches comes with the
-- same kernel without, where some CPUs of the level are faster so.
local isa = require("input.isa")
local name = require("space.name")
local OPS = require("input.ops").list

local selection = {}

-- Tokens that are read for one that is written, LOOM_GEMM_WEIGHT of runtime/registry.h.
selection.GEMM_WEIGHT = 4

-- What a pair costs, of what its GEMV and its GEMM cost for one token.
function selection.pair_cost(gemv, gemm)
    return gemv + selection.GEMM_WEIGHT * gemm
end

local function group_of(kernel, level)
    return ("%s %s %s"):format(kernel.format.key, kernel.mode, level or kernel.isa.name)
end

-- Whether a kernel may be taken that was not measured.
local function may_be_default(kernel)
    return kernel.listed and not kernel.tmac
end

local function best(kernels, op, layout)
    local found
    for _, kernel in ipairs(kernels) do
        if kernel.op == op and may_be_default(kernel)
            and (not layout or kernel.layout.name == layout.name)
            and (not found or kernel.rank < found.rank) then
            found = kernel
        end
    end
    return found
end

-- The pair of kernels of one layout with the least cost: a GEMV's, and GEMM_WEIGHT times that of a
-- GEMM.
local function default_pair(kernels)
    local gemv, gemm, least = nil, nil, math.huge
    for _, kernel in ipairs(kernels) do
        local partner = kernel.op == "gemv" and may_be_default(kernel)
            and best(kernels, "gemm", kernel.layout)
        local cost = partner and selection.pair_cost(kernel.cost, partner.cost)
        if partner and (cost < least or cost == least and kernel.rank < gemv.rank) then
            gemv, gemm, least = kernel, partner, cost
        end
    end
    return gemv, gemm
end

-- Gives the groups of levels that add to another what they lack: that one's kernels of such an op.
local function complete(groups, kernels)
    local ops = {}
    for group, members in pairs(groups) do
        ops[group] = {}
        for _, kernel in ipairs(members) do
            ops[group][kernel.op] = true
        end
    end
    for _, kernel in ipairs(kernels) do
        for _, level in ipairs(isa.list) do
            local group = level.adds_to == kernel.isa.name and group_of(kernel, level.name)
            if group and ops[group] and not ops[group][kernel.op] then
                table.insert(groups[group], kernel)
            end
        end
    end
end

-- "format mode isa" -> { gemv =, few =, gemm = } over all kernels that have such a pair; few
-- is nil where no kernel of the layout is made for a few tokens.
function selection.defaults(kernels)
    local groups, defaults = {}, {}
    for _, kernel in ipairs(kernels) do
        local group = group_of(kernel)
        groups[group] = groups[group] or {}
        table.insert(groups[group], kernel)
    end
    complete(groups, kernels)
    for group, members in pairs(groups) do
        local gemv, gemm = default_pair(members)
        if gemv then
            defaults[group] = { gemv = gemv, few = best(members, "few", gemv.layout), gemm = gemm }
        end
    end
    return defaults
end

-- The group whose default a tuned row stands for: that of the level that adds to another where the
-- row has a kernel of it.
local function group_of_row(row, by_name)
    local gemv, gemm = by_name[row.gemv], by_name[row.gemm]
    return group_of(gemv, gemm.isa.adds_to == gemv.isa.name and gemm.isa.name or nil)
end

-- The name of the same kernel without prefetches, or nil where it has none.
function selection.without_prefetches(kernel)
    local numbers = kernel.numbers
    if not (numbers.p or numbers.f) then
        return nil
    end
    local bare = setmetatable({ numbers = { b = numbers.b, m = numbers.m, n = numbers.n,
        k = numbers.k } }, { __index = kernel })
    bare.schedule = name.schedule(bare.family, bare.method, bare.numbers)
    return name.make(bare)
end

-- The set of names (name -> true) of the kernels in the library. `tuned` is a list of rows
-- { mode =, gemv = name, few = name, gemm = name } whose kernels are all in `kernels`.
function selection.library(kernels, tuned)
    local by_name, chosen, measured = {}, {}, {}
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    for _, row in ipairs(tuned) do
        for _, op in ipairs(OPS) do
            chosen[by_name[row[op]].name] = true
        end
        -- A choice across modes says nothing about who asks for one mode by name.
        local group = group_of_row(row, by_name)
        measured[group] = measured[group] or by_name[row.gemv].mode == row.mode
    end
    for group, pair in pairs(selection.defaults(kernels)) do
        if not measured[group] then
            for _, kernel in pairs(pair) do
                chosen[kernel.name] = true
            end
            local bare = pair.gemv.streams and selection.without_prefetches(pair.gemv)
            if bare and by_name[bare] then
                chosen[bare] = true
            end
        end
    end
    return chosen
end

return selection
