-- Models: the shapes of their layers, from a shapes file's text. shapes/README.md describes
-- the file.
local data = require("base.data")
local format = require("input.format")

local model = {}

-- LOOM_MAX_DIM of runtime/loom.h.
model.MAX_DIM = 1 << 20

local function is_dimension(value)
    return math.type(value) == "integer" and value >= 1 and value <= model.MAX_DIM
end

local function is_filled_list(value)
    return data.is_list(value) and #value > 0
end

-- Names stand in C comments and strings, and in command lines.
local function is_name(value)
    return type(value) == "string" and value:find("^%w[%w._-]*$") ~= nil
end

-- A text as a name: other characters become "_". `default` where nothing is left of it.
function model.as_name(text, default)
    local name = text:gsub("[^%w._-]", "_"):gsub("^[^%w]+", "")
    return name ~= "" and name:sub(1, 64) or default
end

local NAME_RULE = "a name of letters, digits and . _ -, in quotes"
local DIMENSION_RULE = ("a whole number from 1 to %d"):format(model.MAX_DIM)

local MODEL_FIELDS = {
    name = { check = is_name, must = NAME_RULE },
    layers = { check = is_filled_list,
        must = "a list of one or more layers, { role = , m = , k = } each" },
}

local LAYER_FIELDS = {
    role = { check = is_name, must = NAME_RULE },
    m = { check = is_dimension, must = DIMENSION_RULE },
    k = { check = is_dimension, must = DIMENSION_RULE },
    format = {
        check = function(value)
            return type(value) == "string"
        end,
        must = "a format's name, such as \"w2g128\"",
        optional = true,
    },
}

local function check_layer(layer, where)
    if type(layer) ~= "table" then
        return nil, ("%s: must be { role = , m = , k = }, not %s"):format(where,
            data.show(layer))
    end
    if is_name(layer.role) then
        where = ("%s (%s)"):format(where, layer.role)
    end
    local ok, reason = data.check_fields(layer, LAYER_FIELDS, where)
    if ok and layer.format then
        ok, reason = format.parse(layer.format)
        reason = not ok and ("%s: %s"):format(where, reason)
    end
    return ok, reason
end

-- The record { name =, layers = { { role =, m =, k =, format = or nil }, ... } }, or nil and a
-- message that names the file and the line or layer.
function model.parse(text, filename)
    local record, reason = data.record(text, filename, MODEL_FIELDS)
    for index, layer in ipairs(record and record.layers or {}) do
        local ok
        ok, reason = check_layer(layer, ("%s: layer %d"):format(filename, index))
        if not ok then
            return nil, reason
        end
    end
    return record, reason
end

return model
