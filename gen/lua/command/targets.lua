-- lutloom targets: the CPUs it knows.
local host = require("host")
local say = require("say")
local targets = require("targets")

local command = {}

function command.options() end

function command.run()
    say("This machine: " .. host.identity())
    say("")
    for _, target in ipairs(targets.list()) do
        say("%-16s %-42s %s", target.name, table.concat(target.isas, " "),
            target.description)
    end
end

return command
