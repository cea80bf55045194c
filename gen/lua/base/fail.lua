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

-- A message as one line of UTF-8, whatever a file, its name or an argument brought into it. What
-- controls a terminal, be it in two bytes, is a question mark.
local function one_line(message)
    local text = message:sub(1, 4096):gsub("%c", "?"):gsub("\xc2[\x80-\x9f]", "?")
    return utf8.len(text) and text or (text:gsub("[\x80-\xff]", "?"))
end

return {
    fail = fail,
    one_line = one_line,
    -- Says on standard error what does not end the command.
    remark = function(message)
        io.stderr:write("lutloom: ", one_line(message), "\n")
    end,
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
