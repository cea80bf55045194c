-- Runs the Lua tests: lua5.4 tests/lua/run.lua [NAME...], from the source tree's root. A suite is a
-- file of this folder or of one below, which is named like the stage of gen/lua that it is about. A
-- NAME is that of a suite or of a folder: name_test, space.
local ROOT = arg[0]:match("^(.*)/tests/lua/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", package.path }, ";")

local check = require("check")
local command_line = require("command_line")
local host = require("base.host")

-- Adds the suites of a folder and below, as `require` takes them.
local function add_suites(suites, folder, prefix)
    for _, entry in ipairs(assert(host.list_dir(folder))) do
        local path = folder .. "/" .. entry
        if host.path_kind(path) == "folder" then
            add_suites(suites, path, prefix .. entry .. ".")
        elseif entry:find("_test%.lua$") then
            suites[#suites + 1] = prefix .. entry:gsub("%.lua$", "")
        end
    end
    return suites
end

-- The suites of that name, or in the folder of that name.
local function named(suites, name)
    local found = {}
    for _, suite in ipairs(suites) do
        if suite:match("[^.]+$") == name or suite:match("^(.*)%.") == name then
            found[#found + 1] = suite
        end
    end
    if #found == 0 then
        io.stderr:write(("tests/lua: there is no suite and no folder '%s'\n"):format(name))
        os.exit(1)
    end
    return found
end

check.root = ROOT
local all = add_suites({}, ROOT .. "/tests/lua", "")
table.sort(all)
local wanted = #arg == 0 and all or {}
for _, name in ipairs(arg) do
    table.move(named(all, name), 1, #all, #wanted + 1, wanted)
end
for _, suite in ipairs(wanted) do
    require(suite)
end
command_line.remove_library()
print(("%d passed, %d failed"):format(check.passed, check.failed))
os.exit(check.failed == 0 and check.passed > 0)
