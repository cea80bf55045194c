-- The folder of a library belongs to one command at a time, which holds its lock: others that write
-- there wait. A lock ends with its process, so that none is left behind.
local check = require("base.fail").check
local folders = require("base.folders")
local host = require("base.host")
local remark = require("base.fail").remark

local folder_lock = {}

-- Between two tries.
local SECONDS = 0.1

local Lock = {}
Lock.__index = Lock

-- New folders in which nothing was written go again.
function Lock:__close()
    for index = #self.made, 1, -1 do
        os.remove(self.made[index])
    end
    if self.handle then
        host.unlock_folder(self.handle)
    end
end

-- host.lock_folder's values, or false where the folder was gone before it could be locked.
local function try(folder, made)
    if made then
        check(folders.make(folder, made))
    end
    local handle, reason = host.lock_folder(folder)
    if handle == nil and made and host.path_kind(folder) ~= "folder" then
        handle = false
    end
    return handle, reason
end

-- The lock of a folder, when no other command has it; `makes` says whether the folder is made where
-- there is none. Keep it in a `<close>` variable. Where folders cannot be locked that is said, and
-- the command works without.
function folder_lock.take(folder, makes)
    local lock, is_said = setmetatable({ made = {} }, Lock), false
    local reason
    repeat
        lock.handle, reason = try(folder, makes and lock.made)
        if lock.handle == false then
            if not is_said then
                remark(folder .. ": waiting for the command that works there to end")
                is_said = true
            end
            host.sleep(SECONDS)
        end
    until lock.handle ~= false
    if lock.handle == nil and host.path_kind(folder) == "folder" then
        remark(reason .. "; not locked, so nothing else may write there now")
    end
    return lock
end

return folder_lock
