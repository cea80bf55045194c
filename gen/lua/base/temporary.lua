-- Folders and files for the time of a command.
local check = require("base.fail").check
local host = require("base.host")

local temporary = {}

local Folder = {}
Folder.__index = Folder

function Folder:__close()
    host.run({ "rm", "-r", self.path })
end

local File = {}

function File:__close()
    os.remove(self.path)
end

-- A new folder, { path = }; keep it in a `<close>` variable, which removes it.
function temporary.folder()
    local path = os.tmpname()
    os.remove(path)
    check(host.make_dir(path))
    return setmetatable({ path = path }, Folder)
end

-- A file of that name, which is gone at the end unless it was renamed; for a `<close>` variable.
function temporary.file(path)
    return setmetatable({ path = path }, File)
end

return temporary
