-- Standard output, checked: a full disk ends the command. Call it as say("...", values).
local fail = require("base.fail").fail

return function(text, ...)
    if select("#", ...) > 0 then
        text = text:format(...)
    end
    local ok, reason = io.stdout:write(text, "\n")
    if not ok then
        fail("standard output: %s", reason)
    end
end
