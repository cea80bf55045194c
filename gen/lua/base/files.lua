-- Reading and writing files. A set of files is written as a whole: all under temporary names
-- first, so that a full disk leaves what was there before, then renamed into place.
local host = require("base.host")

local files = {}

local SUFFIX = ".lutloom-new"
local SUFFIX_PATTERN = SUFFIX:gsub("%p", "%%%0")

-- The name that a file has until all of its set are written.
function files.temporary(path)
    return path .. SUFFIX
end

-- The text of a file, or nil and a message that names it.
function files.read(path)
    local file, reason = io.open(path, "rb")
    if not file then
        return nil, path == "" and "'': is no file's name" or reason
    end
    local text
    text, reason = file:read("a")
    file:close()
    if not text then
        return nil, ("%s: %s"):format(path, reason)
    end
    return text
end

-- A folder's path from the root, without links; nil if there is no such folder.
function files.absolute(path)
    local absolute
    if host.path_kind(path) == "folder" then
        host.run({ "realpath", "--", path }, function(line)
            absolute = line
        end)
    end
    return absolute
end

local function parent(path)
    return path:match("^(.*[^/])/+[^/]+/*$")
end

-- Makes a folder and those above it; the paths that are new are added to `made`. Returns true,
-- or nil and a message.
local function make_folder(path, made)
    local kind = host.path_kind(path)
    if kind == "folder" then
        return true
    elseif kind then
        return nil, ("%s: is a file, not a folder"):format(path)
    end
    local above = parent(path)
    if above then
        local ok, reason = make_folder(above, made)
        if not ok then
            return nil, reason
        end
    end
    local ok, reason = host.make_dir(path)
    if not ok then
        return nil, reason
    end
    made[#made + 1] = path
    return true
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

-- What is being written: a list of paths that have temporary files, and `made`, new folders.
-- Closing it removes both, the latest first, unless all is there and gets its name.
local Staged = {}
Staged.__index = Staged

function Staged:__close()
    if self.complete then
        return
    end
    for _, path in ipairs(self) do
        os.remove(files.temporary(path))
    end
    for index = #self.made, 1, -1 do
        os.remove(self.made[index])
    end
end

function Staged:add(path, text)
    local above = parent(path)
    local ok, reason = true, nil
    if above then
        ok, reason = make_folder(above, self.made)
    end
    if ok and host.path_kind(path) == "folder" then
        ok, reason = nil, path .. ": is a folder, not a file"
    end
    if ok then
        self[#self + 1] = path
        ok, reason = write(files.temporary(path), text)
    end
    return ok, reason
end

-- The first that was added is renamed last. Stopped in the middle, it leaves the others' temporary
-- files, which tell so.
function Staged:rename_all()
    self.complete = true
    for index = #self, 1, -1 do
        local path = self[index]
        local ok, reason = os.rename(files.temporary(path), path)
        if not ok then
            self.complete = false
            return nil, ("%s: %s"):format(path, reason)
        end
    end
    return true
end

-- The paths whose content changes, `frame` before the others.
local function changed_paths(texts, frame)
    local changed = {}
    for path, text in pairs(texts) do
        if files.read(path) ~= text then
            changed[#changed + 1] = path
        end
    end
    table.sort(changed, function(a, b)
        if (a == frame) ~= (b == frame) then
            return a == frame
        end
        return a < b
    end)
    return changed
end

-- Writes the files of `texts` (path -> text) whose content changes; `frame` (a path, or nil) is the
-- first to get a temporary file and the last to be renamed, so that this file stands as long as the
-- set is incomplete. Returns how many were written, or nil and a message; after a message nothing
-- has changed, but for a failure to rename.
function files.write_all(texts, frame)
    local changed = changed_paths(texts, frame)
    local staged <close> = setmetatable({ made = {} }, Staged)
    local ok, reason = true, nil
    for _, path in ipairs(changed) do
        ok, reason = staged:add(path, texts[path])
        if not ok then
            break
        end
    end
    if ok then
        ok, reason = staged:rename_all()
    end
    if not ok then
        return nil, (reason:gsub(SUFFIX_PATTERN, "", 1))
    end
    return #changed
end

-- Writes one file, if its content changes: true, or nil and a message. What is no file, such as a
-- device, is not read to compare, and not replaced.
function files.write(path, text)
    if path == "" then
        return nil, "'': is no file's name"
    elseif host.path_kind(path) == "other" then
        return nil, path .. ": is no regular file"
    end
    local count, reason = files.write_all({ [path] = text })
    return count and true, reason
end

return files
