-- The folder of a generated library: what may be written there, and what stands there.
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local folder_lock = require("library.folder_lock")
local host = require("base.host")
local manifest = require("library.manifest")

local library_folder = {}

-- Where the loops of a library's kernels are modelled (space_model.lua), inside its folder.
library_folder.MODELS = "models"

-- A path without slashes at its end, and that no program takes for an option.
local function plain(path)
    path = path:match("^(.*[^/])/*$") or path
    return path:find("^%-") and "./" .. path or path
end

local MANIFEST = "manifest.json"

local function manifest_path(folder)
    return folder .. "/" .. MANIFEST
end

local function read_manifest(folder)
    local path = manifest_path(folder)
    return check(manifest.parse(check(files.read(path)), path))
end

-- Whether a generation into the folder was stopped before its end: the manifest is the first
-- file to get a temporary one and the last to lose it.
local function is_incomplete(folder)
    return host.path_kind(files.temporary(manifest_path(folder))) == "file"
end

-- The manifest of the library in `folder`, for commands that need one, and the folder's plain
-- path.
function library_folder.open(folder)
    folder = plain(folder)
    local kind = host.path_kind(folder)
    if folder == "" then
        fail("'': is no folder's name; the folder of a library is needed")
    elseif not kind then
        fail("%s: no such folder; 'lutloom gen ... --out %s' makes a library there", folder, folder)
    elseif kind ~= "folder" then
        fail("%s: is a file; the folder of a library is needed", folder)
    elseif is_incomplete(folder) then
        fail("%s: its generation was stopped; run 'lutloom gen' again", folder)
    elseif host.path_kind(manifest_path(folder)) ~= "file" then
        fail("%s: not a library that Lutloom generated (it has no manifest.json)", folder)
    end
    return read_manifest(folder), folder
end

-- The same for commands that write there, with the folder's lock, which a `<close>` variable keeps.
function library_folder.open_alone(folder)
    local lock = folder_lock.take(plain(folder))
    local record
    record, folder = library_folder.open(folder)
    return record, folder, lock
end

-- The same for commands that rank kernels: they write there what llvm-mca says, if that ranks them.
function library_folder.open_to_rank(folder)
    local record, path = library_folder.open(folder)
    if record.request.mca then
        return library_folder.open_alone(folder)
    end
    return record, path, nil
end

-- Whether there is nothing in the folder but what a generation that was stopped has modelled.
local function is_free(folder)
    for _, name in ipairs(check(host.list_dir(folder))) do
        if name ~= library_folder.MODELS then
            return false
        end
    end
    return true
end

-- The manifest of the library that `folder` already holds, or nil where a new one may be written,
-- the folder's plain path, and its lock, which a `<close>` variable keeps. The folder is made where
-- there is none. Anybody else's files are an error.
function library_folder.claim(folder)
    folder = plain(folder)
    local kind = host.path_kind(folder)
    if folder == "" then
        fail("--out needs a folder's name")
    elseif kind and kind ~= "folder" then
        fail("%s: is a file; --out needs a folder", folder)
    end
    local lock = folder_lock.take(folder, true)
    if host.path_kind(manifest_path(folder)) == "file" then
        return read_manifest(folder), folder, lock
    elseif not is_incomplete(folder) and not is_free(folder) then
        fail("%s: holds files that are no Lutloom library; choose a new or empty folder", folder)
    end
    return nil, folder, lock
end

-- A path that a manifest may name for removal: inside the folder, and nothing unusual.
local function is_plain_file(path)
    if type(path) ~= "string" or path:find("^/") or path:find("/$") or path == "" then
        return false
    end
    for part in (path .. "/"):gmatch("(.-)/") do
        if not part:find("^[%w_][%w_.-]*$") then
            return false
        end
    end
    return true
end

-- Removes the folders of `path`, below `folder`, that are empty now.
local function remove_empty(folder, path)
    local parent = path:match("^(.+)/[^/]+$")
    if parent and os.remove(folder .. "/" .. parent) then
        remove_empty(folder, parent)
    end
end

-- Removes the files of a generation (its manifest or nil) that are in none of the sets (path ->
-- whatever), and what is left of its temporary files but for the manifest's.
local function remove_stale(folder, earlier, ...)
    for _, path in ipairs(earlier and earlier.files or {}) do
        local full, is_kept = folder .. "/" .. path, false
        for _, kept in ipairs({ ... }) do
            is_kept = is_kept or kept[path]
        end
        if path ~= MANIFEST and is_plain_file(path) then
            if not is_kept and host.path_kind(full) == "file" then
                check(os.remove(full))
            end
            os.remove(files.temporary(full))
            remove_empty(folder, path)
        end
    end
end

-- The manifest of a generation that was stopped, if it came as far as that.
local function stopped_manifest(folder)
    local path = files.temporary(manifest_path(folder))
    local text = files.read(path)
    return text and manifest.parse(text, path)
end

-- Writes a generated library (path -> text) into `folder`, in place of `old`, its manifest there so
-- far or nil. Returns how many files have changed.
--
-- Whenever it is stopped, `old` and the manifest's temporary file name all that may be there: what
-- a generation that was stopped has brought goes before its manifest does, and what only `old` has
-- before the new manifest gets its name.
function library_folder.write(folder, texts, old)
    local full, of_old = {}, {}
    for path, text in pairs(texts) do
        full[folder .. "/" .. path] = text
    end
    for _, path in ipairs(old and old.files or {}) do
        of_old[path] = true
    end
    remove_stale(folder, stopped_manifest(folder), texts, of_old)
    local changed, reason = files.write_all(full, manifest_path(folder), function()
        remove_stale(folder, old, texts)
    end)
    if not changed then
        fail("%s; the library was not written", reason)
    end
    return changed
end

return library_folder
