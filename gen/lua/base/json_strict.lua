-- JSON out of files that somebody else wrote. dkjson takes more than JSON is, and goes as deep as
-- the text does; so the text is looked through first.
local dkjson = require("dkjson")

local json_strict = {}

-- No header of a model comes near.
local MOST_DEPTH = 32
local MOST_VALUES = 1 << 21

-- The position behind a string's end, or nil.
local function pass_string(text, at)
    repeat
        at = text:find('["\\]', at)
        if at and text:byte(at) == 0x22 then
            return at + 1
        end
        at = at and at + 2
    until not at
    return nil
end

-- nil, or what is wrong with the text's brackets, strings and amount of values.
local function fault_of(text)
    local depth, values, at = 0, 1, 1
    while true do
        at = text:find('[%[%]{},"/]', at)
        if not at then
            return nil
        end
        local char = text:sub(at, at)
        at = at + 1
        if char == '"' then
            at = pass_string(text, at)
        elseif char == "[" or char == "{" then
            depth, values = depth + 1, values + 1
        elseif char == "]" or char == "}" then
            depth = depth - 1
        elseif char == "," then
            values = values + 1
        end
        if not at then
            return "a string has no end"
        elseif char == "/" then
            return "has a comment"
        elseif depth > MOST_DEPTH then
            return ("is nested deeper than %d"):format(MOST_DEPTH)
        elseif values > MOST_VALUES then
            return ("has more than %d values"):format(MOST_VALUES)
        end
    end
end

-- The kinds of dkjson's tables. An object's fields go into a table of their own, so that one that
-- comes again is seen.
local function new_kinds()
    local fields_of = {}
    local object, array = {}, {}
    function object.__newindex(empty, key, value)
        local fields = fields_of[empty]
        if not fields then
            fields = { seen = {}, values = {} }
            fields_of[empty] = fields
        end
        if type(key) ~= "string" then
            error({ fault = "an object has a value without a name" })
        elseif fields.seen[key] then
            error({ fault = "an object has a name twice", name = key })
        end
        fields.seen[key] = true
        fields.values[key] = value
    end
    return object, array, fields_of
end

-- The value with the objects' fields in plain tables.
local function plain(value, object, fields_of)
    if type(value) ~= "table" then
        return value
    end
    local result = {}
    local from = value
    if getmetatable(value) == object then
        from = fields_of[value] and fields_of[value].values or {}
    end
    for key, item in pairs(from) do
        result[key] = plain(item, object, fields_of)
    end
    return result
end

-- The value of a text that is JSON in UTF-8 from its first byte to its last, or nil, what is wrong,
-- and the name that an object has twice where that is it. JSON's null is nil.
function json_strict.decode(text)
    if not utf8.len(text) then
        return nil, "is no UTF-8"
    end
    local fault = fault_of(text)
    if fault then
        return nil, fault
    end
    local object, array, fields_of = new_kinds()
    local ok, value, stop, reason = pcall(dkjson.decode, text, 1, nil, object, array)
    if not ok then
        if type(value) == "table" and value.fault then
            return nil, value.fault, value.name
        end
        error(value, 0)
    elseif reason then
        return nil, reason
    elseif text:find("%S", stop) then
        return nil, "goes on after its value"
    end
    return plain(value, object, fields_of)
end

return json_strict
