-- The folder of a generated library: what may be written there, and what stands there.
local check = require("fail").check
local fail = require("fail").fail
local files = require("files")
local host = require("host")
local manifest = require("manifest")

local library_folder = {}

-- A path without slashes at its end.
local function plain(path)
    return path:match("^(.*[^/])/*$") or path
end

local function read_manifest(folder)
    local path = folder .. "/manifest.json"
    return check(manifest.parse(check(files.read(path)), path))
end

-- The manifest of the library in `folder`, for commands that need one, and the folder's plain
-- path.
function library_folder.open(folder)
    folder = plain(folder)
    if host.path_kind(folder) ~= "folder" then
        fail("%s: no such folder; 'lutloom gen ... --out %s' makes a library there", folder, folder)
    elseif host.path_kind(folder .. "/manifest.json") ~= "file" then
        fail("%s: not a library that Lutloom generated (it has no manifest.json)", folder)
    end
    return read_manifest(folder), folder
end

-- The manifest of the library that `folder` already holds, or nil where a new one may be
-- written, and the folder's plain path. Anybody else's files are an error.
function library_folder.claim(folder)
    folder = plain(folder)
    local kind = host.path_kind(folder)
    if folder == "" then
        fail("--out needs a folder's name")
    elseif kind and kind ~= "folder" then
        fail("%s: is a file; --out needs a folder", folder)
    elseif host.path_kind(folder .. "/manifest.json") == "file" then
        return read_manifest(folder), folder
    elseif kind and #check(host.list_dir(folder)) > 0 then
        fail("%s: holds files that are no Lutloom library; choose a new or empty folder", folder)
    end
    return nil, folder
end

-- A path that a manifest may name for removal: inside the folder, and nothing unusual.
local function is_plain_file(path)
    return type(path) == "string" and path:find("^[%w_][%w_.-]*$")
        or path:find("^%l+/[%w_][%w_.-]*$")
end

-- Removes the files of an earlier generation that the new one does not have.
local function remove_stale(folder, old, texts)
    for _, path in ipairs(old.files) do
        local full = folder .. "/" .. path
        if is_plain_file(path) and not texts[path] and host.path_kind(full) == "file" then
            check(os.remove(full))
        end
    end
    os.remove(folder .. "/candidates")
end

-- Writes a generated library (path -> text) into `folder`, in place of `old`, its manifest
-- there so far or nil. Returns how many files have changed.
function library_folder.write(folder, texts, old)
    local full = {}
    for path, text in pairs(texts) do
        full[folder .. "/" .. path] = text
    end
    local changed, reason = files.write_all(full, folder .. "/manifest.json")
    if not changed then
        fail("%s; the library was not written", reason)
    end
    if old then
        remove_stale(folder, old, texts)
    end
    return changed
end

return library_folder
