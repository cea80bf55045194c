-- llvm-mca: what it is given and what it says. Pure.
--
-- It simulates a loop's instructions on a model of a CPU: ports, latencies and widths, with every
-- load in the level 1 cache and every branch foreseen.
local mca = {}

-- Two runs: what the longer one takes more is free of the loop's start. (40 and 120 iterations, in
-- three times the time, differ by more than 1 in 1000 for 3 of 1044 ARM kernels, by 4 for none.)
mca.ITERATIONS = { 12, 36 }

-- A limit is what explains nearly all cycles.
local NEARLY = 0.95

-- The text of a loop. Where labels are says nothing of its speed: one stands for all of them, so
-- that the same loop of other kernels has the same text.
function mca.region(instructions)
    return (table.concat(instructions, "\n"):gsub("%.L[%w_.]+", ".L")) .. "\n"
end

local Reader = {}
Reader.__index = Reader

-- Reads the lines that llvm-mca prints: add() takes each, `region` has
--   iterations, cycles, uops   of the whole run
--   width                      operations that the model dispatches a cycle
--   resources                  { name =, cycles = busy in one iteration }
function mca.reader()
    return setmetatable({ region = { resources = {} } }, Reader)
end

local NUMBERS = {
    ["Iterations"] = "iterations", ["Total Cycles"] = "cycles", ["Total uOps"] = "uops",
    ["Dispatch Width"] = "width",
}

-- The line of numbers, in the order of the resources; "-" stands for 0.
function Reader:add_pressure(line)
    local index = 0
    for word in line:gmatch("%S+") do
        index = index + 1
        self.region.resources[index].cycles = tonumber(word) or 0
    end
    self.awaits = nil
end

function Reader:add(line)
    local key, value = line:match("^(%u[%a ]+):%s+(%d+)$")
    local resource = line:match("^%[[%d.]+%]%s+%- (.+)$")
    if NUMBERS[key] then
        self.region[NUMBERS[key]] = math.tointeger(value)
    elseif resource then
        table.insert(self.region.resources, { name = resource, cycles = 0 })
    elseif line == "Resource pressure per iteration:" then
        self.awaits = "names"
    elseif self.awaits == "names" then
        self.awaits = "pressure"
    elseif self.awaits == "pressure" then
        self:add_pressure(line)
    end
end

-- What keeps a round from being faster: { name =, cycles = those it takes of itself }.
local function limit_of(region, cycles)
    local width = { name = ("dispatch, %d operations a cycle"):format(region.width),
        cycles = region.uops / region.iterations / region.width }
    local fullest = width
    for _, resource in ipairs(region.resources) do
        fullest = resource.cycles > fullest.cycles and resource or fullest
    end
    if fullest.cycles >= NEARLY * cycles then
        return fullest
    end
    return { name = "waiting for results; fullest is " .. fullest.name, cycles = fullest.cycles }
end

-- Of one region in the shorter and in the longer run: cycles of a round, and its limit.
function mca.result(short, long)
    local cycles = (long.cycles - short.cycles) / (long.iterations - short.iterations)
    return { cycles = cycles, limit = limit_of(long, cycles) }
end

return mca
