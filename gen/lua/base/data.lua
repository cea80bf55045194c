-- Data files: Lua tables that are read without running code of theirs.
local data = {}

-- Instructions and KiB a file may take. A table of data needs a few for each value; a loop never
-- ends, and a text that is doubled fills the memory.
local MOST_INSTRUCTIONS, MOST_KIB = 1000000, 16384

-- Calls `chunk` without the methods of strings, within these limits.
local function run_limited(chunk)
    local strings = getmetatable("")
    local methods = strings.__index
    local thread = coroutine.create(chunk)
    local instructions, most_kib = 0, collectgarbage("count") + MOST_KIB
    debug.sethook(thread, function()
        instructions = instructions + 1
        if instructions > MOST_INSTRUCTIONS or collectgarbage("count") > most_kib then
            error("more than a table of data", 0)
        end
    end, "", 1)
    strings.__index = nil
    local ok, value = coroutine.resume(thread)
    strings.__index = methods
    return ok, value
end

-- The table that a file's text returns, or nil and a message with the file's name (and line).
-- Its environment is empty, so whatever is not a constant is an error.
function data.parse(text, filename)
    -- pcall keeps a caller's xpcall from handling what load() reports by itself.
    local _, chunk, reason = pcall(load, text, "=data", "t", {})
    local ok, value
    if chunk then
        ok, value = run_limited(chunk)
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

local function sorted_keys(record)
    local keys = {}
    for key in pairs(record) do
        keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b)
        return tostring(a) < tostring(b)
    end)
    return keys
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

-- Checks the fields of a record. `fields` maps a name to { check, what it must be, optional }.
-- Returns true, or nil and a message that starts with `where`.
function data.check_fields(record, fields, where)
    local names = sorted_keys(fields)
    for _, key in ipairs(sorted_keys(record)) do
        if not fields[key] then
            return nil, ("%s: unknown key '%s'; it may have %s"):format(where, tostring(key),
                table.concat(names, ", "))
        end
    end
    for _, name in ipairs(names) do
        local field, value = fields[name], record[name]
        if value == nil and not field.optional then
            return nil, ("%s: '%s' is missing; it must be %s"):format(where, name, field.must)
        elseif value ~= nil and not field.check(value) then
            return nil, ("%s: '%s' must be %s, not %s"):format(where, name, field.must,
                data.show(value))
        end
    end
    return true
end

return data
