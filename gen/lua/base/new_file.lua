-- A file that is written piece by piece, under a temporary name until it is complete.
local fail = require("base.fail").fail
local host = require("base.host")
local staged = require("base.staged")

local new_file = {}

local NewFile = {}
NewFile.__index = NewFile

local function check(ok, message)
    if not ok then
        fail("%s", staged.with_last_name(message))
    end
end

-- What was not finished is removed.
function NewFile:__close()
    if self.file then
        self.file:close()
        os.remove(staged.temporary(self.path))
    end
end

function NewFile:write(text)
    local ok, reason = self.file:write(text)
    check(ok, ("%s: %s"):format(self.path, reason))
end

-- Gives the file its name.
function NewFile:finish()
    local file = self.file
    local ok, reason = file:flush()
    check(ok, ("%s: %s"):format(self.path, reason))
    check(os.rename(staged.temporary(self.path), self.path))
    self.file = nil
    file:close()
end

-- A new file; keep it in a `<close>` variable. A folder or a device of that name is refused.
function new_file.open(path)
    local kind = host.path_kind(path)
    if path == "" or kind and kind ~= "file" then
        fail("'%s': is no regular file's name", path)
    end
    local file, reason = io.open(staged.temporary(path), "wb")
    check(file, reason)
    return setmetatable({ path = path, file = file }, NewFile)
end

return new_file
