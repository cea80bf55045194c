-- A suite's results as a table. Pure.
local suite_table = {}

local LINE = "  %-24s %9s %10s  %-12s  %-17s  %s"

-- One digit more than the bars have, so that a value just below one does not look like it.
local function number(value)
    return (value < 0.01 and "%.2e" or "%.3f"):format(value)
end

local function bar_of(item)
    local bar = item.at_least or item.at_most
    return (item.at_least and ">= " or "<= ") .. (bar < 0.01 and "%.1e" or "%g"):format(bar)
end

local function row_name(row)
    if row.peer or not row.kernel then
        return row.peer or row.library
    end
    return ("%s %s %s"):format(row.kernel:match("__(.*)_%w+$") or row.kernel, row.mode, row.isa)
end

-- How sure a row is: its rounds, or, where it is modelled, what T-MAC's schedule comes to.
local function evidence(row)
    if row.mca_model then
        return row.tmac_weights_per_cycle
            and ("T-MAC's %.1f"):format(row.tmac_weights_per_cycle) or "T-MAC's -"
    end
    return row.rounds and ("%d/%d"):format(row.quiet, row.rounds)
end

-- One line on each row, and the rounds of both: "24/658, 30/700".
local function rests_on(rows)
    local names, rounds = {}, {}
    for index, row in ipairs(rows) do
        names[index] = row_name(row)
        rounds[#rounds + 1] = evidence(row)
    end
    return table.concat(names, " over "), table.concat(rounds, ", ")
end

local function line_of(result)
    local item = result.item
    if not result.rows then
        return LINE:format(item.label, "-", bar_of(item), result.state, "", result.reason)
    end
    local names, rounds = rests_on(result.rows)
    return LINE:format(item.label, number(result.value), bar_of(item), result.state, rounds, names)
end

-- "12 figures reached, 3 not reached, 5 not measured".
function suite_table.summary(results)
    local counts = { ["reached"] = 0, ["not reached"] = 0, ["not measured"] = 0 }
    for _, result in ipairs(results) do
        counts[result.state] = counts[result.state] + 1
    end
    return ("%d figures reached, %d not reached, %d not measured"):format(counts["reached"],
        counts["not reached"], counts["not measured"])
end

-- The table's lines: a title for each figure, a line for each of its items, and the summary.
function suite_table.lines(results)
    local lines = { LINE:format("figure", "value", "bar", "", "quiet rounds", "kernel") }
    local title
    for _, result in ipairs(results) do
        if result.item.title ~= title then
            title = result.item.title
            lines[#lines + 1] = title
        end
        lines[#lines + 1] = line_of(result)
    end
    lines[#lines + 1] = suite_table.summary(results)
    return lines
end

return suite_table
