-- A name out of a file as it may stand in a message: whatever is not printable ASCII as \xNN, and
-- not more of it than a line takes.
local MOST = 200

local function escaped(name)
    local text = name:sub(1, MOST):gsub("[^\x20-\x7e]", function(byte)
        return ("\\x%02x"):format(byte:byte())
    end)
    return #name > MOST and text .. "..." or text
end

return escaped
