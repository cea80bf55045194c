local check = require("check")
local figure = require("suite.figure")
local files = require("base.files")
local suite = require("suite.suite")
local suite_table = require("suite.table")

local SUITE = [[
return {
    name = "small", description = "two figures", model = "llama-2-7b", isa = "avx2",
    runs = { { name = "one", n = { 1, 4 }, residency = "cache", threads = 1, shape = "64x64",
        formats = { "w2g128", "t" } } },
    libraries = { { name = "lib", model = "llama-2-7b", arch = "x86_64", formats = { "t" } } },
    figures = { { title = "speed", run = "one", n = 1, key = "gmac_per_s", items = {
        { format = "w2g128", at_least = 10 } } } },
}
]]

local function case(name, test)
    check.case("suite: " .. name, test)
end

local function parse(from, to)
    local text = from and SUITE:gsub(from, to) or SUITE
    return suite.parse(text, "small.lua")
end

-- A measured row; `more` overrides.
local function row(more)
    local made = { run = "one", format = "w2g128", n = 1, mode = "exact", isa = "avx2",
        schedule = "dot_shift_b2", kernel = "loom_gemv_w2g128_exact__dot_shift_b2_avx2",
        layout = "l1", seconds = 1, gmac_per_s = 10, nmse = 1e-5, rounds = 100, quiet = 50,
        verified = true }
    for key, value in pairs(more or {}) do
        made[key] = value
    end
    return made
end

local function peer(name, more)
    local made = row(more)
    made.peer, made.kernel, made.schedule = name, nil, nil
    return made
end

-- The result of an item with these fields.
local function compute(item, rows, unable)
    local full = { title = "figure", label = "item", run = "one", format = "w2g128", n = 1,
        key = "gmac_per_s", at_least = 5 }
    for key, value in pairs(item) do
        full[key] = value
    end
    return figure.compute(full, rows, unable or {})
end

