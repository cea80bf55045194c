-- From what speed.lua's programs print to lines and a table.
local summary = {}

summary.KEYS = { "type", "threads", "test", "stock", "ours", "ratio", "ceiling", "share",
    "host", "disturbed" }

-- What `driver speed` prints when it has loaded a model, or nil.
function summary.loaded(text)
    local load, first, resident =
        text:match("^load ([%d.]+) s first token ([%d.]+) s resident (%d+) MiB$")
    return load and { load = tonumber(load), first = tonumber(first),
        resident = tonumber(resident) }
end

-- What it prints for a measurement, or nil: tokens a second, and seconds of all threads.
function summary.result(text)
    local speed, cpu = text:match("^%l+ ([%d.]+) tokens/s cpu ([%d.]+) s$")
    return speed and { speed = tonumber(speed), cpu = tonumber(cpu) }
end

-- What bandwidth.c prints.
function summary.gigabytes(text)
    return tonumber(text:match("^([%d.]+) GB/s$"))
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

-- Of the rounds, those of one kind of order.
function summary.of(rounds, order)
    local list = {}
    for _, round in ipairs(rounds) do
        if round.order == order then
            list[#list + 1] = round
        end
    end
    return list
end

-- The median of what each round has under the key, or of what the function makes of it.
function summary.median(rounds, key)
    local values = {}
    for index, round in ipairs(rounds) do
        values[index] = type(key) == "function" and key(round) or round[key]
    end
    table.sort(values)
    local middle = (#values + 1) // 2
    return (values[middle] + values[#values + 1 - middle]) / 2
end

-- Whether others had more of the CPUs than a measurement allows.
function summary.is_disturbed(round)
    return round.foreign > 0.04
end

local function disturbed(rounds)
    local count = 0
    for _, round in ipairs(rounds) do
        count = count + (summary.is_disturbed(round) and 1 or 0)
    end
    return count
end

-- A line of two figures, one of them ours.
function summary.pair(label, test, stock, ours)
    return { type = label.type, threads = label.threads, host = label.host, test = test,
        stock = stock, ours = ours, ratio = ours / stock, disturbed = 0 }
end

-- The line of a test: medians, of the ratio too, since a round's two figures belong together; nil
-- where it has no rounds. `bytes` are those of the file where a token reads them all.
function summary.line(label, test, rounds, bytes)
    if #rounds == 0 then
        return nil
    end
    local line = summary.pair(label, test, summary.median(rounds, "stock"),
        summary.median(rounds, "ours"))
    line.ratio = summary.median(rounds, function(round)
        return round.ours / round.stock
    end)
    if bytes then
        line.ceiling = summary.median(rounds, "memory") * 1e9 / bytes
        line.share = summary.median(rounds, function(round)
            return round.ours * bytes / (round.memory * 1e9)
        end)
    end
    line.disturbed = disturbed(rounds)
    return line
end

local UNITS = { load = "s", first = "s", resident = "MiB" }

-- Numbers with three digits that count.
local function number(value)
    return value and ((value >= 100 and "%.0f" or value >= 10 and "%.1f" or "%.2f"):format(value))
        or "-"
end

-- All lines, for a person.
function summary.table(lines)
    local rows = { ("%-6s %7s  %-10s %8s %8s %7s %8s %6s  %s"):format("type", "threads",
        "test", "stock", "ours", "ratio", "ceiling", "share", "unit") }
    for _, line in ipairs(lines) do
        local row = ("%-6s %7d  %-10s %8s %8s %6sx %8s %6s  %s"):format(line.type, line.threads,
            line.test, number(line.stock), number(line.ours), number(line.ratio),
            number(line.ceiling), number(line.share), UNITS[line.test] or "tokens/s")
        if line.disturbed > 0 then
            row = ("%s, %d rounds disturbed"):format(row, line.disturbed)
        end
        rows[#rows + 1] = row
    end
    return table.concat(rows, "\n")
end

return summary
