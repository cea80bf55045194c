-- What a chart of benchmark rows shows. Pure.
--
-- There is a panel for each number of tokens, residency and number of threads (and run of a
-- suite), and in it a group of bars for each format and shape: our kernel, T-MAC's schedule, each
-- peer at its best. What the read bandwidth allows for our bytes is a line at our bar, the peak of
-- int8 dot products one across the panel.
local list = require("base.list")
local RESIDENCY_TEXT = require("input.residencies").text

local chart = {}

-- Okabe and Ito's colours, which the colour-blind can tell apart.
local OURS = { name = "Lutloom", colour = "#0072B2" }
local TMAC = { name = "T-MAC schedule", colour = "#E69F00" }
local PEERS = { "#009E73", "#CC79A7", "#56B4E9" }

-- The part of a group's width that bars fill, and that of its share which one fills.
local FILLED, BAR = 0.8, 0.92

-- Of the highest bar or dot product peak: how far a panel reaches, which leaves room for texts; and
-- the height of a text.
local HEADROOM, TEXT = 1.25, 0.13

local function is_drawn(row)
    return row.format and row.n and row.m and row.k and row.threads and row.gmac_per_s
        and (row.chosen or row.peer or row.schedule == "tmac")
end

-- The name that the legend has for a row.
local function series_name(row)
    return row.peer and row.peer:match("^%S+") .. ", fastest type"
        or row.schedule == "tmac" and TMAC.name or OURS.name
end

local function panel_title(row)
    return ("%sN = %d, weights in %s, %d thread%s"):format(row.run and row.run .. ": " or "",
        row.n, RESIDENCY_TEXT[row.residency], row.threads,
        row.threads == 1 and "" or "s")
end

-- { title =, groups = { { format =, shape =, rows = { [series name] = fastest row } } } } each.
local function panels_of(rows)
    local panels = {}
    for _, row in ipairs(rows) do
        if is_drawn(row) then
            local title, shape = panel_title(row), ("%dx%d"):format(row.m, row.k)
            local panel = list.keyed(panels, title, { title = title, groups = {} })
            local group = list.keyed(panel.groups, row.format .. " " .. shape,
                { format = row.format, shape = shape, rows = {} })
            local name = series_name(row)
            local best = group.rows[name]
            if not best or row.gmac_per_s > best.gmac_per_s then
                group.rows[name] = row
            end
        end
    end
    return panels
end

-- { name =, colour = } of all series, in the order of the bars.
local function series_of(panels)
    local seen, peers = {}, {}
    for _, panel in ipairs(panels) do
        for _, group in ipairs(panel.groups) do
            for name, row in pairs(group.rows) do
                peers[#peers + 1] = row.peer and not seen[name] and name or nil
                seen[name] = true
            end
        end
    end
    table.sort(peers)
    local series = { OURS, TMAC }
    for index, name in ipairs(peers) do
        series[#series + 1] = { name = name, colour = PEERS[(index - 1) % #PEERS + 1] }
    end
    return series
end

-- What the machine allows for a group, by our row there; nil where that is not known.
local function limit_of(group, ratio)
    local row = group.rows[OURS.name]
    return row and (row[ratio] or 0) > 0 and row.gmac_per_s / row[ratio] or nil
end

-- The dot product peak of a panel: the highest that its groups saw, or nil.
local function dot_of(panel)
    local highest
    for _, group in ipairs(panel.groups) do
        local limit = limit_of(group, "dot_peak_ratio")
        highest = limit and math.max(limit, highest or 0) or highest
    end
    return highest
end

local function top_of(panel)
    local top = panel.dot or 0
    for _, group in ipairs(panel.groups) do
        for _, row in pairs(group.rows) do
            top = math.max(top, row.gmac_per_s)
        end
    end
    return top * HEADROOM
end

-- The bar of a group's row at x. Its texts stand above it, and above a limit that is near.
local function bar_of(panel, group, row, x)
    local limit = series_name(row) == OURS.name and limit_of(group, "read_ratio")
    limit = limit and limit < panel.top and limit or nil
    local near = limit and math.abs(limit - row.gmac_per_s) < TEXT * panel.top
    return { x = x, value = row.gmac_per_s, limit = limit,
        text_at = near and math.max(limit, row.gmac_per_s) or row.gmac_per_s,
        note = row.peer and row.peer:match("^%S+%s+(.*)$") or "" }
end

-- The bars of one of `count` series in a panel, whose groups are 1 apart.
local function bars_of(panel, name, index, count)
    local bars = {}
    for place, group in ipairs(panel.groups) do
        if group.rows[name] then
            bars[#bars + 1] = bar_of(panel, group, group.rows[name],
                place + (index - (count + 1) / 2) * FILLED / count)
        end
    end
    return bars
end

-- The series that have rows in the panel: { name =, colour =, bars = { x =, value =, text_at =,
-- note =, limit = or nil } }.
local function panel_series(panel, series)
    local present = {}
    for _, one in ipairs(series) do
        for _, group in ipairs(panel.groups) do
            if group.rows[one.name] then
                list.keyed(present, one.name, { name = one.name, colour = one.colour })
            end
        end
    end
    for index, one in ipairs(present) do
        one.bars = bars_of(panel, one.name, index, #present)
    end
    return present
end

local function has_limits(series)
    for _, bar in ipairs(series.bars) do
        if bar.limit then
            return true
        end
    end
    return false
end

-- "Intel(R) Xeon(R) Processor": the machines of all rows.
local function machines_of(rows)
    local names = {}
    for _, row in ipairs(rows) do
        if row.cpu then
            list.keyed(names, row.cpu, row.cpu)
        end
    end
    return #names > 0 and table.concat(names, ", ") or "a machine that the rows do not name"
end

-- The chart of rows, or nil and a message where there is nothing to draw: { machine =, panels = {
-- title =, groups =, series =, bar_width =, dot = the peak or nil, top = the axis' end,
-- has_limits = whether a bar of the first series has one } }.
function chart.of(rows)
    local panels = panels_of(rows)
    if #panels == 0 then
        return nil, "there is no row of a chosen kernel, T-MAC's schedule or a peer to draw"
    end
    local series = series_of(panels)
    for _, panel in ipairs(panels) do
        panel.dot = dot_of(panel)
        panel.top = top_of(panel)
        panel.series = panel_series(panel, series)
        panel.bar_width = BAR * FILLED / #panel.series
        panel.has_limits = has_limits(panel.series[1])
    end
    return { machine = machines_of(rows), panels = panels }
end

return chart
