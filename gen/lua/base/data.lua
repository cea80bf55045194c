-- Data files: Lua tables that are read without running code of theirs.
local data_text = require("base.data_text")
local list = require("base.list")

local data = {}

-- MiB that a file of data may have.
data.MOST_MIB = 1

-- The table that a file's text returns, or nil and a message with the file's name (and line).
-- Its environment is empty, so whatever is not a constant is an error.
function data.parse(text, filename)
    local fault = data_text.error(text, filename)
    if fault then
        return nil, fault
    end
    -- pcall keeps a caller's xpcall from handling what load() reports by itself.
    local _, chunk, reason = pcall(load, text, "=data", "t", {})
    local ok, value
    if chunk then
        ok, value = pcall(chunk)
        reason = tostring(value)
    end
    if not ok then
        local line, rest = reason:match("^data:(%d+): (.*)$")
        return nil, line and ("%s:%s: %s"):format(filename, line, rest)
            or ("%s: %s"):format(filename, reason)
    elseif type(value) ~= "table" then
        return nil, ("%s: returns no table; a file is 'return { name = ... }'"):format(filename)
    end
    return value
end

-- Whether a value is a list, without gaps and other keys, of items that pass `check` (if given).
function data.is_list(value, check)
    if type(value) ~= "table" then
        return false
    end
    local keys, items = 0, 0
    for _ in pairs(value) do
        keys = keys + 1
    end
    for _, item in ipairs(value) do
        items = items + ((not check or check(item)) and 1 or 0)
    end
    return keys == items
end

-- What stands in a message for a wrong value.
function data.show(value)
    local kind = type(value)
    if kind == "string" then
        return ('"%s"'):format(value)
    end
    return (kind == "number" or kind == "boolean") and tostring(value) or "a " .. kind
end

-- The first of the record's keys that is none of `fields`, or nil.
local function unknown_key(record, fields)
    local first
    for key in pairs(record) do
        local text = not fields[key] and tostring(key)
        first = text and (not first or text < first) and text or first
    end
    return first
end

local fields_error

-- nil, or what is wrong with the record, or the list of records, that a field's value is.
local function inner_error(field, value, where)
    local reason = field.fields and fields_error(value, field.fields, where, ".")
    for index, record in ipairs(field.each and value or {}) do
        reason = reason or fields_error(record, field.each, ("%s[%d]"):format(where, index), ".")
    end
    return reason
end

-- nil, or what is wrong with one field of a record.
local function field_error(field, name, value, where, separator)
    if value == nil then
        return not field.optional
            and ("%s: '%s' is missing; it must be %s"):format(where, name, field.must)
    elseif not field.check(value) then
        return ("%s: '%s' must be %s, not %s"):format(where, name, field.must, data.show(value))
    end
    return inner_error(field, value, where .. separator .. name)
end

function fields_error(record, fields, where, separator)
    local names = list.sorted_keys(fields)
    local unknown = unknown_key(record, fields)
    local reason = unknown and ("%s: unknown key '%s'; it may have %s"):format(where, unknown,
        table.concat(names, ", "))
    for _, name in ipairs(names) do
        reason = reason or field_error(fields[name], name, record[name], where, separator)
    end
    return reason
end

-- Checks the fields of a record. `fields` maps a name to { check, must = what it must be,
-- optional =, fields = those of the record that its value is, each = those of each record of the
-- list that it is }. Returns true, or nil and a message that starts with `where`.
function data.check_fields(record, fields, where)
    local reason = fields_error(record, fields, where, ": ")
    return not reason or nil, reason or nil
end

-- The table that a file's text returns, its fields checked, or nil and a message.
function data.record(text, filename, fields)
    local record, reason = data.parse(text, filename)
    local ok = record
    if record then
        ok, reason = data.check_fields(record, fields, filename)
    end
    return ok and record or nil, reason
end

return data
