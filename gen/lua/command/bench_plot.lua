-- lutloom bench --plot: draws benchmark rows as an SVG, with gnuplot.
local chart = require("plot.chart")
local fail = require("base.fail").fail
local gnuplot = require("plot.gnuplot")
local rows = require("build.rows")
local say = require("base.say")

local bench_plot = {}

local TEMPLATE = "gen/plot.gnuplot.in"

-- Pixels.
local PANEL_HEIGHT, TITLE_HEIGHT, GROUP_WIDTH, MARGIN_WIDTH = 330, 40, 120, 330

local LEAST_GROUPS = 4

-- The groups of the panel that has most; all panels are as wide.
local function most_groups(drawn)
    local groups = LEAST_GROUPS
    for _, panel in ipairs(drawn.panels) do
        groups = math.max(groups, #panel.groups)
    end
    return groups
end

local function draw(list, from, plot)
    local drawn, reason = chart.of(list)
    if not drawn then
        fail("%s: %s", from, reason)
    end
    drawn.most_groups = most_groups(drawn)
    drawn.width = MARGIN_WIDTH + GROUP_WIDTH * drawn.most_groups
    drawn.height = TITLE_HEIGHT + PANEL_HEIGHT * #drawn.panels
    gnuplot.draw(TEMPLATE, drawn, plot)
    say("%s: drawn from the rows of %s", plot, from)
end

-- Draws the rows of a file; the SVG stands beside it where --plot names none.
function bench_plot.draw(from, plot)
    gnuplot.need()
    draw(rows.read(from), from, plot ~= "" and plot or from:gsub("%.%w+$", "") .. ".svg")
end

-- The file that loom-bench's options name for the rows, and all options; one in the library's build
-- folder is added where they name none.
local function with_json(options, folder)
    for index, word in ipairs(options) do
        local name = word == "--json" and (options[index + 1] or "-") or nil
        if name and name:sub(1, 1) == "-" then
            fail("--plot: draws the rows of --json FILE, so --json needs the file's name")
        elseif name then
            return name, options
        end
    end
    local name = folder .. "/build/bench.jsonl"
    return name, table.move(options, 1, #options, 3, { "--json", name })
end

-- Measures the library with run(folder, options), then draws its rows; loom-bench's exit code.
function bench_plot.measure(folder, options, plot, run)
    gnuplot.need()
    local from, all = with_json(options, folder)
    local code = run(folder, all)
    if code == 0 then
        draw(rows.read(from), from, plot ~= "" and plot or folder .. "/bench.svg")
    end
    return code
end

return bench_plot
