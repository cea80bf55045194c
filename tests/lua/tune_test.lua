local check = require("check")
local format = require("format")
local tune = require("tune")

local PROBLEM = { format = "w2g128", m = 64, k = 128 }

local kernels, samples

local function add(name, op, layout, seconds, more)
    more = more or {}
    kernels[name] = { name = name, op = op, layout = layout, mode = more.mode or "exact",
        rank = more.rank or 0, tmac = more.tmac or false }
    samples[#samples + 1] = { kernel = name, n = more.n or op == "gemv" and 1 or 128,
        seconds = seconds, verified = more.verified ~= false }
end

local function case(name, run)
    check.case("tune: " .. name, function()
        kernels, samples = {}, {}
        run()
    end)
end

local function choose(mode)
    return tune.choose(PROBLEM, mode or "fastest", samples, kernels)
end

case("the pair has one layout", function()
    add("v1", "gemv", "l1", 1.0)
    add("m1", "gemm", "l1", 128)
    add("v2", "gemv", "l2", 0.5)
    add("m3", "gemm", "l3", 1)
    check.equal(choose().gemv, "v1")
    check.equal(choose().gemm, "m1")
end)

case("the GEMV counts most, the GEMM by token", function()
    add("v1", "gemv", "l1", 1.0)
    add("m1", "gemm", "l1", 12.8)
    add("v2", "gemv", "l2", 0.9)
    add("m2", "gemm", "l2", 25.6)
    check.equal(choose().gemv, "v2")
    add("v3", "gemv", "l3", 0.9)
    add("m3", "gemm", "l3", 12.8)
    check.equal(choose().gemv, "v3")
end)

case("for a few tokens the fastest of the pair's layout serves", function()
    add("v1", "gemv", "l1", 1.0)
    add("m1", "gemm", "l1", 12.8)
    check.equal(choose().few, "m1")
    add("m1", "gemm", "l1", 3.0, { n = 4 })
    add("f1", "few", "l1", 2.0, { n = 4 })
    add("f2", "few", "l2", 1.0, { n = 4 })
    check.equal(choose().few, "f1")
    check.equal(choose().few_n, 4)
    check.equal(choose().gemm_n, 128)
end)

case("within the noise the generator's order decides", function()
    add("v1", "gemv", "l1", 1.00, { rank = 3 })
    add("v2", "gemv", "l1", 1.01, { rank = 0 })
    add("v3", "gemv", "l1", 1.10, { rank = 0 })
    add("m1", "gemm", "l1", 1)
    check.equal(choose().gemv, "v2")
end)

case("T-MAC's schedule and what failed its verification never win", function()
    add("v1", "gemv", "l1", 2.0)
    add("v2", "gemv", "l1", 1.0, { tmac = true })
    add("v3", "gemv", "l1", 0.5, { verified = false })
    add("m1", "gemm", "l1", 1)
    check.equal(choose().gemv, "v1")
end)

case("a mode is served by its own kernels, fastest by all but table7", function()
    add("v1", "gemv", "l1", 2.0, { mode = "exact" })
    add("v2", "gemv", "l1", 1.0, { mode = "table" })
    add("v3", "gemv", "l1", 0.5, { mode = "table7" })
    add("m1", "gemm", "l1", 1, { mode = "exact" })
    add("m2", "gemm", "l1", 2, { mode = "table" })
    check.equal(choose("exact").gemv, "v1")
    check.equal(choose("table").gemm, "m2")
    check.equal(choose("table7"), nil)
    check.equal(choose("fastest").gemv, "v2")
    check.equal(choose("fastest").gemm, "m1")
end)

case("unknown kernels and failed timings are left out", function()
    add("v1", "gemv", "l1", 0)
    add("m1", "gemm", "l1", 1)
    samples[#samples + 1] = { kernel = "other", n = 1, seconds = 1, verified = true }
    check.equal(choose(), nil)
end)

case("problems are distinct, by the kernels' formats", function()
    local problems = tune.problems({
        { format = "w2g128", m = 1, k = 2 }, { format = "w2g128arow", m = 1, k = 2 },
        { format = "w2g64", m = 1, k = 2 }, { format = "w2g128", m = 2, k = 2 },
    }, format.parse)
    check.equal(#problems, 3)
    check.equal(problems[2].format, "w2g64")
end)
