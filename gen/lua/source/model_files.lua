-- Which files a model consists of.
local check = require("base.fail").check
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local model_config = require("source.model_config")
local names = require("source.names")
local shown = require("source.shown")

local model_files = {}

local ENDINGS = { ".gguf", ".safetensors", ".safetensors.index.json" }

local INDEX = "model.safetensors.index.json"
local SINGLE = "model.safetensors"

-- No model has more; what names them all is read before any of them.
local MOST_PARTS = 9999

-- "" or what ends with a slash, and the rest.
local function split_path(path)
    local folder, name = path:match("^(.*/)([^/]*)$")
    return folder or "", name or path
end

-- ---- GGUF ------------------------------------------------------------------------------------

-- "NAME-00002-of-00003.gguf" as "NAME", 2, 3; nil for other names.
local function split_part(path)
    local stem, part, count = path:match("^(.*)%-(%d%d%d%d%d)%-of%-(%d%d%d%d%d)%.gguf$")
    return stem, tonumber(part), tonumber(count)
end

-- All parts of the model that a GGUF file is of, in order.
local function gguf_paths(path)
    local stem, part, count = split_part(path)
    if not stem then
        return { path }
    elseif part < 1 or part > count or count > MOST_PARTS then
        fail("%s: its name says part %d of %d, which is none", path, part, count)
    end
    local paths = {}
    for index = 1, count do
        paths[index] = ("%s-%05d-of-%05d.gguf"):format(stem, index, count)
    end
    return paths
end

-- ---- safetensors -----------------------------------------------------------------------------

-- Whether a name out of an index is one of a file beside it.
local function is_beside(name)
    return type(name) == "string" and not names.fault(name)
        and name:find("^[^./\\][^/\\]*%.safetensors$") ~= nil
end

-- The sorted names of the files that an index names, and its map: the name of a tensor to that of
-- its file.
local function read_index(disk, path)
    local map = model_config.read(disk, path).weight_map
    if type(map) ~= "table" or not next(map) then
        fail("%s: its weight_map is no object that names files", path)
    end
    local files, seen, tensors = {}, {}, {}
    for tensor in pairs(map) do
        tensors[#tensors + 1] = tostring(tensor)
    end
    table.sort(tensors)
    for _, tensor in ipairs(tensors) do
        local name = map[tensor]
        if not is_beside(name) then
            fail("%s: %s is in '%s', which is no name of a .safetensors file beside it", path,
                escaped(tensor), shown(name))
        elseif not seen[name] then
            seen[name] = true
            files[#files + 1] = name
        end
    end
    table.sort(files)
    return files, map
end

local function fail_part(disk, path)
    local folder = split_path(path)
    fail("%s: is one part of a model: give %s", path, disk.kind(folder .. INDEX)
        and folder .. INDEX or "the index.json that names all parts, or their folder")
end

-- ---- What the user named ---------------------------------------------------------------------

-- The one file of weights in a folder.
local function in_folder(disk, folder)
    for _, name in ipairs({ INDEX, SINGLE }) do
        if disk.kind(folder .. name) then
            return folder .. name
        end
    end
    local found = {}
    for _, name in ipairs(check(disk.list(folder))) do
        local _, part = split_part(name)
        local counts = name:find("%.safetensors$") or name:find("%.gguf$") and (part or 1) == 1
            or name:find("%.safetensors%.index%.json$")
        found[#found + 1] = counts and name or nil
    end
    if #found == 0 then
        fail("%s: has no .gguf and no .safetensors file", folder)
    elseif #found > 1 then
        fail("%s: has several files of weights: give one of them, such as %s%s", folder, folder,
            escaped(found[1]))
    end
    return folder .. found[1]
end

-- Whether a file is GGUF's, whatever its name is.
local function begins_with_gguf(disk, path)
    local file = check(disk.open(path))
    local first = check(file:read(0, 4))
    file:close()
    return first == "GGUF"
end

-- Whether a path is one of weights: a folder, or a file by its name or its first bytes.
function model_files.are_weights(disk, path)
    for _, ending in ipairs(ENDINGS) do
        if path:sub(-#ending) == ending then
            return true
        end
    end
    local kind = disk.kind(path)
    return kind == "folder" or kind == "file" and begins_with_gguf(disk, path)
end

-- What a path of the user's stands for:
--     kind     "gguf" or "safetensors"
--     paths    of all files of weights, in order
--     map      of an index.json: a tensor's name to that of its file; else nil
--     index    the path of that index.json, or nil
--     folder   "" or ends with a slash
--     stem     the name of the one file without its ending, or nil
function model_files.of(disk, path)
    if path == "" then
        fail("'': is no file's name")
    elseif disk.kind(path) == "folder" then
        path = in_folder(disk, path:gsub("/*$", "/"))
    end
    local folder, name = split_path(path)
    if name:find("%.gguf$") then
        return { kind = "gguf", paths = gguf_paths(path), folder = folder }
    elseif name:find("%.safetensors$") then
        if name:find("%-%d+%-of%-%d+%.safetensors$") and not name:find("%-of%-0*1%.") then
            fail_part(disk, path)
        end
        return { kind = "safetensors", paths = { path }, folder = folder,
            stem = name:gsub("%.safetensors$", "") }
    elseif name:find("%.safetensors%.index%.json$") then
        local parts, map = read_index(disk, path)
        local paths = {}
        for index, part in ipairs(parts) do
            paths[index] = folder .. part
        end
        return { kind = "safetensors", paths = paths, map = map, index = path, folder = folder }
    end
    if not begins_with_gguf(disk, path) then
        fail("%s: is no file of weights: one ends with %s, or is a folder with one", path,
            table.concat(ENDINGS, ", "))
    end
    return { kind = "gguf", paths = { path }, folder = folder }
end

return model_files
