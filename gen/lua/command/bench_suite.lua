-- lutloom bench --suite: measures a suite and compares its figures with their bars.
local compile = require("build.compile")
local fail = require("base.fail").fail
local figure = require("suite.figure")
local json = require("base.json")
local rows = require("build.rows")
local say = require("base.say")
local suite_run = require("suite.run")
local suite_table = require("suite.table")
local suites = require("suite.suites")

local bench_suite = {}

local SECONDS = 6

-- Measures the suite; its rows, and which runs are not measured and why.
local function measure(record, args)
    local writer <close> = args.json and rows.writer(args.json)
    local measured = {}
    local options = { compile.ggml_option(args.ggml or "") }
    local unable = suite_run.run(record, args.out or "out/" .. record.name, options,
        args.seconds or SECONDS, function(row)
            measured[#measured + 1] = row
            if writer then
                writer:add(json.line(row))
            end
        end)
    if writer then
        writer:finish()
    end
    return measured, unable
end

function bench_suite.run(args)
    local record = suites.read(args.suite)
    if args.folder then
        fail("--suite %s: makes libraries of its own; %s has no place (--out names their folder)",
            args.suite, args.folder)
    elseif (args.ggml or args.seconds) and #record.runs == 0 then
        fail("--%s: suite %s models and measures nothing", args.ggml and "ggml" or "seconds",
            args.suite)
    elseif args.plot then
        fail("--plot: draws the rows of --json FILE with 'lutloom bench --plot --from FILE'")
    end
    local measured, unable
    if args.from then
        measured, unable = rows.read(args.from), {}
    else
        measured, unable = measure(record, args)
    end
    for _, line in ipairs(suite_table.lines(figure.compute_all(record.items, measured, unable))) do
        say("%s", line)
    end
end

return bench_suite
