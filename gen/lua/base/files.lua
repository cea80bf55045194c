-- Reading and writing files. A set of files is written as a whole: all under temporary names
-- first, so that a full disk leaves what was there before, then renamed into place.
local host = require("base.host")
local staged_files = require("base.staged")

local files = {}

-- The name that a file has until all of its set are written.
files.temporary = staged_files.temporary

-- MiB that a file may have, where whoever reads it says no less.
local MOST_MIB = 64

-- The text of a regular file of at most so many MiB, or nil and a message that names it.
function files.read(path, most_mib)
    if path == "" then
        return nil, "'': is no file's name"
    end
    local most = (most_mib or MOST_MIB) << 20
    local text, reason = host.read_file(path, most)
    if text and #text > most then
        return nil, ("%s: has more than %d MiB, the most that such a file may have"):format(path,
            most >> 20)
    end
    return text, reason
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

-- The sorted paths whose content changes.
local function changed_paths(texts)
    local changed = {}
    for path, text in pairs(texts) do
        if files.read(path) ~= text then
            changed[#changed + 1] = path
        end
    end
    table.sort(changed)
    return changed
end

-- The same with `frame` first: it is written with any other, and where it has been left.
local function to_stage(changed, frame, was_left)
    local paths = (#changed > 0 or was_left) and { frame } or {}
    for _, path in ipairs(changed) do
        paths[#paths + 1] = path ~= frame and path or nil
    end
    return paths
end

-- Writes the files of `texts` (path -> text) whose content changes. Returns how many, or nil and a
-- message; after a message nothing has changed, but for a failure to rename.
--
-- `frame` (a path of them, or nil) stands for the whole set. Its temporary file is the first to
-- come and the last to go: where one stands, something has stopped the writing, perhaps a power
-- cut, and the set is incomplete. Before it goes `clear` (a function, or nil) is called, to remove
-- what is not of the set.
function files.write_all(texts, frame, clear)
    local changed = changed_paths(texts)
    local was_left = frame and host.path_kind(files.temporary(frame)) ~= nil
    local paths = to_stage(changed, frame, was_left)
    local staged <close> = staged_files.new(frame, was_left)
    local ok, reason = true, nil
    for _, path in ipairs(paths) do
        ok, reason = staged:add(path, texts[path])
        if not ok then
            break
        end
    end
    if ok then
        ok, reason = staged:rename_others()
    end
    if ok and #paths > 0 then
        ok, reason = staged:finish(clear)
    end
    if not ok then
        return nil, staged_files.with_last_name(reason)
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
    local count, reason = files.write_all({ [path] = text }, path)
    return count and true, reason
end

return files
