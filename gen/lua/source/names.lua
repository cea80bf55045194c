-- Names of tensors and of other things that a file brings along.
local escaped = require("base.escaped")

local names = {}

-- nil, or why it may be no name: nothing that is written for people or programs has such bytes.
function names.fault(name)
    if not utf8.len(name) then
        return ("has a name that is no UTF-8: '%s'"):format(escaped(name))
    elseif name:find("%c") or name:find("\xc2[\x80-\x9f]") then
        return ("has a name with a control character: '%s'"):format(escaped(name))
    end
    return nil
end

return names
