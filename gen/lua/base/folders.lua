-- Making folders.
local host = require("base.host")

local folders = {}

-- The path of the folder that a path is in; nil where it says none.
function folders.parent(path)
    return path:match("^(.*[^/])/+[^/]+/*$")
end

-- Makes a folder and those above it; the paths that are new are added to `made`. Returns true,
-- or nil and a message.
function folders.make(path, made)
    local kind = host.path_kind(path)
    if kind == "folder" then
        return true
    elseif kind then
        return nil, ("%s: is a file, not a folder"):format(path)
    end
    local above = folders.parent(path)
    if above then
        local ok, reason = folders.make(above, made)
        if not ok then
            return nil, reason
        end
    end
    local ok, reason = host.make_dir(path)
    if ok then
        made[#made + 1] = path
    elseif host.path_kind(path) ~= "folder" then -- another process may have been faster
        return nil, reason
    end
    return true
end

return folders
