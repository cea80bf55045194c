local check = require("check")
local files = require("base.files")
local host = require("base.host")
local model = require("input.model")

local function parse(text)
    return model.parse(text, "m.lua")
end

local function with_layer(layer)
    return parse(('return { name = "x", layers = { { role = "q", m = 1, k = 1 }, %s } }')
        :format(layer))
end

check.case("model: every preset is valid and named like its file", function()
    local count = 0
    for _, name in ipairs(host.list_dir(check.root .. "/shapes")) do
        if name:find("%.lua$") then
            local record, reason = model.parse(files.read(check.root .. "/shapes/" .. name), name)
            check.equal(reason, nil)
            check.equal(record.name .. ".lua", name)
            count = count + 1
        end
    end
    check.equal(count >= 8, true, "number of presets")
end)

check.case("model: a layer may have a format of its own", function()
    local record = with_layer('{ role = "v", m = 3, k = 5, format = "w4g32" }')
    check.equal(record.layers[2].format, "w4g32")
    check.equal(record.layers[2].k, 5)
end)

check.case("model: errors name the file and the line", function()
    check.refused("m.lua:2: ", parse("return {\n  name = = 3 }"))
    check.refused("m.lua:3: ", parse('\n\nreturn { name = os.getenv("HOME") }'))
end)

check.case("model: no code of it runs", function()
    check.refused("m.lua:1: ", parse('print("x") return {}'))
    check.refused("m.lua: more than a table of data", parse("while true do end"))
    check.refused("m.lua: more than a table of data",
        parse('local s = "x" while true do s = s .. s end'))
    check.refused("m.lua: ", parse("return " .. ("{"):rep(10000)))
    check.refused("m.lua:1: ", parse('return { name = ("x"):rep(10) }'))
    check.refused("m.lua: ", parse(string.dump(function() end)))
    check.equal(("x"):rep(2), "xx")
end)

check.case("model: what is no table of layers is refused", function()
    check.refused("m.lua: returns no table", parse(""))
    check.refused("m.lua: returns no table", parse("return 3"))
    check.refused("m.lua: 'layers' is missing", parse('return { name = "x" }'))
    check.refused("m.lua: 'layers' must be a list", parse('return { name = "x", layers = {} }'))
    check.refused("m.lua: 'layers' must be a list",
        parse('return { name = "x", layers = { { role = "q", m = 1, k = 1 }, last = 1 } }'))
    check.refused("m.lua: 'layers' must be a list", with_layer("nil, {}"))
    check.refused('not "q"', parse('return { name = "x", layers = "q" }'))
    check.refused("m.lua: 'name' is missing", parse("return { layers = { {} } }"))
    check.refused("m.lua: 'name' must be a name",
        parse('return { name = "a b", layers = { {} } }'))
    check.refused("unknown key 'n'", parse('return { name = "x", layers = {}, n = 1 }'))
end)

check.case("model: errors in a layer name it", function()
    check.refused("m.lua: layer 2: must be { role = , m = , k = }, not 3", with_layer("3"))
    check.refused("m.lua: layer 2: 'role' is missing", with_layer("{ m = 1, k = 1 }"))
    check.refused("m.lua: layer 2 (v): 'k' is missing", with_layer('{ role = "v", m = 1 }'))
    check.refused("m.lua: layer 2 (v): unknown key 'bits'",
        with_layer('{ role = "v", m = 1, k = 1, bits = 2 }'))
    check.refused("m.lua: layer 2 (v): unknown format 'q4'",
        with_layer('{ role = "v", m = 1, k = 1, format = "q4" }'))
    for _, value in ipairs({ "0", "-1", "1.5", "4096.0", "1048577", '"8"', "{}", "1/0", "true" }) do
        check.refused("m.lua: layer 2 (v): 'm' must be a whole number from 1 to 1048576",
            with_layer(('{ role = "v", m = %s, k = 1 }'):format(value)))
    end
end)
