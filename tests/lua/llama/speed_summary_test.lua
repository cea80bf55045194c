-- From what the programs print that measure models in llama.cpp to lines and a table.
local check = require("check")

package.path = check.root .. "/runtime/llama/tools/?.lua;" .. package.path
local summary = require("speed_summary")

check.case("speed: what the programs print", function()
    local loaded = summary.loaded("load 0.056 s first token 0.081 s resident 348 MiB")
    check.equal(loaded.load, 0.056)
    check.equal(loaded.first, 0.081)
    check.equal(loaded.resident, 348)
    check.equal(summary.loaded("driver: cannot load a model"), nil)
    local result = summary.result("decode 3.52 tokens/s cpu 21.500 s")
    check.equal(result.speed, 3.52)
    check.equal(result.cpu, 21.5)
    check.equal(summary.result("driver: decoding failed"), nil)
    check.equal(summary.gigabytes("49.0 GB/s"), 49)
end)

-- 2 CPUs for 10 s, of which this run had 12 s and others 1 s; 7 s were idle or waited.
check.case("speed: the part of the CPUs that others had", function()
    local before = summary.cpu_times("cpu  100 0 0 500 100 0 0 0 0 0\ncpu0 1 2\n")
    local after = summary.cpu_times("cpu  1300 0 100 1100 200 0 0 0 900 0\ncpu0 1 2\n")
    check.equal(after.all - before.all, 20)
    check.equal(after.busy - before.busy, 13)
    check.equal(summary.foreign(before, after, 12), 0.05)
    check.equal(summary.foreign(before, after, 14), 0)
end)

check.case("speed: medians of odd and even numbers of runs", function()
    check.equal(summary.median({ { x = 3 }, { x = 1 }, { x = 9 } }, "x"), 3)
    check.equal(summary.median({ { x = 3 }, { x = 1 }, { x = 9 }, { x = 4 } }, "x"), 3.5)
end)

check.case("speed: the rounds of an order", function()
    local rounds = { { order = "prefill", stock = 1 }, { order = "decode", stock = 2 },
        { order = "decode", stock = 3 } }
    check.equal(#summary.of(rounds, "decode"), 2)
    check.equal(summary.of(rounds, "prefill")[1].stock, 1)
end)

local LABEL = { type = "Q1_0", threads = 2, host = "ggml 0.25.1" }

-- The memory is slow in the second round, and all are with it: the ratio does not show it.
check.case("speed: a line a test, stock beside ours", function()
    local rounds = {
        { stock = 10, ours = 40, memory = 50, foreign = 0.01 },
        { stock = 5, ours = 20, memory = 25, foreign = 0.2 },
        { stock = 10, ours = 42, memory = 50, foreign = 0.01 },
    }
    local line = summary.line(LABEL, "decode", rounds, 500e6)
    check.equal(line.stock, 10)
    check.equal(line.ours, 40)
    check.equal(line.ratio, 4)
    check.equal(line.ceiling, 100)
    check.equal(line.share, 0.4)
    check.equal(line.disturbed, 1)
    local prompt = summary.line(LABEL, "prefill128", rounds)
    check.equal(prompt.ceiling, nil)
    check.equal(summary.line(LABEL, "prefill512", {}), nil)
    local load = summary.pair(LABEL, "load", 0.5, 1)
    check.equal(load.ratio, 2)
    local text = summary.table({ line, load })
    check.contains(text, "Q1_0         2  decode         10.0     40.0   4.00x      100   0.40  "
        .. "tokens/s, 1 rounds disturbed\n")
    check.contains(text, "2.00x        -      -  s")
end)
