-- Finds suites: the files in gen/suites/.
local check = require("base.fail").check
local fail = require("base.fail").fail
local home = require("base.home")
local suite = require("suite.suite")

local suites = {}

-- The sorted names of all suites.
function suites.names()
    local names = {}
    for index, name in ipairs(home.list("gen/suites", { lua = true })) do
        names[index] = name:gsub("%.lua$", "")
    end
    return names
end

-- The suite of that name.
function suites.read(name)
    local names = suites.names()
    for _, known in ipairs(names) do
        if known == name then
            local path = ("gen/suites/%s.lua"):format(name)
            return check(suite.parse(home.read(path), path))
        end
    end
    fail("--suite %s: unknown suite; known are %s", name, table.concat(names, ", "))
end

return suites
