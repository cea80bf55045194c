-- Errors of the user, not of the program: one line, without a traceback.
local UserError = {}
UserError.__index = UserError
UserError.__tostring = function(self)
    return self.message
end

-- Ends the command with the message; main.lua prints it. Call it as fail("...", values).
local function fail(message, ...)
    if select("#", ...) > 0 then
        message = message:format(...)
    end
    error(setmetatable({ message = message }, UserError), 0)
end

return {
    fail = fail,
    -- The value, or the end of the command with the message that came instead of it.
    check = function(value, message)
        if not value then
            fail("%s", message)
        end
        return value
    end,
    is_user_error = function(value)
        return getmetatable(value) == UserError
    end,
}
