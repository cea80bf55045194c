-- The generator's own files: templates, runtime, shapes, targets.
local check = require("fail").check
local files = require("files")
local host = require("host")

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

-- name -> text of the C files and headers in a folder.
local function c_sources(folder)
    local sources = {}
    for _, name in ipairs(home.list(folder, { c = true, h = true })) do
        sources[name] = home.read(folder .. "/" .. name)
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
        runtime = c_sources("runtime"),
        tools = c_sources("runtime/tools"),
        license = home.read("LICENSE"),
    }
end

function home.version()
    return home.read("gen/VERSION"):match("%S+")
end

return home
