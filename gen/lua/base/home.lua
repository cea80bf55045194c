-- The generator's own files: templates, runtime, shapes, targets.
local check = require("base.fail").check
local files = require("base.files")
local host = require("base.host")

local home = { path = "." }

-- The text of a file, by its path under the generator's folder; an error if it is not there.
function home.read(path)
    return check(files.read(home.path .. "/" .. path))
end

-- Whether there is such a file.
function home.has(path)
    return host.path_kind(home.path .. "/" .. path) == "file"
end

-- The sorted names of the files in a folder that end in one of `extensions`.
function home.list(folder, extensions)
    local names = {}
    for _, name in ipairs(check(host.list_dir(home.path .. "/" .. folder))) do
        if extensions[name:match("%.(%w+)$")] then
            names[#names + 1] = name
        end
    end
    table.sort(names)
    return names
end

-- The sorted names of the folders in a folder.
function home.folders(folder)
    local names = {}
    for _, name in ipairs(check(host.list_dir(home.path .. "/" .. folder))) do
        if host.path_kind(home.path .. "/" .. folder .. "/" .. name) == "folder" then
            names[#names + 1] = name
        end
    end
    table.sort(names)
    return names
end

-- path below the folder -> text of its C files and headers, but for what is in the folders `apart`
-- in it.
local function c_sources(folder, apart, sources, below)
    sources, below = sources or {}, below or ""
    local here = (folder .. "/" .. below):gsub("/$", "")
    for _, name in ipairs(home.list(here, { c = true, h = true })) do
        sources[below .. name] = home.read(here .. "/" .. name)
    end
    for _, name in ipairs(home.folders(here)) do
        if not apart[name] then
            c_sources(folder, apart, sources, below .. name .. "/")
        end
    end
    return sources
end

-- Text and file name of a template, or nil and a reason; each is read once.
local templates = {}
local function load_template(name)
    local filename = "templates/" .. name
    if not templates[name] then
        local text, reason = files.read(home.path .. "/" .. filename)
        if not text then
            return nil, reason
        end
        templates[name] = text
    end
    return templates[name], filename
end

-- What emit.files copies and renders.
function home.sources()
    return {
        template = load_template,
        runtime = c_sources("runtime", { tools = true, codec = true, llama = true }),
        tools = c_sources("runtime/tools", {}),
        codec = c_sources("runtime/codec", {}),
        llama = c_sources("runtime/llama", { tools = true }),
        license = home.read("LICENSE"),
    }
end

function home.version()
    return home.read("gen/VERSION"):match("%S+")
end

return home
