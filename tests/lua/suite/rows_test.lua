-- Rows of a benchmark as a file may bring them: whatever is accepted can be drawn and compared.
local chart = require("plot.chart")
local check = require("check")
local figure = require("suite.figure")
local files = require("base.files")
local json = require("base.json")
local rows = require("build.rows")
local suite = require("suite.suite")
local suite_table = require("suite.table")

local function case(name, test)
    check.case("rows: " .. name, test)
end

local function read(path)
    return assert(files.read(check.root .. path))
end

-- Our rows and a peer's, of a run that has figures; one that is modelled, and a library's size.
local SAMPLES = {}
for line in read("/tests/lua/rows.jsonl"):gmatch("[^\n]+") do
    local row = json.decode(line)
    row.run = "cache"
    SAMPLES[#SAMPLES + 1] = row
end
SAMPLES[#SAMPLES + 1] = { run = "rpi5", target = "rpi5", mca_model = "neoverse-n1", n = 1,
    kernel = "loom_gemv_w2g128_exact__dot_trit_b1m1n1_neon", format = "w2g128", mode = "exact",
    isa = "neon", schedule = "dot_trit_b1m1n1", layout = "dot4x4", weights_per_cycle = 20,
    tmac_weights_per_cycle = 12.8 }
SAMPLES[#SAMPLES + 1] = { run = "library", library = "c avx2", text_mib = 1.5 }

local ITEMS = {}
for _, name in ipairs({ "wall", "arm-model" }) do
    local path = ("/gen/suites/%s.lua"):format(name)
    for _, item in ipairs(assert(suite.parse(read(path), path)).items) do
        ITEMS[#ITEMS + 1] = item
    end
end

-- A sample with another value in one field, nil for none.
local function edited(sample, field, value)
    local row = {}
    for key, known in pairs(sample) do
        row[key] = known
    end
    row[field] = value
    return row
end

-- All samples as a text, the one at `place` replaced.
local function text_with(place, row)
    local lines = {}
    for index, sample in ipairs(SAMPLES) do
        lines[index] = json.line(index == place and row or sample)
    end
    return table.concat(lines, "\n")
end

-- Does with rows what the commands do.
local function use(list)
    chart.of(list)
    return suite_table.lines(figure.compute_all(ITEMS, list, {}))
end

local function use_if_any(list)
    if list then
        use(list)
    end
end

local function parse(place, field, value)
    return rows.parse(text_with(place, edited(SAMPLES[place], field, value)), "x.jsonl")
end

case("the samples are whole", function()
    local lines = use(assert(rows.parse(text_with(), "x.jsonl")))
    check.equal(#lines > #ITEMS, true)
end)

case("what is accepted can be used", function()
    local accepted, refused = 0, 0
    for _, place in ipairs({ 1, 2, 3, 4, #SAMPLES - 1, #SAMPLES }) do
        for field in pairs(SAMPLES[place]) do
            for _, value in ipairs({ false, 0, -1, 1, 1.5, 1e300, "", " ", "x", {} }) do
                local list = parse(place, field, value)
                accepted, refused = accepted + (list and 1 or 0), refused + (list and 0 or 1)
                use_if_any(list)
            end
            use_if_any(parse(place, field, nil))
        end
    end
    check.equal(accepted > 100 and refused > 100, true)
end)

case("what is no row is named with its line and field", function()
    check.refused("x.jsonl:1: is no row of 'lutloom bench --json': 'n' must be a whole number "
        .. "above 0, not 1.5", parse(1, "n", 1.5))
    check.refused("x.jsonl:3: is no row of 'lutloom bench --json': 'peer' must be a text, not \"\"",
        parse(3, "peer", ""))
    check.refused("'chosen' must be true or false, not 1", parse(1, "chosen", 1))
    check.refused("'seconds' must be a number, not -1", parse(1, "seconds", -1))
    check.refused("'quiet' is missing", parse(1, "quiet", nil))
    check.refused("'library' is missing", parse(#SAMPLES, "library", nil))
    check.refused("x.jsonl:1: is no row", rows.parse("[1", "x.jsonl"))
    check.refused("x.jsonl: has no rows", rows.parse("\n", "x.jsonl"))
end)

case("a time may be missing: what was not measured to the end is no figure", function()
    local row = edited(SAMPLES[1], "seconds", nil)
    check.equal(#rows.parse(json.line(row) .. "\n\n" .. json.line(row), "x.jsonl"), 2)
    check.equal(figure.compute({ key = "read_ratio", at_least = 0 }, { row }, {}).state,
        "not measured")
end)
