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

-- A case that takes less than two seconds of the CPU.
local function case_with_time(name, run)
    check.case(name, function()
        local start = os.clock()
        run()
        check.equal(os.clock() - start < 2, true, "took too long")
    end)
end

-- What a file may try: to call something, to keep Lua busy, to fill the memory, to hide that in
-- what one reader takes for a text or a comment and another does not.
local TRIES = {
    'print("x") return {}',
    "while true do end",
    "repeat until false",
    "for i = 1, 1e99 do end",
    "goto a ::a::",
    'local s = "x" while true do s = s .. s end',
    'local s = "x" s = s .. s return { name = s }',
    'local s = "x" .. "y" .. s return { name = s }',
    'name = "x" return { name = name .. "y" }',
    "return { name = 1 .. 2 }",
    'return { name = ("x"):rep(10) }',
    'local s = "x" return { s:upper() }',
    'local s = "x" local up = s["upper"] return { name = up"y" }',
    'local s = "x" return { name = s.upper }',
    "local function f() return f() end return f()",
    "return (function() end)()",
    "return { ... }",
    "local a <close> = nil return {}",
    "local a = {} a.b = 1 return a",
    'return { [[ " ]], f(), [[ " ]] }',
    'return { [=[ " ]=], f(), [=[ " ]=] }',
    "return { --[[ ]] f() --[[ ]] }",
    "return { --[=[ ]] ]=] f() --[=[ ]=] }",
    "return { -- comment\r f() }",
    'return { "\\\\", f(), "" }',
    'return { "\\\"", f(), "" }',
    "return { '\\'', f(), '' }",
    'return { "\\z \n", f(), "" }',
    'return { "a\nb", f(), "" }',
    "return { 'a\"', f(), '\"' }",
    "return _ENV",
    "return not nil",
    "return #{}",
    "return 2 ^ 1024 % 3",
    "return 1 < 2",
    "#!/usr/bin/lua\nreturn {}",
    string.dump(function() end),
}

check.case("model: no code of it runs, whatever it tries", function()
    for _, text in ipairs(TRIES) do
        local record, reason = parse(text)
        if text:find("_ENV", 1, true) then
            check.refused("m.lua: ", record, reason) -- an empty table is no model
        else
            check.refused(" is more than a table of data", record, reason)
        end
    end
    check.equal(("x"):rep(2), "xx")
end)

case_with_time("model: what is refused while it runs, or is long, is soon done", function()
    check.refused("m.lua:1: attempt to call", parse('local a = {} return { name = a"x" }'))
    check.refused("m.lua:1: attempt to unm", parse('return { name = -"x" }'))
    check.refused("m.lua: ", parse("return " .. ("{"):rep(10000)))
    check.refused("m.lua: ", parse("return " .. ("-"):rep(10000) .. "1"))
    local mib = 1 << 20
    local name = "local s = '" .. ("x"):rep(100000) .. "' local t = s" .. (" .. s"):rep(150)
    check.refused("m.lua:1: '..' is more", parse(name .. " local u = t" .. (" .. t"):rep(150)))
    check.refused("m.lua:1: ", parse("return {" .. ("--[["):rep(mib // 4)))
    check.refused("m.lua:1: ", parse("return { name = " .. ("'"):rep(mib)))
    check.refused("m.lua: ", parse("return {" .. ("{},"):rep(mib // 3) .. "}"))
end)

local LIVELY = [==[
-- A comment.
--[=[ and ]] another ]=]
local hidden = 64
return { name = "a" .. 'b', layers = {
    { role = "up\x2dgate", m = 2 * hidden + 16, k = 0x80 - hidden }, --[[ q ]]
    { role = 'o', m = 5 // 2, k = - -7 } } }
]==]

check.case("model: sums, comments and names of its own are data", function()
    local record = assert(parse(LIVELY))
    check.equal(record.name, "ab")
    check.equal(record.layers[1].role, "up-gate")
    check.equal(record.layers[1].m, 144)
    check.equal(record.layers[2].k, 7)
end)

check.case("model: a byte order mark is named", function()
    check.refused("m.lua:1: begins with a byte order mark", parse("\xEF\xBB\xBFreturn {}"))
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
