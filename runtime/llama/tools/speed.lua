-- What a model's speed is in stock llama.cpp, with its own kernels and with ours, in turn.
--
--   lua5.4 speed.lua TOOLS HOST BACKEND OUT [ROUNDS] [TYPE...]
--     TOOLS    folder with the programs driver, synthetic and bandwidth
--     HOST     folder with libllama.so and ggml's libraries
--     BACKEND  libggml-lutloom.so
--     OUT      folder for bench.jsonl, and for a model at a time (up to 1.3 GB)
--     ROUNDS   of each measurement, 5 unless given; the median counts
--     TYPE     such as Q3_K; those of TYPES below unless given
--
-- Both hosts have the model at once, and take turns of a second or less. So both meet the same
-- machine: what a virtual one reads from memory may double or halve within seconds. That is read
-- after their turns: a token of decode reads all weights, and its ceiling is what memory gives over
-- the bytes of the file. A round of a prompt has DECODES rounds of decode.
-- A prompt of 512 tokens is left out where stock needs more than a minute for it.
-- A round during which other programs take more than 4 % of the CPUs is repeated, up to 3 times,
-- and then counted among the disturbed ones.
local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path

local json = require("dkjson")
local live = require("live")
local summary = require("speed_summary")

local quote = live.quote

local TYPES = { "Q1_0", "TQ1_0", "TQ2_0", "Q4_0", "Q4_K" }
local PROMPT, LONG_PROMPT = 128, 512
local DECODED, DECODES = 12, 3 -- tokens a turn, turns a round
local LONGEST = 60 -- seconds of a prompt
local TRIES = 3

local function fail(...)
    io.stderr:write("speed: ", string.format(...), "\n")
    os.exit(1)
end

local function cpu_times()
    return summary.cpu_times(live.output_of("cat /proc/stat"))
end

-- Stock and ours, then the memory, each for a line of its input.
local function take_turns(contest, order)
    local before, own = cpu_times(), 0
    local round = { order = order:match("%S+") }
    for _, side in ipairs({ "stock", "ours" }) do
        local result = summary.result(contest[side]:ask(order))
        if not result then
            fail("the driver printed no figure for '%s'", order)
        end
        round[side], own = result.speed, own + result.cpu
    end
    round.foreign = summary.foreign(before, cpu_times(), own)
    round.memory = summary.gigabytes(contest.memory:ask("read"))
    return round
end

local function take_turns_quietly(contest, order)
    local round
    for _ = 1, TRIES do
        round = take_turns(contest, order)
        if not summary.is_disturbed(round) then
            break
        end
    end
    return round
end

-- A list of rounds.
local function measure(contest, rounds)
    local list = {}
    for _ = 1, rounds do
        list[#list + 1] = take_turns_quietly(contest, "prefill " .. PROMPT)
        for _ = 1, DECODES do
            list[#list + 1] = take_turns_quietly(contest, "decode " .. DECODED)
        end
    end
    return list
end

local function measure_long(contest, rounds, short)
    if LONG_PROMPT / summary.median(short, "stock") > LONGEST then
        return {}
    end
    local list = {}
    for index = 1, rounds do
        list[index] = take_turns_quietly(contest, "prefill " .. LONG_PROMPT)
    end
    return list
end

local function start(settings, threads, backend, name)
    local host = live.start(("%sexec %s %s speed %s %d %d"):format(
        backend and "GGML_BACKEND_PATH=" .. quote(backend) .. " " or "", quote(settings.driver),
        quote(settings.host), quote(settings.model), threads, LONG_PROMPT), settings.out, name)
    return host, summary.loaded(host:read()) or fail("%s: it did not load", settings.model)
end

-- Lines of all figures of a model for a number of threads.
local function contest_lines(settings, kind, threads)
    local stock <close>, stock_loaded = start(settings, threads, nil, "stock")
    local ours <close>, ours_loaded = start(settings, threads, settings.backend, "ours")
    local memory <close> = live.start(("exec %s %d"):format(quote(settings.bandwidth), threads),
        settings.out, "memory")
    local contest = { stock = stock, ours = ours, memory = memory }
    local list = measure(contest, settings.rounds)
    local prefill = summary.of(list, "prefill")
    local decode = summary.of(list, "decode")
    local label = { type = kind, threads = threads, host = settings.host_name }
    return {
        summary.line(label, "prefill" .. PROMPT, prefill),
        summary.line(label, "decode", decode, settings.bytes),
        summary.pair(label, "load", stock_loaded.load, ours_loaded.load),
        summary.pair(label, "first", stock_loaded.first, ours_loaded.first),
        summary.pair(label, "resident", stock_loaded.resident, ours_loaded.resident),
        summary.line(label, "prefill" .. LONG_PROMPT,
            measure_long(contest, settings.rounds, prefill)),
    }
end

-- Adds the lines to all lines, and writes them at once: the next ones may be long in coming.
local function keep(settings, lines, more)
    for _, line in ipairs(more) do
        lines[#lines + 1] = line
        settings.file:write(json.encode(line, { keyorder = summary.KEYS }), "\n")
    end
    settings.file:flush()
end

local function measure_type(settings, kind, lines)
    live.output_of(("%s %s 2b %s"):format(quote(settings.synthetic), kind, quote(settings.model)))
    local file <close> = assert(io.open(settings.model))
    settings.bytes = file:seek("end")
    for _, threads in ipairs(settings.threads) do
        keep(settings, lines, contest_lines(settings, kind, threads))
        io.stderr:write(("%s, %d threads: measured\n"):format(kind, threads))
    end
    os.remove(settings.model)
end

local function thread_counts()
    local cores = math.tointeger(tonumber(live.output_of("nproc")))
    return cores > 1 and { 1, cores } or { 1 }
end

local function main(tools, host, backend, out, rounds, ...)
    if not out then
        fail("usage: lua5.4 speed.lua TOOLS HOST BACKEND OUT [ROUNDS] [TYPE...]")
    end
    rounds = math.tointeger(tonumber(rounds or 5))
    if not rounds or rounds < 1 then
        fail("ROUNDS is a number from 1 on")
    end
    local settings = { driver = tools .. "/driver", synthetic = tools .. "/synthetic",
        bandwidth = tools .. "/bandwidth", model = out .. "/model.gguf", host = host,
        backend = backend, out = out, rounds = rounds, threads = thread_counts() }
    settings.host_name = "ggml " .. live.output_of(("%s %s version 2>/dev/null"):format(
        quote(settings.driver), quote(host))):match("%S+")
    settings.file = assert(io.open(out .. "/bench.jsonl", "w"))
    local kinds, lines = select("#", ...) > 0 and { ... } or TYPES, {}
    for _, kind in ipairs(kinds) do
        measure_type(settings, kind, lines)
    end
    assert(settings.file:close())
    print(summary.table(lines))
end

local ok, reason = pcall(main, table.unpack(arg))
if not ok then
    fail("%s", reason)
end
