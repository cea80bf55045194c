-- A set of files that is written as a whole: all get temporary files, then their names.
local folders = require("base.folders")
local host = require("base.host")

local staged = {}

local SUFFIX = ".lutloom-new"
local SUFFIX_PATTERN = SUFFIX:gsub("%p", "%%%0")

-- The name that a file has until all of its set are written.
function staged.temporary(path)
    return path .. SUFFIX
end

-- A message with the name that its file was to get.
function staged.with_last_name(message)
    return (message:gsub(SUFFIX_PATTERN, "", 1))
end

local function write(path, text)
    local file, reason = io.open(path, "wb")
    if not file then
        return nil, reason
    end
    local ok
    ok, reason = file:write(text)
    local closed, close_reason = file:close()
    if not ok or not closed then
        return nil, ("%s: %s"):format(path, reason or close_reason)
    end
    return true
end

-- What is being written: a list of paths that have temporary files; `frame`, the path that stands
-- for all, or nil; `made`, new folders. Closing it removes temporary files and folders, the latest
-- first, but for the frame's where the set is not what it was before: that tells so.
local Staged = {}
Staged.__index = Staged

function Staged:__close()
    if self.complete then
        return
    end
    for index = #self, 1, -1 do
        if self[index] ~= self.frame or not self.mixed then
            os.remove(staged.temporary(self[index]))
        end
    end
    for index = #self.made, 1, -1 do
        os.remove(self.made[index])
    end
end

function Staged:add(path, text)
    local above = folders.parent(path)
    local ok, reason = true, nil
    if above then
        ok, reason = folders.make(above, self.made)
    end
    if ok and host.path_kind(path) == "folder" then
        ok, reason = nil, path .. ": is a folder, not a file"
    end
    if ok then
        self[#self + 1] = path
        ok, reason = write(staged.temporary(path), text)
    end
    if ok and path == self.frame then
        ok, reason = host.sync({ staged.temporary(path), above or "." })
    end
    return ok, reason
end

function Staged:rename(path)
    local ok, reason = os.rename(staged.temporary(path), path)
    self.mixed = self.mixed or ok
    return ok, not ok and ("%s: %s"):format(path, reason) or nil
end

-- Where the set has a frame, `of` each other path has to reach the disk before that gets its name.
function Staged:sync(of)
    local paths, seen = {}, {}
    for _, path in ipairs(self) do
        local wanted = of(path) or "."
        if path ~= self.frame and not seen[wanted] then
            seen[wanted] = true
            paths[#paths + 1] = wanted
        end
    end
    if not self.frame or #paths == 0 then
        return true
    end
    return host.sync(paths)
end

-- Gives all but the frame their names.
function Staged:rename_others()
    local ok, reason = self:sync(staged.temporary)
    for index = #self, 1, -1 do
        if ok and self[index] ~= self.frame then
            ok, reason = self:rename(self[index])
        end
    end
    if not ok then
        return nil, reason
    end
    return self:sync(folders.parent)
end

-- Removes with `clear`, a function or nil, what is not of the set, and gives the frame its name.
function Staged:finish(clear)
    local ok, reason = true, nil
    if clear then
        self.mixed = true
        clear()
    end
    if self.frame then
        ok, reason = self:rename(self.frame)
    end
    self.complete = ok
    if not ok or not self.frame then
        return ok, reason
    end
    return host.sync({ folders.parent(self.frame) or "." })
end

-- A new set without files. `frame` is the path that stands for it, or nil, and `is_mixed` whether
-- its temporary file has been left, which tells that the files are not of one set. Keep it in a
-- `<close>` variable.
function staged.new(frame, is_mixed)
    return setmetatable({ made = {}, frame = frame, mixed = is_mixed }, Staged)
end

return staged
