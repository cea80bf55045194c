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
-- A prompt of 512 tokens is left out where stock needs more than a minute for it.
-- A run during which other programs take more than 4 % of the CPUs is repeated, up to 3 times, and
-- then counted among the disturbed ones. A token of decode reads all weights: its ceiling is what
-- memory gives (bandwidth.c) over the bytes of the file.
local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua;" .. package.path

local json = require("dkjson")
local summary = require("speed_summary")

local TYPES = { "Q1_0", "TQ1_0", "TQ2_0", "Q4_0", "Q4_K" }
local PROMPTS = { 128, 512 }
local DECODED = { [128] = 32, [512] = 1 } -- tokens after each prompt
local LONGEST = 60 -- seconds of a prompt
local TRIES = 3

local function fail(...)
    io.stderr:write("speed: ", string.format(...), "\n")
    os.exit(1)
end

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- The output of a command, or fail().
local function output_of(command)
    local pipe = assert(io.popen(command))
    local text = pipe:read("a")
    if not pipe:close() then
        fail("this command failed: %s", command)
    end
    return text
end

-- A run of the driver: its figures, and what part of the CPUs' time others had.
local function measure(run)
    local backend = run.backend and "GGML_BACKEND_PATH=" .. quote(run.backend) .. " " or ""
    local before = summary.cpu_times(output_of("cat /proc/stat"))
    local text = output_of(("%s%s %s speed %s %d %d %d 2>/dev/null"):format(backend,
        quote(run.driver), quote(run.host), quote(run.model), run.threads, run.prompt,
        DECODED[run.prompt]))
    local after = summary.cpu_times(output_of("cat /proc/stat"))
    local sample = summary.sample(text)
    if not sample then
        fail("the driver printed no figures for %s", run.model)
    end
    sample.foreign = summary.foreign(before, after, sample.cpu)
    return sample
end

local function measure_quietly(run)
    local sample
    for _ = 1, TRIES do
        sample = measure(run)
        if not summary.is_disturbed(sample) then
            return sample
        end
    end
    return sample
end

-- Stock and ours in turn: lists of samples.
local function contest(settings, model, threads, prompt)
    local stock, ours = {}, {}
    local run = { driver = settings.driver, host = settings.host, model = model,
        threads = threads, prompt = prompt }
    for round = 1, settings.rounds do
        run.backend = nil
        stock[round] = measure_quietly(run)
        run.backend = settings.backend
        ours[round] = measure_quietly(run)
    end
    return stock, ours
end

-- Adds the lines to all lines, and writes them at once: the next ones may be long in coming.
local function keep(settings, lines, more)
    for _, line in ipairs(more) do
        lines[#lines + 1] = line
        settings.file:write(json.encode(line, { keyorder = summary.KEYS }), "\n")
    end
    settings.file:flush()
end

local function measure_prompts(settings, kind, model, threads, lines)
    local speed = math.huge
    for _, prompt in ipairs(PROMPTS) do
        if prompt / speed > LONGEST then
            io.stderr:write(("%s, %d threads: stock is too slow for %d tokens\n"):format(kind,
                threads, prompt))
            break
        end
        local stock, ours = contest(settings, model, threads, prompt)
        speed = summary.median(stock, "prefill")
        keep(settings, lines, summary.lines(kind, threads, prompt, stock, ours, settings))
    end
    io.stderr:write(("%s, %d threads: measured\n"):format(kind, threads))
end

local function measure_type(settings, kind, lines)
    local model = settings.out .. "/model.gguf"
    output_of(("%s %s 2b %s"):format(quote(settings.synthetic), kind, quote(model)))
    settings.bytes = assert(io.open(model)):seek("end")
    for _, threads in ipairs(settings.threads) do
        measure_prompts(settings, kind, model, threads, lines)
    end
    os.remove(model)
end

local function thread_counts()
    local cores = math.tointeger(tonumber(output_of("nproc")))
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
        host = host, backend = backend, out = out, rounds = rounds, threads = thread_counts() }
    settings.bandwidth = summary.bandwidth(output_of(quote(tools .. "/bandwidth")))
    settings.host_name = "ggml " .. output_of(("%s %s version 2>/dev/null"):format(
        quote(settings.driver), quote(host))):match("%S+")
    settings.file = assert(io.open(out .. "/bench.jsonl", "w"))
    local kinds, lines = select("#", ...) > 0 and { ... } or TYPES, {}
    for _, kind in ipairs(kinds) do
        measure_type(settings, kind, lines)
    end
    assert(settings.file:close())
    print(summary.table(lines))
end

main(table.unpack(arg))
