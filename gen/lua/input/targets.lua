-- Finds targets: the files in gen/targets/, and this machine.
local check = require("base.fail").check
local fail = require("base.fail").fail
local home = require("base.home")
local host = require("base.host")
local list = require("base.list")
local machine = require("input.machine")
local target = require("input.target")

local targets = {}

-- All targets, `native` first, the others sorted by name.
function targets.list()
    local known = { target.native(host.features(), machine.arch()) }
    for _, name in ipairs(home.list("gen/targets", { lua = true })) do
        local path = "gen/targets/" .. name
        known[#known + 1] = check(target.parse(home.read(path), path))
    end
    return known
end

-- The target of that name.
function targets.find(name)
    local known = targets.list()
    for _, record in ipairs(known) do
        if record.name == name then
            return record
        end
    end
    fail("unknown target '%s': known are %s", name, table.concat(list.names(known), ", "))
end

return targets
