-- What a chart of a tuning file shows: the measured time of each candidate over what the model says
-- it costs, both for one weight and token. Pure.
--
-- There is a panel for each number of tokens, residency and number of threads, with a colour for
-- each method. What was chosen has a ring. Were the model right, all points would be on one line:
-- that through the median of the panel.
local format = require("input.format")
local list = require("base.list")
local OPS = require("input.ops").list
local RESIDENCY_TEXT = require("input.residencies").text

local scatter = {}

-- Okabe and Ito's colours, which the colour-blind can tell apart.
local COLOURS = { "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442",
    "#000000" }

-- How much further than the outermost points an axis reaches, and its marks in a power of ten: the
-- second list where the first leaves fewer than LEAST_MARKS.
local MARGIN, LEAST_MARKS = 1.2, 3
local MARKS = { 1, 1.5, 2, 3, 5, 7 }
local FINE_MARKS = { 1, 1.2, 1.4, 1.7, 2, 2.4, 2.8, 3.3, 4, 4.7, 5.6, 6.6, 8, 9 }

local PICOSECONDS = 1e12

local function title_of(sample)
    return ("N = %d, weights in %s, %d thread%s"):format(sample.n,
        RESIDENCY_TEXT[sample.residency], sample.threads,
        sample.threads == 1 and "" or "s")
end

-- What tells a sample: the problem, where it was measured, and the kernel.
local function key_of(row, n, kernel)
    local weights = format.parse(row.format)
    return table.concat({ weights and weights.key or row.format, row.m, row.k, n, row.threads,
        row.residency, kernel }, " ")
end

-- The keys of what was chosen in a mode.
local function chosen_keys(rows, mode)
    local keys = {}
    for _, row in ipairs(rows) do
        for _, op in ipairs(row.mode == mode and OPS or {}) do
            keys[key_of(row, row[op .. "_n"], row[op])] = true
        end
    end
    return keys
end

local function method_of(kernel)
    return (kernel.schedule:gsub("^(%w+)_(%w+)_.*$", "%1 %2"))
end

-- { x = cost, y = picoseconds, chosen = } of a sample.
local function point_of(sample, kernel, chosen)
    return { x = kernel.cost, chosen = chosen[key_of(sample, sample.n, sample.kernel)] == true,
        y = sample.seconds / (sample.n * sample.m * sample.k) * PICOSECONDS }
end

local function panel_of(panels, sample)
    local title = title_of(sample)
    return list.keyed(panels, title, { title = title, points = {}, series = {},
        order = ("%s %9d %9d"):format(sample.residency, sample.threads, sample.n) })
end

local function add(panel, method, point)
    local series = list.keyed(panel.series, method, { name = method, points = {} })
    panel.points[#panel.points + 1] = point
    series.points[#series.points + 1] = point
end

-- Those of `each` power of ten from `low` to `high`, ascending.
local function marks_between(low, high, each)
    local marks, power = {}, 10.0 ^ math.floor(math.log(low, 10))
    while power <= high do
        for _, mark in ipairs(each) do
            local value = mark * power
            marks[#marks + 1] = value >= low and value <= high and value or nil
        end
        power = power * 10
    end
    return marks
end

-- { low =, high =, marks = } of the values that points have in `field`.
local function axis_of(points, field)
    local low, high = math.huge, 0
    for _, point in ipairs(points) do
        low, high = math.min(low, point[field]), math.max(high, point[field])
    end
    low, high = low / MARGIN, high * MARGIN
    local marks = marks_between(low, high, MARKS)
    return { low = low, high = high,
        marks = #marks < LEAST_MARKS and marks_between(low, high, FINE_MARKS) or marks }
end

-- The median of the points' picoseconds for an operation.
local function median_rate(points)
    local rates = {}
    for index, point in ipairs(points) do
        rates[index] = point.y / point.x
    end
    table.sort(rates)
    local middle = #rates // 2
    return #rates % 2 == 1 and rates[middle + 1] or (rates[middle] + rates[middle + 1]) / 2
end

-- Sorts the series, gives each a colour, the same in all panels, and the panels their axes.
local function complete(panels, methods)
    table.sort(methods)
    local colours = {}
    for index, method in ipairs(methods) do
        colours[method] = COLOURS[(index - 1) % #COLOURS + 1]
    end
    table.sort(panels, function(a, b)
        return a.order < b.order
    end)
    for _, panel in ipairs(panels) do
        table.sort(panel.series, function(a, b)
            return a.name < b.name
        end)
        for _, series in ipairs(panel.series) do
            series.colour = colours[series.name]
        end
        panel.x, panel.y = axis_of(panel.points, "x"), axis_of(panel.points, "y")
        panel.rate = median_rate(panel.points)
    end
end

-- The chart of a tuning file's record: { machine =, isa =, panels = { title =, points = all,
-- series = { name =, colour =, points = }, x =, y = axes, rate = median y / x } }, or nil and a
-- message where there is nothing to draw.
-- @param kernels  a manifest's
-- @param mode     whose choices have a ring
function scatter.of(record, kernels, mode)
    local by_name, panels, methods = {}, {}, {}
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    local chosen = chosen_keys(record.rows, mode)
    for _, sample in ipairs(record.samples) do
        local kernel = by_name[sample.kernel]
        if kernel then
            local method = list.keyed(methods, method_of(kernel), method_of(kernel))
            add(panel_of(panels, sample), method, point_of(sample, kernel, chosen))
        end
    end
    if #panels == 0 then
        return nil, "there is no sample of a kernel of the library to draw"
    end
    complete(panels, methods)
    return { machine = record.cpu:match("^[^;]*"), isa = record.isa, panels = panels }
end

return scatter
