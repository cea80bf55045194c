-- manifest.json: what a library was generated from and what is in it. It is enough to
-- generate the library again, and to build, tune, bench and explain it.
local hash = require("base.hash")
local json = require("base.json")

local manifest = {}

-- What tells a library's folder from others.
manifest.KIND = "lutloom library"

-- The manifest's first entry, a hash of the text with zeros in its place: it tells a damaged file
-- and one that somebody has changed.
local CHECKSUM = '"checksum":"%x+"'
local NO_CHECKSUM = ("0"):rep(16)

local function checksum_of(text)
    local entry = '"checksum":"%s"'
    local bare = text:gsub(CHECKSUM, entry:format(NO_CHECKSUM), 1)
    return entry:format(hash.of({ bare }))
end

local function kernel_entry(kernel, chosen)
    return {
        name = kernel.name,
        op = kernel.op,
        format = kernel.format.key,
        mode = kernel.mode,
        isa = kernel.isa.name,
        family = kernel.family,
        schedule = kernel.schedule,
        act = kernel.act,
        layout = kernel.layout.name,
        rank = kernel.rank,
        cost = kernel.cost,
        tmac = kernel.tmac,
        in_library = chosen == true,
    }
end

local function sorted_paths(files)
    local paths = { "manifest.json" }
    for path in pairs(files) do
        paths[#paths + 1] = path
    end
    table.sort(paths)
    return paths
end

-- The text for a library record (see emit.lua) and its files.
function manifest.text(library, files)
    local kernels = {}
    for index, kernel in ipairs(library.kernels) do
        kernels[index] = kernel_entry(kernel, library.chosen[kernel.name])
    end
    local text = json.encode({
        checksum = NO_CHECKSUM,
        kind = manifest.KIND,
        version = library.version,
        command = library.command,
        request = library.request,
        problems = library.problems,
        hash = library.hash,
        kernels = kernels,
        files = sorted_paths(files),
    })
    return (text:gsub(CHECKSUM, checksum_of(text), 1))
end

local LISTS = { "problems", "kernels", "files" }
local REQUEST_LISTS = { "models", "model_names", "formats", "targets", "flags", "isas" }

local function missing_list(record, names)
    for _, name in ipairs(names) do
        if type(record[name]) ~= "table" then
            return name
        end
    end
    return nil
end

-- Without its list nothing tells a library's files from the user's.
local REMEDY = "if the folder is a library, save its tuning.txt, remove the folder, and generate "
    .. "the library again"

-- nil, or why a text is no whole manifest; `record` is what it says, or nil.
local function fault_of(text, record)
    if type(record) ~= "table" then
        return "is damaged; " .. REMEDY
    elseif record.kind ~= manifest.KIND or type(record.request) ~= "table" then
        return "not the manifest of a Lutloom library"
    elseif text:match(CHECKSUM) ~= checksum_of(text) then
        return "is damaged or was changed; " .. REMEDY
    end
    local missing = missing_list(record, LISTS) or missing_list(record.request, REQUEST_LISTS)
    return missing and ("'%s' is missing; generate the library again"):format(missing)
end

-- The record of a manifest's text, or nil and a message.
function manifest.parse(text, filename)
    local record = json.decode(text)
    local fault = fault_of(text, record)
    if fault then
        return nil, ("%s: %s"):format(filename, fault)
    end
    return record
end

return manifest
