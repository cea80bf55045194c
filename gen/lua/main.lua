-- lutloom's start: run by the C host, or as `lua5.4 gen/lua/main.lua ...`.
local HOME = os.getenv("LUTLOOM_HOME")
if not HOME or HOME == "" then
    local folder = arg[0]:match("^(.*)/[^/]*$") or "."
    HOME = folder:match("^(.*)/gen/lua$") or folder .. "/../.."
end
local MODULES = HOME .. "/gen/lua/?.lua;" .. HOME .. "/templates/?.lua"
if not package.searchpath("base.fail", MODULES) then
    io.stderr:write("lutloom: ", HOME, ": is not Lutloom's folder, which LUTLOOM_HOME must name\n")
    os.exit(1)
end
package.path = MODULES .. ";" .. package.path

local fail = require("base.fail")

-- What Lua does not bring along: modules and their Debian packages.
local PACKAGES = { argparse = "lua-argparse", dkjson = "lua-dkjson" }

-- The text of an error: a line for the user, a traceback for whoever mends the program.
local function message_of(value)
    if fail.is_user_error(value) then
        return fail.one_line(tostring(value))
    end
    local missing = PACKAGES[tostring(value):match("module '(%l+)' not found")]
    if missing then
        return ("a Lua module is missing: install %s"):format(missing)
    end
    return debug.traceback("internal error: " .. tostring(value), 2)
end

local function run()
    require("base.home").path = HOME
    local code = require("cli").run({ table.unpack(arg) })
    local ok, reason = io.stdout:flush()
    fail.check(ok, "standard output: " .. tostring(reason))
    return code
end

local ok, result = xpcall(run, message_of)
local host = require("base.host")
if not ok and not host.is_stopped() then
    io.stderr:write("lutloom: ", result, "\n")
end
host.exit(ok and result or 1)
