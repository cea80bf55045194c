-- Reading JSON that is none.
local check = require("check")
local host = require("base.host")
local json = require("base.json")

local TOO_DEEP = ("["):rep(100000)

check.case("json: what is nested too deeply is no JSON", function()
    check.refused("no JSON", json.decode(TOO_DEEP))
end)

check.case("json: an error by which a signal stops Lua goes on", function()
    local is_stopped = host.is_stopped
    rawset(host, "is_stopped", function()
        return true
    end)
    local ok = pcall(json.decode, TOO_DEEP)
    rawset(host, "is_stopped", is_stopped)
    check.equal(ok, false)
end)
