-- The JSON files beside a model's weights.
local check = require("base.fail").check
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local json_strict = require("base.json_strict")

local model_config = {}

local MOST_MIB = 64

-- Where settings stand that config.json lacks.
local SETTINGS = { "quantize_config.json", "quant_config.json", "hf_quant_config.json" }

-- The object in a file of `disk`.
function model_config.read(disk, path)
    local file = check(disk.open(path))
    if file.size > MOST_MIB << 20 then
        fail("%s: has more than %d MiB", path, MOST_MIB)
    end
    local text = check(file:read(0, file.size))
    file:close()
    local object, reason, name = json_strict.decode(text)
    if type(object) ~= "table" then
        fail("%s: is no JSON object that is read: %s%s", path, reason or "is no object",
            name and ": " .. escaped(name) or "")
    end
    return object
end

-- The object of the first of the paths at which there is a file, or nil.
local function read_first(disk, paths)
    for _, path in ipairs(paths) do
        if disk.kind(path) then
            return model_config.read(disk, path)
        end
    end
    return nil
end

-- Where the file of that name may be: of one file of weights, or of all in its folder. `folder` is
-- "" or ends with a slash.
local function places(folder, stem, name)
    local beside = folder .. name
    return stem and { ("%s%s.%s"):format(folder, stem, name), beside } or { beside }
end

local function table_or_nil(value)
    return type(value) == "table" and value or nil
end

-- config.json, or nil, and what it or the file made for that says on how weights are quantised, or
-- nil. `stem` is the name of the one file of weights without its ending, or nil.
function model_config.find(disk, folder, stem)
    local config = read_first(disk, places(folder, stem, "config.json"))
    local settings = config and (table_or_nil(config.quantization_config)
        or table_or_nil(config.quantization))
    for _, name in ipairs(SETTINGS) do
        settings = settings or read_first(disk, places(folder, stem, name))
    end
    return config, settings and table_or_nil(settings.quantization) or settings
end

return model_config
