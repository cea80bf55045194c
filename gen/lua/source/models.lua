-- Finds the shapes of models: presets in shapes/, a user's own files of shapes, and files of
-- weights, which say their formats, too.
local check = require("base.fail").check
local data = require("base.data")
local disk = require("source.disk")
local fail = require("base.fail").fail
local files = require("base.files")
local home = require("base.home")
local input_model = require("input.model")
local inventory = require("source.inventory")
local list = require("base.list")
local model = require("source.model")
local model_files = require("source.model_files")
local remark = require("base.fail").remark

local models = {}

-- The sorted names of the presets.
function models.presets()
    local names = {}
    for index, name in ipairs(home.list("shapes", { lua = true })) do
        names[index] = name:gsub("%.lua$", "")
    end
    return names
end

-- Whether a model's name stands for files of weights. A preset goes before a folder of its name.
function models.are_weights(name)
    return not list.contains(models.presets(), name) and model_files.are_weights(disk, name)
end

local function read_preset(name)
    local path = ("shapes/%s.lua"):format(name)
    return check(input_model.parse(home.read(path), path))
end

-- What a file of weights is called: as itself, or where all files have the same name as its folder.
local function name_of(path)
    local folder, name = path:match("^(.*/)([^/]*)$")
    name = (name or path):gsub("%.gguf$", ""):gsub("%.safetensors$", "")
        :gsub("%.safetensors%.index%.json$", ""):gsub("%-%d+%-of%-%d+$", "")
    if disk.kind(path) == "folder" or name == "model" then
        local absolute = files.absolute(disk.kind(path) == "folder" and path or folder or ".")
        name = absolute and absolute:match("[^/]+$") or name
    end
    return input_model.as_name(name, "model")
end

local function read_weights(path)
    local opened = model.open(path)
    local found = inventory.of(opened)
    local lines = inventory.left_lines(found)
    if #found.rows == 0 then
        fail("%s: has no matrices that a format holds%s", path,
            #lines > 0 and "; " .. table.concat(lines, "; ") or "")
    end
    for _, line in ipairs(lines) do
        remark(("%s: %s"):format(path, line))
    end
    local layers = {}
    for index, row in ipairs(found.rows) do
        layers[index] = { role = row.role, m = row.m, k = row.k, format = row.format }
    end
    return { name = name_of(path), layers = layers }
end

-- The model (as input/model.lua has it) of a preset's name, or of the path of a file of shapes or
-- of weights.
function models.read(name)
    if models.are_weights(name) then
        return read_weights(name)
    elseif name:find("/", 1, true) or name:find("%.lua$") then
        return check(input_model.parse(check(files.read(name, data.MOST_MIB)), name))
    elseif list.contains(models.presets(), name) then
        return read_preset(name)
    end
    fail("unknown model '%s': give a shapes file, such as ./%s.lua, a file of weights, or one of "
        .. "%s", name, name, table.concat(models.presets(), ", "))
end

return models
