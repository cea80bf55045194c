-- What a suite's figures come to: values from the rows of its runs. Pure.
--
-- An item of a suite (see suite.lua) picks a row, and takes the value of its `key`; with `over`
-- it is the ratio to the value of another row, which has the same run and format.

local selection = require("choice.selection")

local figure = {}

local function has_peer(row, want)
    if want.peer_isa and row.peer_isa ~= want.peer_isa then
        return false
    end
    for _, name in ipairs(want.peers) do
        if row.peer == name or row.peer == name .. " repacked" then
            return true
        end
    end
    return false
end

-- Whether a row is of the kind: a peer's, T-MAC's, or else a kernel of ours.
local function is_kind(row, want)
    if want.peers then
        return row.peer ~= nil and has_peer(row, want)
    elseif row.peer then
        return false
    end
    return (row.schedule == "tmac") == (want.tmac == true)
end

local function has_any(text, parts)
    for _, part in ipairs(parts) do
        if text:find(part, 1, true) then
            return true
        end
    end
    return false
end

local function has_schedule(row, want)
    local schedule = row.schedule or ""
    return (not want.with or has_any(schedule, want.with))
        and not (want.without and has_any(schedule, want.without))
end

-- A row without seconds was not measured to the end.
local function matches(row, want)
    for _, field in ipairs({ "run", "format", "n", "mode" }) do
        if want[field] ~= nil and row[field] ~= want[field] then
            return false
        end
    end
    return row.verified ~= false and row[want.key] ~= nil and is_kind(row, want)
        and has_schedule(row, want)
        and (row.seconds ~= nil or (want.pick or "fastest") ~= "fastest")
end

-- The row that `comes_first` prefers among those that match; nil if there is none.
local function pick(rows, want, comes_first)
    local best
    for _, row in ipairs(rows) do
        if matches(row, want) and (not best or comes_first(row, best)) then
            best = row
        end
    end
    return best
end

local ORDER = {
    fastest = function(a, b)
        return a.seconds < b.seconds
    end,
    largest = function(a, b, key)
        return a[key] > b[key]
    end,
    only = function()
        return false
    end,
}

local function pick_row(rows, want)
    return pick(rows, want, function(a, b)
        return ORDER[want.pick or "fastest"](a, b, want.key)
    end)
end

-- What the row that is compared with must be: the item's run and format, and what `over` says.
local function other_side(item)
    local want = { run = item.run, format = item.format, n = item.n, key = item.key,
        pick = item.pick }
    for field, value in pairs(item.over) do
        want[field] = value
    end
    return want
end

-- What tuning minimises for a layout (runtime/tools/sweep/choose.h).
local function pair_cost(gemv, gemm)
    return selection.pair_cost(gemv.seconds, gemm.seconds / gemm.n)
end

-- A GEMM row and a GEMV row of one layout: the pair that tuning would take; nil if there is none.
local function pair_of_one_layout(rows, gemm_side, gemv_side)
    local best, least = {}, math.huge
    for _, gemm in ipairs(rows) do
        for _, gemv in ipairs(matches(gemm, gemm_side) and rows or {}) do
            local is_pair = matches(gemv, gemv_side) and gemv.layout == gemm.layout
                and gemv.seconds and gemm.seconds
            local cost = is_pair and pair_cost(gemv, gemm) or math.huge
            if cost < least then
                best, least = { gemm, gemv }, cost
            end
        end
    end
    return best[1], best[2]
end

local function any(rows, test)
    for _, row in ipairs(rows) do
        if test(row) then
            return true
        end
    end
    return false
end

local function is_peer(row)
    return row.peer ~= nil
end

-- Why no row was found.
local function missing(rows, want)
    local function same_run(row)
        return want.run == nil or row.run == want.run
    end
    if not any(rows, same_run) then
        return "there are no rows of its run"
    elseif want.peers and not any(rows, is_peer) then
        return "no peer was measured: --ggml PREFIX adds them"
    elseif want.peers then
        return ("there is no row of %s%s"):format(table.concat(want.peers, ", "), want.peer_isa
            and (" built for %s: --ggml PREFIX names the build"):format(want.peer_isa) or "")
    elseif want.with then
        return ("there is no kernel with %s in its name"):format(table.concat(want.with, " or "))
    end
    return want.tmac and "there is no row of T-MAC's schedule" or "there is no row of such a kernel"
end

-- The row or rows that an item rests on, or nil and the reason why there are none.
local function rows_for(rows, item)
    if not item.over then
        local row = pick_row(rows, item)
        return row and { row }, missing(rows, item)
    end
    local other = other_side(item)
    if item.over.one_layout then
        local first, second = pair_of_one_layout(rows, item, other)
        return first and { first, second }, "there is no pair of kernels of one layout"
    end
    local first, second = pick_row(rows, item), pick_row(rows, other)
    return first and second and { first, second }, missing(rows, first and other or item)
end

-- What an item comes to: { item =, state = "reached" or "not reached" or "not measured", value =,
-- rows = those it rests on, or reason = why it was not measured }. `unable` maps the names of runs
-- that this machine cannot do to the reason.
function figure.compute(item, rows, unable)
    local reason, used = item.run and unable[item.run], nil
    if not reason then
        used, reason = rows_for(rows, item)
    end
    if not used then
        return { item = item, state = "not measured", reason = reason }
    end
    local value = used[1][item.key]
    if used[2] then
        value = value / used[2][item.key]
    end
    local reached = value >= (item.at_least or -math.huge) and value <= (item.at_most or math.huge)
    return { item = item, state = reached and "reached" or "not reached", value = value,
        rows = used }
end

-- All items of a suite, in their order.
function figure.compute_all(items, rows, unable)
    local results = {}
    for index, item in ipairs(items) do
        results[index] = figure.compute(item, rows, unable)
    end
    return results
end

return figure
