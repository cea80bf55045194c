-- What `lutloom explain PROBLEM` says of the choice: the kernels of a plan, and why these. Pure.
local FEW_TOKENS = require("input.ops").FEW_TOKENS
local OPS = require("input.ops").list
local RESIDENCY_TEXT = require("input.residencies").text
local selection = require("choice.selection")
local time = require("explain.candidates").time

local WEIGHT = selection.GEMM_WEIGHT

local explain_choice = {}

local function tokens_of(op, choice)
    return op == "gemv" and "1 token" or op == "gemm" and "more"
        or ("2 to %d"):format(choice.gemm.few_tokens)
end

local function measured_at(row)
    return ("%d x %d, %d thread%s, weights in %s"):format(row.m, row.k, row.threads,
        row.threads == 1 and "" or "s", RESIDENCY_TEXT[row.residency])
end

local function heading(view)
    local choice = view.choice
    if choice.why == "tuned" then
        return "Chosen by measurement (" .. measured_at(choice.row) .. "):"
    elseif choice.why == "nearest" then
        return "Chosen as for the nearest measured shape (" .. measured_at(choice.row) .. "):"
    end
    return "Chosen by the model:"
end

-- layout -> what the best pair of it costs; `cost_of` gives a kernel's for a token, or nil.
local function layout_costs(kernels, cost_of)
    local least, costs = { gemv = {}, gemm = {} }, {}
    for _, kernel in ipairs(kernels) do
        local of, cost = least[kernel.op], not kernel.tmac and cost_of(kernel)
        if of and cost then
            local layout = kernel.layout.name
            of[layout] = math.min(of[layout] or math.huge, cost)
        end
    end
    for layout, gemv in pairs(least.gemv) do
        costs[layout] = least.gemm[layout] and selection.pair_cost(gemv, least.gemm[layout])
    end
    return costs
end

-- The layout with the least cost but for one, or nil.
local function best_other(costs, but)
    local best
    for layout, cost in pairs(costs) do
        if layout ~= but and (not best or cost < costs[best]
            or cost == costs[best] and layout < best) then
            best = layout
        end
    end
    return best
end

-- "The next layout, dot16x4_w2, takes 1.05 times that."
local function next_layout(costs, layout, own)
    local other = best_other(costs, layout)
    if not other then
        return "No other layout has kernels for both."
    elseif costs[other] < own then
        return ("Layout %s takes %.3f times that, too near to replace the model's choice."):format(
            other, costs[other] / own)
    end
    return ("The next layout, %s, takes %.3f times that."):format(other, costs[other] / own)
end

-- A kernel's seconds a token in the samples that count, or nil.
local function seconds_of(view)
    local seconds = {}
    for _, sample in ipairs(view.samples) do
        if sample.n == 1 or sample.n > FEW_TOKENS then
            local each = sample.seconds / sample.n
            seconds[sample.kernel] = math.min(each, seconds[sample.kernel] or math.huge)
        end
    end
    return function(kernel)
        return seconds[kernel.name]
    end
end

local function model_reasons(view)
    local choice, layout = view.choice, view.choice.gemv.layout.name
    local costs = layout_costs(view.kernels, function(kernel)
        return kernel.cost
    end)
    local own = selection.pair_cost(choice.gemv.cost, choice.gemm.cost)
    return ("A matrix has one layout, here %s. GEMV + %d GEMM: %.4f + %d * %.4f = %.4f."):format(
        layout, WEIGHT, choice.gemv.cost, WEIGHT, choice.gemm.cost, own),
        next_layout(costs, layout, own)
end

local function measured_reasons(view)
    local choice, row = view.choice, view.choice.row
    local own = selection.pair_cost(row.gemv_seconds, row.gemm_seconds / row.gemm_n)
    local costs, layout = layout_costs(view.kernels, seconds_of(view)), choice.gemv.layout.name
    return ("A matrix has one layout, here %s. GEMV + %d GEMM / tokens: %s + %d * %s = %s."):format(
        layout, WEIGHT, time(row.gemv_seconds), WEIGHT, time(row.gemm_seconds / row.gemm_n),
        time(own)), next_layout(costs, layout, own)
end

-- What the model's choice would have cost: nil where it is what was chosen.
local function default_line(view)
    local choice, default = view.choice, view.default
    if not default or choice.gemv == default.gemv and choice.gemm == default.gemm then
        return choice.row and "It is what the model would take, too." or nil
    end
    local seconds = seconds_of(view)
    local gemv, gemm = seconds(default.gemv), seconds(default.gemm)
    local row = choice.row
    if not gemv or not gemm then
        return "The model's choice (d) was not measured to the end."
    end
    return ("The model's choice (d) takes %.3f times as long for 1 token, %.3f for %d."):format(
        gemv / row.gemv_seconds, gemm / (row.gemm_seconds / row.gemm_n), row.gemm_n)
end

-- The lines for a view of explain/candidates.lua.
function explain_choice.lines(view)
    local choice = view.choice
    if not choice then
        return { "No GEMV and GEMM kernel have one layout: a plan takes those of a lower ISA." }
    end
    local lines = { heading(view) }
    for _, op in ipairs(OPS) do
        lines[#lines + 1] = ("  * %-8s %s"):format(tokens_of(op, choice), choice[op].name)
    end
    local reason, others = (choice.row and measured_reasons or model_reasons)(view)
    table.move({ reason, others, default_line(view) }, 1, 3, #lines + 1, lines)
    return lines
end

return explain_choice
