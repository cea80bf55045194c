-- lutloom's start: run by the C host, or as `lua5.4 gen/lua/main.lua ...`.
local HOME = os.getenv("LUTLOOM_HOME")
if not HOME or HOME == "" then
    local folder = arg[0]:match("^(.*)/[^/]*$") or "."
    HOME = folder:match("^(.*)/gen/lua$") or folder .. "/../.."
end
package.path = HOME .. "/gen/lua/?.lua;" .. package.path

local fail = require("fail")

-- The text of an error: a line for the user, a traceback for whoever mends the program.
local function message_of(value)
    if fail.is_user_error(value) then
        return tostring(value)
    end
    return debug.traceback("internal error: " .. tostring(value), 2)
end

local function run()
    require("home").path = HOME
    local code = require("cli").run({ table.unpack(arg) })
    fail.check(io.stdout:flush())
    return code
end

local ok, result = xpcall(run, message_of)
if not ok then
    io.stderr:write("lutloom: ", result, "\n")
end
os.exit(ok and result or 1, true)
