-- Finds targets: the files in gen/targets/, and this machine.
local check = require("fail").check
local fail = require("fail").fail
local home = require("home")
local host = require("host")
local machine = require("machine")
local target = require("target")

local targets = {}

-- All targets, `native` first, the others sorted by name.
function targets.list()
    local list = { target.native(host.features(), machine.arch()) }
    for _, name in ipairs(home.list("gen/targets", { lua = true })) do
        local path = "gen/targets/" .. name
        list[#list + 1] = check(target.parse(home.read(path), path))
    end
    return list
end

-- The target of that name.
function targets.find(name)
    local names = {}
    for index, record in ipairs(targets.list()) do
        if record.name == name then
            return record
        end
        names[index] = record.name
    end
    fail("unknown target '%s': known are %s", name, table.concat(names, ", "))
end

return targets
