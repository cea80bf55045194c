-- Finds models: presets in shapes/, or a user's own files.
local fail = require("base.fail").fail
local check = require("base.fail").check
local data = require("base.data")
local files = require("base.files")
local home = require("base.home")
local model = require("input.model")

local models = {}

-- The sorted names of the presets.
function models.presets()
    local names = {}
    for index, name in ipairs(home.list("shapes", { lua = true })) do
        names[index] = name:gsub("%.lua$", "")
    end
    return names
end

local function read_preset(name)
    local path = ("shapes/%s.lua"):format(name)
    return check(model.parse(home.read(path), path))
end

-- The model of a preset's name or a file's path.
function models.read(name)
    if name:find("/", 1, true) or name:find("%.lua$") then
        return check(model.parse(check(files.read(name, data.MOST_MIB)), name))
    end
    local presets = models.presets()
    for _, preset in ipairs(presets) do
        if preset == name then
            return read_preset(name)
        end
    end
    fail("unknown model '%s': give a shapes file, such as ./%s.lua, or one of %s", name, name,
        table.concat(presets, ", "))
end

return models
