-- A value out of a JSON file as it may stand in a message.
local escaped = require("base.escaped")

local function shown(value)
    if type(value) == "table" then
        return #value > 0 and "a list" or "an object"
    end
    return escaped(tostring(value))
end

return shown
