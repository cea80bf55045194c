-- lutloom bench --plot: draws benchmark rows as an SVG, with gnuplot.
local chart = require("chart")
local check = require("fail").check
local fail = require("fail").fail
local files = require("files")
local home = require("home")
local host = require("host")
local programs = require("programs")
local rows = require("rows")
local say = require("say")
local template = require("template")

local bench_plot = {}

local TEMPLATE = "gen/plot.gnuplot.in"

-- Pixels.
local PANEL_HEIGHT, TITLE_HEIGHT, GROUP_WIDTH, MARGIN_WIDTH = 330, 40, 120, 330

local LEAST_GROUPS = 4

-- A gnuplot string of one or two lines; whatever gnuplot could take for its own is replaced.
local function quote(first, second)
    local function clean(text)
        return (text:gsub("[^%w ().,_+/@=:-]", "?"))
    end
    return ('"%s%s"'):format(clean(first), (second or "") ~= "" and "\\n" .. clean(second) or "")
end

-- The groups of the panel that has most; all panels are as wide.
local function most_groups(drawn)
    local groups = LEAST_GROUPS
    for _, panel in ipairs(drawn.panels) do
        groups = math.max(groups, #panel.groups)
    end
    return groups
end

-- gnuplot's script for a chart that is written to the file `output`.
local function script_of(drawn, output)
    local groups = most_groups(drawn)
    local variables = { quote = quote, output = output, most_groups = groups,
        width = MARGIN_WIDTH + GROUP_WIDTH * groups,
        height = TITLE_HEIGHT + PANEL_HEIGHT * #drawn.panels }
    for key, value in pairs(drawn) do
        variables[key] = value
    end
    return check(template.render(home.read(TEMPLATE), TEMPLATE, variables))
end

-- Runs gnuplot on the chart; the SVG's text.
local function render(drawn)
    local script, output = os.tmpname(), os.tmpname()
    local messages = {}
    check(files.write(script, script_of(drawn, output)))
    local code = check(host.run({ "gnuplot", script }, function(line)
        messages[#messages + 1] = line
    end))
    local svg = files.read(output) or ""
    os.remove(script)
    os.remove(output)
    if code ~= 0 or not svg:find("</svg>%s*$") then
        fail("gnuplot drew nothing (exit code %d): %s", code,
            table.concat(messages, " "):match("%S.*") or "it said nothing")
    end
    return svg
end

local function need_gnuplot()
    if not programs.find("gnuplot") then
        fail("--plot: gnuplot is not installed (package gnuplot-nox)")
    end
end

local function draw(list, from, plot)
    local drawn, reason = chart.of(list)
    if not drawn then
        fail("%s: %s", from, reason)
    end
    local ok
    ok, reason = files.write(plot, render(drawn))
    if not ok then
        fail("--plot %s", reason)
    end
    say("%s: drawn from the rows of %s", plot, from)
end

-- Draws the rows of a file; the SVG stands beside it where --plot names none.
function bench_plot.draw(from, plot)
    need_gnuplot()
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
    need_gnuplot()
    local from, all = with_json(options, folder)
    local code = run(folder, all)
    if code == 0 then
        draw(rows.read(from), from, plot ~= "" and plot or folder .. "/bench.svg")
    end
    return code
end

return bench_plot
