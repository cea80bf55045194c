-- Standard output, checked: a full disk ends the command. Call it as say("...", values).
local check = require("fail").check

return function(text, ...)
    if select("#", ...) > 0 then
        text = text:format(...)
    end
    check(io.stdout:write(text, "\n"))
end
