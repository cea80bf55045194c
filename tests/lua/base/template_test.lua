local check = require("check")
local template = require("base.template")

local function render(text, vars, loader)
    return template.render(text, "templates/x.c.in", vars or {}, loader)
end

local function loader_of(files)
    return function(name)
        if not files[name] then
            return nil, "no such template"
        end
        return files[name], "templates/" .. name
    end
end

check.case("template: text passes unchanged", function()
    check.equal(render("int a;\n\n    return $x;\n"), "int a;\n\n    return $x;\n")
end)

check.case("template: a last line without newline gets one", function()
    check.equal(render("int a;"), "int a;\n")
end)

check.case("template: an empty template is empty", function()
    check.equal(render(""), "")
end)

check.case("template: expressions", function()
    check.equal(render("a${n}b${n + 1}c\n", { n = 2 }), "a2b3c\n")
end)

check.case("template: braces and strings inside an expression", function()
    check.equal(render("${({ 4, 5 })[2]} ${'}' .. \"\\\"{\"}\n"), "5 }\"{\n")
end)

check.case("template: whole floats are written as integers", function()
    check.equal(render("${n / 2} ${n / 4}\n", { n = 2 }), "1 0.5\n")
end)

check.case("template: false is a value", function()
    check.equal(render("${flag}\n", { flag = false }), "false\n")
end)

check.case("template: a loop keeps the indentation of its text", function()
    local text = "{\n    $ for i = 0, 1 do -- twice\n    a${i};\n    $ end\n$\n}\n"
    check.equal(render(text), "{\n    a0;\n    a1;\n}\n")
end)

check.case("template: locals of Lua lines", function()
    check.equal(render("$ local double = n * 2\n${double}\n", { n = 4 }), "8\n")
end)

check.case("template: special characters of the text survive", function()
    local text = "printf(\"%d\\n\", '\\\\'); /* ]] */\t\\\n"
    check.equal(render(text), text)
end)

check.case("template: an unset variable in text names file and line", function()
    local result, message = render("a\nb ${foo}\n")
    check.refused("templates/x.c.in:2: unset variable 'foo'", result, message)
end)

check.case("template: an unset variable in a Lua line names file and line", function()
    local result, message = render("a\nb\n$ if foo then\n$ end\n")
    check.refused("templates/x.c.in:3: unset variable 'foo'", result, message)
end)

check.case("template: a nil value names file and line", function()
    local result, message = render("a\n${vars.missing}\n", { vars = {} })
    check.refused("templates/x.c.in:2: '${vars.missing}' is nil", result, message)
end)

check.case("template: syntax errors name file and line", function()
    local result, message = render("a\n$ for i = do\n$ end\n")
    check.refused("templates/x.c.in:2:", result, message)
    result, message = render("a\n\n${1 +}\n")
    check.refused("templates/x.c.in:3: in '${1 +}'", result, message)
    result, message = render("a ${b\n")
    check.refused("templates/x.c.in:1: '${' without '}'", result, message)
    result, message = render("a ${ }\n")
    check.refused("templates/x.c.in:1: empty '${}'", result, message)
end)

check.case("template: a missing end is an error", function()
    local result, message = render("$ for i = 1, 2 do\na\n")
    check.refused("templates/x.c.in:", result, message)
end)

check.case("template: Lua errors name file and line", function()
    local result, message = render("a\n$ error('no such tile')\n")
    check.refused("templates/x.c.in:2: no such tile", result, message)
end)

check.case("template: include sees variables and globals, not locals", function()
    local loader = loader_of({ ["y.c.in"] = "y ${n} ${shared}\n" })
    check.equal(render("x\n$ shared = 3\n$ include('y.c.in')\nz\n", { n = 1 }, loader),
        "x\ny 1 3\nz\n")
    local result, message = render("$ local shared = 3\n$ include('y.c.in')\n", { n = 1 }, loader)
    check.refused("templates/y.c.in:1: unset variable 'shared'", result, message)
end)

check.case("template: include takes variables and is indented like its line", function()
    local loader = loader_of({ ["y.c.in"] = "{\n\n    ${n}${m};\n}\n", ["z.c.in"] = "z${n}\n" })
    check.equal(render("a\n    $ include('y.c.in', { m = 2 })\n$ include('z.c.in')\n", { n = 1 },
        loader), "a\n    {\n\n        12;\n    }\nz1\n")
end)

