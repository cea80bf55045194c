local chart = require("plot.chart")
local check = require("check")
local rows = require("build.rows")

local function case(name, test)
    check.case("chart: " .. name, test)
end

local function golden()
    return chart.of(rows.read(check.root .. "/tests/lua/rows.jsonl"))
end

local function names(panel)
    local list = {}
    for index, series in ipairs(panel.series) do
        list[index] = series.name
    end
    return table.concat(list, ", ")
end

case("a panel for each number of tokens, with the series it has", function()
    local drawn = golden()
    check.equal(drawn.machine, "Test Processor 9000 @ 2 GHz")
    check.equal(#drawn.panels, 2)
    check.equal(drawn.panels[1].title, "N = 1, weights in cache, 1 thread")
    check.equal(names(drawn.panels[1]), "Lutloom, T-MAC schedule, ggml, fastest type")
    check.equal(names(drawn.panels[2]), "Lutloom, ggml, fastest type")
    check.equal(#drawn.panels[1].groups, 3)
end)

case("a peer's bar is its fastest type", function()
    local bars = golden().panels[1].series[3].bars
    check.equal(bars[2].note, "TQ2_0")
    check.equal(bars[2].value, 42)
    check.equal(bars[3].note, "Q4_0 repacked")
end)

case("limits come from our own row, where the panel shows them", function()
    local panels = golden().panels
    check.equal(("%.1f"):format(panels[1].series[1].bars[1].limit), "319.4")
    check.equal(panels[1].series[2].bars[1].limit, nil)
    check.equal(("%.0f"):format(panels[1].dot), "470")
    check.equal(panels[2].has_limits, false)
    check.equal(panels[1].has_limits, true)
end)

case("a text stands above a limit that is near its bar", function()
    local bars = golden().panels[1].series[1].bars
    check.equal(bars[1].text_at, bars[1].value)
    check.equal(bars[2].text_at, bars[2].limit)
end)

case("bars of a group do not overlap", function()
    local panel = golden().panels[1]
    local first, second = panel.series[1].bars[1].x, panel.series[2].bars[1].x
    assert(second - first >= panel.bar_width)
    assert(panel.series[3].bars[1].x + panel.bar_width / 2 < 1.5)
end)

case("candidates that were not chosen are no bars", function()
    check.refused("no row of a chosen kernel", chart.of({ { format = "t", n = 1, m = 1, k = 1,
        threads = 1, gmac_per_s = 1, chosen = false, schedule = "dot_shift_b2" } }))
end)
