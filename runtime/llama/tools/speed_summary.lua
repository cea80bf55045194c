-- From what speed.lua's programs print to lines and a table.
local summary = {}

summary.KEYS = { "type", "threads", "test", "stock", "ours", "ratio", "ceiling", "host",
    "disturbed" }

-- What `driver speed` prints, or nil.
function summary.sample(text)
    local load, prefill, decode, resident, cpu = text:match("load ([%d.]+) s prefill ([%d.]+) "
        .. "decode ([%d.]+) tokens/s resident (%d+) MiB peak %d+ MiB cpu ([%d.]+) s")
    return load and { load = tonumber(load), prefill = tonumber(prefill),
        decode = tonumber(decode), resident = tonumber(resident), cpu = tonumber(cpu) }
end

-- GB/s that bandwidth.c prints, by number of threads.
function summary.bandwidth(text)
    local by_threads = {}
    for threads, speed in text:gmatch("(%d+) threads ([%d.]+) GB/s") do
        by_threads[tonumber(threads)] = tonumber(speed)
    end
    return by_threads
end

-- Seconds that all CPUs were busy and idle, from /proc/stat (proc(5); 100 ticks a second).
function summary.cpu_times(text)
    local times = {}
    for ticks in text:match("^cpu +([%d ]+)"):gmatch("%d+") do
        times[#times + 1] = tonumber(ticks) / 100
    end
    local idle = times[4] + times[5]
    local all = 0
    for index = 1, 8 do
        all = all + (times[index] or 0)
    end
    return { busy = all - idle, all = all }
end

-- The part of the time between two states that others than this run were busy.
function summary.foreign(before, after, own)
    local others = after.busy - before.busy - own
    return math.max(0, others) / math.max(after.all - before.all, 0.01)
end

function summary.median(samples, key)
    local values = {}
    for index, sample in ipairs(samples) do
        values[index] = sample[key]
    end
    table.sort(values)
    local middle = (#values + 1) // 2
    return (values[middle] + values[#values + 1 - middle]) / 2
end

-- Whether others had more of the CPUs than a measurement allows.
function summary.is_disturbed(sample)
    return sample.foreign > 0.04
end

local function disturbed(samples)
    local count = 0
    for _, sample in ipairs(samples) do
        count = count + (summary.is_disturbed(sample) and 1 or 0)
    end
    return count
end

-- A line for each figure of a contest: after the shortest prompt all, after others the prefill.
function summary.lines(kind, threads, prompt, stock, ours, settings)
    local lines = {}
    local function add(test, key, ceiling)
        local theirs, own = summary.median(stock, key), summary.median(ours, key)
        lines[#lines + 1] = { type = kind, threads = threads, test = test, stock = theirs,
            ours = own, ratio = own / theirs, ceiling = ceiling, host = settings.host_name,
            disturbed = disturbed(stock) + disturbed(ours) }
    end
    add("prefill" .. prompt, "prefill")
    if prompt == 128 then
        local bandwidth = settings.bandwidth[threads]
        add("decode", "decode", bandwidth and bandwidth * 1e9 / settings.bytes)
        add("load", "load")
        add("resident", "resident")
    end
    return lines
end

local UNITS = { load = "s", resident = "MiB" }

-- Numbers with three digits that count.
local function number(value)
    return value and ((value >= 100 and "%.0f" or value >= 10 and "%.1f" or "%.2f"):format(value))
        or "-"
end

-- All lines, for a person.
function summary.table(lines)
    local rows = { ("%-6s %7s  %-10s %8s %8s %7s %8s  %s"):format("type", "threads", "test",
        "stock", "ours", "ratio", "ceiling", "unit") }
    for _, line in ipairs(lines) do
        local row = ("%-6s %7d  %-10s %8s %8s %6sx %8s  %s"):format(line.type, line.threads,
            line.test, number(line.stock), number(line.ours), number(line.ratio),
            number(line.ceiling), UNITS[line.test] or "tokens/s")
        if line.disturbed > 0 then
            row = ("%s, %d runs disturbed"):format(row, line.disturbed)
        end
        rows[#rows + 1] = row
    end
    return table.concat(rows, "\n")
end

return summary
