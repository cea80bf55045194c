-- JSON with sorted keys, so that equal values are equal text.
local dkjson = require("dkjson")
local host = require("base.host")

local json = {}

local function collect_keys(value, keys)
    if type(value) == "table" then
        for key, item in pairs(value) do
            if type(key) == "string" then
                keys[key] = true
            end
            collect_keys(item, keys)
        end
    end
    return keys
end

local function sorted_keys(value)
    local order = {}
    for key in pairs(collect_keys(value, {})) do
        order[#order + 1] = key
    end
    table.sort(order)
    return order
end

-- The text of a value, indented, with a newline at its end.
function json.encode(value)
    return dkjson.encode(value, { indent = true, keyorder = sorted_keys(value) }) .. "\n"
end

-- The same on one line, without a newline.
function json.line(value)
    return dkjson.encode(value, { keyorder = sorted_keys(value) })
end

-- The value of a text, or nil and a message. JSON's null is nil.
function json.decode(text)
    -- dkjson ends in an error of Lua's where the text is nested too deeply, and by a signal.
    local ok, value, position, reason = pcall(dkjson.decode, text, 1, nil)
    if not ok and host.is_stopped() then
        error(value, 0)
    end
    if not ok or position == nil or reason then
        return nil, reason or "no JSON"
    end
    return value
end

return json
