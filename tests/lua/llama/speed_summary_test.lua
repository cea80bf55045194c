-- From what the programs print that measure models in llama.cpp to lines and a table.
local check = require("check")

package.path = check.root .. "/runtime/llama/tools/?.lua;" .. package.path
local summary = require("speed_summary")

local PRINTED = "load 0.056 s prefill 12.45 decode 3.52 tokens/s resident 348 MiB peak 350 MiB "
    .. "cpu 21.50 s\n"

check.case("speed: what the driver prints", function()
    local sample = summary.sample(PRINTED)
    check.equal(sample.load, 0.056)
    check.equal(sample.prefill, 12.45)
    check.equal(sample.decode, 3.52)
    check.equal(sample.resident, 348)
    check.equal(sample.cpu, 21.5)
    check.equal(summary.sample("driver: cannot load a model\n"), nil)
end)

check.case("speed: bandwidths by threads", function()
    local bandwidth = summary.bandwidth("1 threads 27.1 GB/s\n2 threads 49.0 GB/s\n")
    check.equal(bandwidth[1], 27.1)
    check.equal(bandwidth[2], 49.0)
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

local function samples(decode, foreign)
    return { { load = 1, prefill = 20, decode = decode, resident = 300, foreign = foreign } }
end

check.case("speed: a line a figure, stock beside ours", function()
    local settings = { bandwidth = { [2] = 50 }, bytes = 500e6, host_name = "ggml 0.25.1" }
    local lines = summary.lines("Q1_0", 2, 128, samples(10, 0.01), samples(45, 0.2), settings)
    check.equal(#lines, 4)
    local decode = lines[2]
    check.equal(decode.test, "decode")
    check.equal(decode.stock, 10)
    check.equal(decode.ours, 45)
    check.equal(decode.ratio, 4.5)
    check.equal(decode.ceiling, 100)
    check.equal(decode.disturbed, 1)
    check.equal(#summary.lines("Q1_0", 2, 512, samples(1, 0), samples(1, 0), settings), 1)
    local text = summary.table(lines)
    check.contains(text, "Q1_0         2  decode         10.0     45.0   4.50x      100  tokens/s, "
        .. "1 runs disturbed\n")
    check.contains(text, "resident")
end)