case("the suites of this source tree are valid", function()
    local path = check.root .. "/gen/suites/wall.lua"
    local record = assert(suite.parse(assert(files.read(path)), path))
    check.equal(#record.items, 117)
    check.equal(#suite.formats(record), 9)
    path = check.root .. "/gen/suites/arm-model.lua"
    record = assert(suite.parse(assert(files.read(path)), path))
    check.equal(#record.runs, 0)
    check.equal(#record.modelled, 7)
    check.equal(#record.items, 36)
end)

case("runs with a target are modelled, the others measured", function()
    local model = '{ name = "two", target = "zen3", n = { 1 }, formats = { "w4g128" } }, '
    local record = assert(parse("runs = { ", "%0" .. model))
    check.equal(#record.runs, 1)
    check.equal(record.modelled[1].name, "two")
    check.equal(table.concat(suite.formats(record), " "), "w2g128 t")
    check.refused("runs, entry 1: unknown key 'residency'", parse("runs = { { ",
        '%0target = "zen3", '))
    check.refused("'model' is missing: run 'one' is measured", parse('model = "llama%-2%-7b", isa',
        "isa"))
    check.refused("'isa' is missing: run 'one' is measured", parse(', isa = "avx2"', ""))
end)

case("an item has what its figure says, a run the suite's ISA", function()
    local record = assert(parse())
    check.equal(#record.items, 1)
    check.equal(record.items[1].run, "one")
    check.equal(record.items[1].label, "w2g128")
    check.equal(record.items[1].title, "speed")
    check.equal(record.runs[1].isa, "avx2")
    check.equal(table.concat(suite.formats(record), " "), "w2g128 t")
end)

case("peers are measured where a figure compares with them", function()
    local record = assert(parse("at_least = 10", 'over = { peers = { "ggml Q2_K" } }, %0'))
    local run = record.runs[1]
    check.equal(suite.has_peers(record, run, "w2g128"), true)
    check.equal(suite.has_peers(record, run, "t"), false)
    check.equal(suite.has_peers(record, { name = "two" }, "w2g128"), false)
    check.equal(suite.has_peers(assert(parse()), run, "w2g128"), false)
end)

case("the library has the ISA levels of the runs that the machine runs", function()
    local record = { runs = { { isa = "high" }, { isa = "middle" }, { isa = "other" } } }
    local known = { { name = "native", isas = { "c", "low", "high" } },
        { name = "small", isas = { "c", "low" } }, { name = "mid", isas = { "c", "middle" } },
        { name = "all", isas = { "c", "middle", "other" } } }
    local function names(...)
        return table.concat(suite.targets(record, { ... }, known), ",")
    end
    check.equal(names("c", "low", "middle", "high"), "native,mid")
    check.equal(names("c", "low", "middle", "other"), "native,mid,all")
    check.equal(names("c"), "native")
end)

case("mistakes name the place", function()
    check.refused("small.lua: figure 'speed', item 1: there is no run 'two'",
        parse('run = "one"', 'run = "two"'))
    check.refused("run 'one' does not measure w4g128", parse('format = "w2g128"',
        'format = "w4g128"'))
    check.refused("needs one of 'at_least' and 'at_most'", parse(", at_least = 10", ""))
    check.refused("unknown key 'at_leat'", parse("at_least", "at_leat"))
    check.refused("runs, entry 1: 'residency' must be cache or dram", parse('"cache"', '"disk"'))
    check.refused("'pool' must be true", parse("threads = 1", "%0, pool = 1"))
    check.refused("'threads' must be a whole number above 0, or", parse("threads = 1",
        'threads = "al"'))
    check.equal(parse("threads = 1", 'threads = "all"') ~= nil, true)
    check.refused("runs, entry 1: 'shape' must be", parse("64x64", "64"))
    check.refused("'figures' is missing", parse("figures =", "libraries ="))
    check.refused("over: unknown key 'peer'", parse("at_least", 'over = { peer = "x" }, at_least'))
end)

case("a figure is of the fastest verified kernel of ours", function()
    local result = compute({}, { row({ gmac_per_s = 6, seconds = 2 }),
        row({ gmac_per_s = 12, seconds = 1 }),
        row({ gmac_per_s = 20, seconds = 0.5, verified = false }),
        row({ gmac_per_s = 30, seconds = 0.1, schedule = "tmac" }),
        row({ gmac_per_s = 40, seconds = 0.1, run = "two" }),
        row({ gmac_per_s = 40, seconds = 0.1, n = 4 }),
        peer("ggml Q2_K", { gmac_per_s = 50, seconds = 0.1 }) })
    check.equal(result.value, 12)
    check.equal(result.state, "reached")
    check.equal(compute({ at_least = 13 }, { row() }).state, "not reached")
    check.equal(compute({ at_least = false, at_most = 9 }, { row() }).state, "not reached")
end)

case("the ratio to T-MAC's schedule and to the best of the peers", function()
    local rows = { row(), row({ schedule = "tmac", gmac_per_s = 2.5, seconds = 4 }),
        row({ schedule = "tmac", gmac_per_s = 4, seconds = 2.5 }),
        peer("ggml Q2_K", { gmac_per_s = 1, seconds = 10 }),
        peer("ggml Q2_K repacked", { gmac_per_s = 5, seconds = 2 }),
        peer("ggml Q4_K", { gmac_per_s = 8, seconds = 1.2 }) }
    check.equal(compute({ over = { tmac = true } }, rows).value, 2.5)
    check.equal(compute({ over = { peers = { "ggml Q2_K" } } }, rows).value, 2)
    check.equal(#compute({ over = { tmac = true } }, rows).rows, 2)
    local of_avx2 = { over = { peers = { "ggml Q2_K", "ggml Q4_K" }, peer_isa = "avx2" } }
    check.contains(compute(of_avx2, rows).reason, "ggml Q4_K built for avx2: --ggml PREFIX names")
    rows[4].peer_isa, rows[5].peer_isa = "avx2", "avx512"
    check.equal(compute(of_avx2, rows).value, 10)
end)

case("kernels are told apart by a part of their names", function()
    local rows = { row({ gmac_per_s = 8 }), row({ schedule = "dot_trit_b2", gmac_per_s = 10,
        seconds = 0.8 }) }
    check.equal(compute({ with = { "_trit_" } }, rows).value, 10)
    check.equal(compute({ without = { "_trit_" } }, rows).value, 8)
    check.equal(compute({ with = { "none", "_trit_" } }, rows).value, 10)
    local over = { without = { "none", "_trit_" } }
    check.equal(compute({ with = { "_trit_" }, over = over }, rows).value, 1.25)
end)

case("kernels of one layout are compared as tuning would pair them", function()
    local item = { n = 4, key = "seconds", over = { n = 1, one_layout = true } }
    local rows = { row({ layout = "l1", seconds = 1 }), row({ layout = "l2", seconds = 1.2 }),
        row({ n = 4, layout = "l1", seconds = 3 }), row({ n = 4, layout = "l2", seconds = 1.5 }) }
    check.equal(compute(item, rows).value, 1.5 / 1.2)
    rows[3].seconds = 1.6
    check.equal(compute(item, rows).value, 1.6 / 1)
    rows[3].seconds = 1.8
    check.equal(compute(item, rows).value, 1.5 / 1.2)
    rows[4].layout, rows[3].layout = "l3", "l3"
    check.contains(compute(item, rows).reason, "no pair of kernels of one layout")
end)

case("the largest error of all runs counts", function()
    local item = { key = "nmse", pick = "largest", mode = "exact", at_least = false, at_most = 1 }
    item.over = { peers = { "ggml Q2_K" } }
    local rows = { row({ nmse = 2e-5 }), row({ nmse = 4e-5, run = "two" }),
        row({ nmse = 9e-5, mode = "table" }), peer("ggml Q2_K", { nmse = 8e-5 }),
        peer("ggml Q2_K", { nmse = 1e-5 }) }
    local full = { title = "f", label = "l", format = "w2g128" }
    for key, value in pairs(item) do
        full[key] = value
    end
    full.at_least = nil
    check.equal(figure.compute(full, rows, {}).value, 0.5)
end)

case("what was not measured says why", function()
    check.contains(compute({}, {}).reason, "no rows of its run")
    check.contains(compute({ with = { "_trit_" } }, { row() }).reason, "no kernel with _trit_")
    check.contains(compute({ over = { peers = { "ggml Q2_K" } } }, { row() }).reason, "--ggml")
    check.contains(compute({ over = { peers = { "ggml Q2_K" } } },
        { row(), peer("ggml Q4_K") }).reason, "no row of ggml Q2_K")
    check.contains(compute({ over = { tmac = true } }, { row() }).reason, "T-MAC")
    local result = compute({}, { row() }, { one = "no such CPU" })
    check.equal(result.state, "not measured")
    check.equal(result.reason, "no such CPU")
end)

case("the table has every figure and counts them", function()
    local rows = { row(), row({ schedule = "tmac", gmac_per_s = 4, seconds = 2.5, rounds = 90,
        kernel = "loom_gemv_w2g128_table__lut_tmac_b1_avx2", mode = "table" }),
        { run = "lib", library = "c avx2", text_mib = 1.25 } }
    local text = table.concat(suite_table.lines({
        compute({ title = "speed" }, rows), compute({ title = "ratio", over = { tmac = true } },
            rows), compute({ title = "none", with = { "x" } }, rows),
        figure.compute({ title = "size", label = "lib", run = "lib", key = "text_mib",
            pick = "only", at_most = 1.5 }, rows, {}) }), "\n")
    check.contains(text, "10.000       >= 5  reached       50/100  ")
    check.contains(text, "2.500       >= 5  not reached   50/100, 50/90")
    check.contains(text, "dot_shift_b2 exact avx2 over lut_tmac_b1 table avx2")
    check.contains(text, "not measured                     there is no kernel with x in its name")
    check.contains(text, "1.250     <= 1.5  reached")
    check.contains(text, "\n2 figures reached, 1 not reached, 1 not measured")
end)

case("a modelled figure has T-MAC's beside it", function()
    local modelled = row({ weights_per_cycle = 19.3, tmac_weights_per_cycle = 12.8,
        mca_model = "neoverse-n1" })
    modelled.seconds, modelled.rounds, modelled.quiet, modelled.verified = nil, nil, nil, nil
    local slower = row({ weights_per_cycle = 3, mca_model = "neoverse-n1" })
    local item = { key = "weights_per_cycle", pick = "largest", at_least = 19 }
    local text = table.concat(suite_table.lines({ compute(item, { slower, modelled }) }), "\n")
    check.contains(text, "19.300      >= 19  reached       T-MAC's 12.8  ")
    check.contains(table.concat(suite_table.lines({ compute(item, { slower }) }), "\n"),
        "3.000      >= 19  not reached   T-MAC's -  ")
end)
