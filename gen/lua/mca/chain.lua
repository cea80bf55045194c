-- How long a round of a loop waits for the results of the one before it: the time that its longest
-- chain of operations takes, as if a core could start any number at once. Pure.
local chain = {}

-- After so many rounds each takes as long as the next.
local ROUNDS = 4

local Chain = {}
Chain.__index = Chain

function chain.new()
    return setmetatable({ steps = {} }, Chain)
end

-- Adds an operation (operation.lua) in the order of the loop, with its row of a core (cores.lua);
-- without a row it takes no time. What comes from memory is there in time.
function Chain:add(op, row)
    if op.result then
        table.insert(self.steps, { result = op.result, from = op.clears and {} or op.sources,
            adds = row and row.adds, latency = row and row.latency or 0 })
    end
end

-- When all registers are there after one more round that begins with them at `ready`.
local function run(steps, ready)
    local latest = 0
    for _, step in ipairs(steps) do
        local start = step.adds and ready[step.result] or 0
        for _, source in ipairs(step.from) do
            start = math.max(start, ready[source] or 0)
        end
        ready[step.result] = start + step.latency
        latest = math.max(latest, ready[step.result])
    end
    return latest
end

function Chain:cycles()
    local ready, before, latest = {}, 0, 0
    for _ = 1, ROUNDS do
        before, latest = latest, run(self.steps, ready)
    end
    return latest - before
end

return chain
