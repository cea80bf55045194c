-- The modules of the generator: data flows one way through its folders, and a module is called the
-- same everywhere.
local check = require("check")
local files = require("base.files")
local host = require("base.host")

-- The folders of gen/lua in the order in which data flows, templates/ where it comes in; then what
-- stands in gen/lua itself.
local STAGES = { "base", "input", "source", "templates", "space", "choice", "library", "mca",
    "build", "explain", "plot", "suite", "command", "start" }

-- Modules of others, and the one that the host brings along.
local FOREIGN = { argparse = true, dkjson = true, host_native = true }

local place_of = {}
for place, stage in ipairs(STAGES) do
    place_of[stage] = place
end

-- Calls take(path, name of the module) for the Lua files in a folder and below.
local function each_module(folder, prefix, take)
    for _, entry in ipairs(assert(host.list_dir(folder))) do
        local path = folder .. "/" .. entry
        if host.path_kind(path) == "folder" then
            each_module(path, prefix .. entry .. ".", take)
        elseif entry:find("%.lua$") then
            take(path, prefix .. entry:gsub("%.lua$", ""))
        end
    end
end

-- name -> { path =, text =, stage = } of all modules.
local modules = {}
each_module(check.root .. "/gen/lua", "", function(path, name)
    modules[name] = { path = path, text = assert(files.read(path)),
        stage = name:match("^(.-)%.") or "start" }
end)
each_module(check.root .. "/templates", "", function(path, name)
    modules[name] = { path = path, text = assert(files.read(path)), stage = "templates" }
end)

-- Whether a module of that name may be called so: like its file, or folder and file where the one
-- word is needed for something else. A class has a capital.
local function may_be_called(variable, name)
    local file = name:match("[^.]+$")
    return variable:lower() == file or variable == name:gsub("%.", "_")
end

check.case("modules: none needs one of a later stage", function()
    local count = 0
    for _, module in pairs(modules) do
        local place = place_of[module.stage]
        check.equal(place ~= nil, true, module.path .. " is in a folder that STAGES lacks")
        for name in module.text:gmatch('require%("([^"]+)"%)') do
            local needed = modules[name]
            check.equal(needed ~= nil or FOREIGN[name], true, module.path .. " requires " .. name)
            check.equal(not needed or place_of[needed.stage] <= place, true,
                module.path .. " requires " .. name)
            count = count + 1
        end
    end
    check.equal(count > 300, true, "requires that were looked at")
end)

check.case("modules: a table and the variable that holds it have the name of the file", function()
    for own, module in pairs(modules) do
        local returned = module.stage ~= "templates" and module.text:match("\nreturn ([%w_]+)\n$")
        check.equal(not returned or may_be_called(returned, own), true,
            ("%s: returns %s"):format(module.path, returned))
        for variable, name in module.text:gmatch('\nlocal ([%w_]+) = require%("([^"]+)"%)\n') do
            local checked = module.stage ~= "templates" and not FOREIGN[name]
            check.equal(not checked or may_be_called(variable, name), true,
                ("%s: calls %s %s"):format(module.path, name, variable))
        end
    end
end)

check.case("modules: no folder is crowded", function()
    local count = {}
    for name in pairs(modules) do
        local folder = name:match("^(.*)%.") or ""
        count[folder] = (count[folder] or 0) + 1
        check.equal(count[folder] <= 30, true, folder)
    end
end)