check.case("template: indentation of nested includes adds up", function()
    local loader = loader_of({ ["y.c.in"] = "  $ include('z.c.in')\n", ["z.c.in"] = "z\n" })
    check.equal(render("  $ if true then include('y.c.in') end\na\n", {}, loader), "    z\na\n")
end)

check.case("template: a hook is rendered where it is called, indented as that line is", function()
    local text = "$ local function add(v) -- v: a number\nx${v};\n    y${v};\n$ end\n{\n"
        .. "    $ for v = 0, 1 do\n    $ add(v)\n    $ end\n}\n$ add(2)\nz\n"
    check.equal(render(text),
        "{\n    x0;\n        y0;\n    x1;\n        y1;\n}\nx2;\n    y2;\nz\n")
end)

check.case("template: hooks call hooks, and indentation adds up", function()
    local text = "$ local function inner()\na;\n$ end\n$ local function outer()\n{\n"
        .. "    $ inner()\n}\n$ return 1\n$ end\n  $ local one = outer()\n${one}\n"
    check.equal(render(text), "  {\n      a;\n  }\n1\n")
end)

check.case("template: a skeleton calls hooks of the template that includes it", function()
    local loader = loader_of({ ["loop.c.in"] = "for (;;) {\n    $ step(n)\n}\n" })
    local text = "$ local twice = 2 * n\n$ local function step(n)\n"
        .. "${n}, ${twice};\n$ end\n{\n  $ include('loop.c.in', { n = 7, step = step })\n}\n"
    check.equal(render(text, { n = 1 }, loader),
        "{\n  for (;;) {\n      7, 2;\n  }\n}\n")
end)

check.case("template: include returns what the template returns, such as hooks", function()
    local loader = loader_of({ ["parts.c.in"] =
        "$ local parts = {}\n$ function parts.add(v)\nadd${v + n};\n$ end\n$ return parts\n" })
    check.equal(render("$ local parts = include('parts.c.in')\n{\n    $ parts.add(2)\n}\n",
        { n = 1 }, loader), "{\n    add3;\n}\n")
end)

check.case("template: an error in a hook names the hook's file and line", function()
    local loader = loader_of({ ["loop.c.in"] = "\n\n\n$ step()\n" })
    local result, message = render("a\n$ local function step()\n${missing}\n$ end\n"
        .. "$ include('loop.c.in', { step = step })\n", {}, loader)
    check.refused("templates/x.c.in:3: unset variable 'missing'", result, message)
    result, message = render("$ include('loop.c.in')\n", {}, loader)
    check.refused("templates/loop.c.in:4: unset variable 'step'", result, message)
    result, message = render("$ local function step()\na\n", {}, loader)
    check.refused("templates/x.c.in:", result, message)
end)

check.case("template: an include in a hook names the hook's file and line", function()
    local loader = loader_of({ ["loop.c.in"] = "\n\n\n$ step()\n" })
    local result, message = render("$ local function step()\n$ include('q.c.in')\n$ end\n"
        .. "$ include('loop.c.in', { step = step })\n", {}, loader)
    check.refused("templates/x.c.in:2: cannot include 'q.c.in'", result, message)
end)

check.case("template: a file can be included twice, but not by itself", function()
    local loader = loader_of({ ["y.c.in"] = "y\n", ["z.c.in"] = "$ include('z.c.in')\n" })
    check.equal(render("$ include('y.c.in')\n$ include('y.c.in')\n", {}, loader), "y\ny\n")
    local result, message = render("$ include('z.c.in')\n", {}, loader)
    check.refused("templates/z.c.in:1: 'z.c.in' includes itself", result, message)
end)

check.case("template: a missing include names file and line", function()
    local result, message = render("\n$ include('q.c.in')\n", {}, loader_of({}))
    check.refused("templates/x.c.in:2: cannot include 'q.c.in': no such template", result, message)
end)

check.case("template: no access to files or the system", function()
    local result, message = render("${os.time()}\n")
    check.refused("unset variable 'os'", result, message)
end)

check.case("template: a variable cannot hide what templates need", function()
    check.equal(pcall(render, "a\n", { string = 1 }), false)
end)
