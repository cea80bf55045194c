-- How long a core takes for a round of a loop: what its operations take of each of its resources,
-- as a file of gen/cores/ (cores.lua) has it. Pure.
--
-- A round takes as long as the fullest resource is busy: a set of pipes, by what has no other pipe
-- to go to; loads; stores; reading registers; dispatch. Or it waits for results (chain.lua).
local chain = require("mca.chain")
local operation = require("mca.operation")

local pipes = {}

local Round = {}
Round.__index = Round

-- The row of an operation, or nil and a message.
local function row_of(core, op)
    for _, row in ipairs(core.operations) do
        if (" " .. row.names .. " "):find(" " .. op.word .. " ", 1, true) then
            return row
        end
    end
    return nil, ("has no row for %s"):format(op.word)
end

-- What the operation holds of pipes and registers.
function Round:compute(op, row)
    self.pipes[row.pipes] = (self.pipes[row.pipes] or 0) + row[op.width] * #row.pipes
    local read = #op.sources + (row.adds and 1 or 0)
    self.sources = self.sources + read * (op.width == "zmm" and 1 or 0.5)
end

-- Adds an operation; a message if what it takes is not known.
function Round:add(op)
    self.count = self.count + 1
    if op.is_vector and op.stores then
        self.stores = self.stores + self.core.stores[op.width]
    elseif op.fetches or op.loads then
        self.loads = self.loads + self.core.loads[op.is_vector and not op.broadcasts and op.width
            or "broadcast"]
    end
    if op.is_vector and not op.moves then
        local row, reason = row_of(self.core, op)
        if not row then
            return reason
        end
        self:compute(op, row)
        self.chain:add(op, row)
    else
        self.chain:add(op)
    end
    return nil
end

-- All pipes that the core has, in one text.
local function names_of_pipes(core)
    local names, seen = {}, {}
    for _, row in ipairs(core.operations) do
        for name in row.pipes:gmatch(".") do
            names[#names + 1] = not seen[name] and name or nil
            seen[name] = true
        end
    end
    table.sort(names)
    return names
end

-- How long the pipes of a set are busy with what can go nowhere else.
local function cycles_of_set(used, set)
    local cycles = 0
    for needed, held in pairs(used) do
        cycles = cycles + (needed:find("[^" .. set .. "]") and 0 or held)
    end
    return cycles / #set
end

-- The fullest set of pipes; of equally full ones the first, in the order of their names.
local function fullest_pipes(used, names)
    local fullest = { cycles = 0 }
    for mask = 1, 2 ^ #names - 1 do
        local set = ""
        for index, name in ipairs(names) do
            set = set .. (mask >> (index - 1) & 1 == 1 and name or "")
        end
        local cycles = cycles_of_set(used, set)
        if cycles > fullest.cycles then
            fullest = { name = "pipes " .. set, cycles = cycles }
        end
    end
    return fullest
end

-- Of the instructions of a round: { cycles, limit = { name, cycles } }; or nil and a message.
function pipes.model(instructions, core)
    local round = setmetatable({ core = core, pipes = {}, sources = 0, loads = 0, stores = 0,
        count = 0, chain = chain.new() }, Round)
    for _, text in ipairs(instructions) do
        local reason = round:add(operation.parse(text))
        if reason then
            return nil, reason
        end
    end
    local limit = fullest_pipes(round.pipes, names_of_pipes(core))
    for _, other in ipairs({
        { name = "loads", cycles = round.loads },
        { name = "stores", cycles = round.stores },
        { name = "waiting for results", cycles = round.chain:cycles() },
        { name = "reading registers", cycles = round.sources / core.sources },
        { name = ("dispatch, %d operations a cycle"):format(core.dispatch),
            cycles = round.count / core.dispatch },
    }) do
        limit = other.cycles > limit.cycles and other or limit
    end
    return { cycles = limit.cycles, limit = limit }
end

return pipes
