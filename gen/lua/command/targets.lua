-- lutloom targets: the CPUs it knows.
local host = require("base.host")
local say = require("base.say")
local targets = require("input.targets")

local command_targets = {}

function command_targets.options() end

-- "64K L1, 512K L2", as this machine's identity has it.
local function cache_text(cache)
    local sizes = {}
    for _, level in ipairs({ "l1", "l2", "l3" }) do
        sizes[#sizes + 1] = cache[level] and ("%dK %s"):format(cache[level], level:upper())
    end
    return table.concat(sizes, ", ")
end

function command_targets.run()
    say("This machine: " .. host.identity())
    say("")
    for _, target in ipairs(targets.list()) do
        say("%-16s %-42s %s", target.name, table.concat(target.isas, " "),
            target.description .. (target.cache and "; " .. cache_text(target.cache) or ""))
    end
end

return command_targets
