-- Templates: C text with Lua lines.
--
--  * A line whose first non-blank character is `$`, alone or followed by a blank, is Lua.
--  * `${expr}` in any other line is replaced by the value of the expression.
--  * `$ include("name", { a = 1 })` renders another template at that place, indented as that
--    line is. It sees the same variables and those of the table, but not this template's locals.
--    It may end in `$ return value`, which include() returns.
--  * `$ local function step(v)` to `$ end` is a hook: its lines are rendered where it is called,
--    `$ step(2)`, indented as that line is. Write them as at the margin. A hook sees the variables
--    and locals of its own template, whoever calls it: so a template gives hooks to a skeleton that
--    it includes, `$ include("skeleton", { step = step })`, or returns some that others call.
--
-- A template becomes a Lua chunk with one line for each of its lines, so that every error,
-- of syntax or at run time, carries the template's own file and line.
local template = {}

local LIBRARY = {
    "assert", "error", "ipairs", "math", "next", "pairs", "select", "string", "table",
    "tonumber", "tostring", "type",
}

-- Position of the `}` that ends an expression starting at `from`; braces nest and strings
-- may contain any. nil if there is none on this line.
local function expression_end(line, from)
    local depth, quote, position = 0, nil, from
    while position <= #line do
        local character = line:sub(position, position)
        if quote then
            if character == "\\" then
                position = position + 1
            elseif character == quote then
                quote = nil
            end
        elseif character == '"' or character == "'" then
            quote = character
        elseif character == "{" then
            depth = depth + 1
        elseif character == "}" and depth == 0 then
            return position
        elseif character == "}" then
            depth = depth - 1
        end
        position = position + 1
    end
    return nil
end

-- Lua code, on one line, that emits a text line; nil and a message if it is malformed.
local function compile_text(line)
    local pieces, position = {}, 1
    while true do
        local open = line:find("${", position, true)
        pieces[#pieces + 1] = ("%q"):format(line:sub(position, (open or 0) - 1))
        if not open then
            break
        end
        local close = expression_end(line, open + 2)
        if not close then
            return nil, "'${' without '}'"
        end
        local expression = line:sub(open + 2, close - 1)
        if not expression:find("%S") then
            return nil, "empty '${}'"
        end
        local compiled, reason = load("return " .. expression, "=expression", "t")
        if not compiled then
            return nil, ("in '${%s}': %s"):format(expression, reason:gsub("^expression:%d+: ", ""))
        end
        pieces[#pieces + 1] = ("_value((%s), %q)"):format(expression, expression)
        position = close + 1
    end
    return "_emit(" .. table.concat(pieces, ", ") .. ")"
end

-- A line of Lua. A function whose head ends the line may hold text: it notes who called it.
local function compile_lua(statement)
    local head, comment = statement:match("^(.-)%s*(%-%-.*)$")
    head = head or statement
    if head:find("%f[%w_]function%s*[%w_.:]*%s*%b()%s*$") then
        return head .. " local _hook <close> = _enter() " .. (comment or "")
    end
    return statement
end

-- The Lua code of a template, and the indentation of each of its lines; nil and a message if it is
-- malformed.
local function translate(text, filename)
    local code, indents = {}, {}
    if text ~= "" and text:sub(-1) ~= "\n" then
        text = text .. "\n"
    end
    for line in text:gmatch("(.-)\n") do
        local number = #code + 1
        local statement = line:match("^%s*%$%s(.*)$") or line:match("^%s*%$%s*$") and ""
        if statement then
            statement = compile_lua(statement)
        else
            local reason
            statement, reason = compile_text(line)
            if not statement then
                return nil, ("%s:%d: %s"):format(filename, number, reason)
            end
        end
        code[number] = statement
        indents[number] = line:match("^%s*")
    end
    return table.concat(code, "\n"), indents
end

-- A template as Lua's own bytes, and the indentation of each of its lines; nil and a message if it
-- is malformed.
local function translate_to_bytes(text, filename)
    local code, indents = translate(text, filename)
    local chunk, reason
    if code then
        chunk, reason = load(code, "@" .. filename, "t")
    end
    if not chunk then
        return nil, reason or indents
    end
    return string.dump(chunk), indents
end

-- What that said, by file name and text: a family's templates serve hundreds of kernels.
local translations = {}

local function compile(text, filename)
    local of_file = translations[filename] or {}
    translations[filename] = of_file
    of_file[text] = of_file[text] or table.pack(translate_to_bytes(text, filename))
    return table.unpack(of_file[text], 1, 2)
end

-- The text of a value; an error at the template's line if it has none.
local function value_text(value, expression)
    if value == nil then
        error(("'${%s}' is nil"):format(expression), 2)
    elseif math.type(value) == "float" and value == math.floor(value) and
        math.tointeger(value) then
        return tostring(math.tointeger(value))
    end
    return tostring(value)
end

local function environment(vars)
    local env = { _value = value_text }
    for _, name in ipairs(LIBRARY) do
        env[name] = _G[name]
    end
    for name, value in pairs(vars) do
        if env[name] ~= nil then
            error(("variable '%s' would hide a name that templates need"):format(name))
        end
        env[name] = value
    end
    return setmetatable(env, {
        __index = function(_, name)
            error(("unset variable '%s'"):format(tostring(name)), 2)
        end,
    })
end

-- Runs templates that write to one output and include one another.
local Renderer = {}
Renderer.__index = Renderer

-- Empty lines and preprocessor lines stay at the margin.
function Renderer:emit(text)
    local indent = text:find("^[^#]") and self.indent or ""
    self.output[#self.output + 1] = indent .. text
end

-- All lines are indented as the line is that runs now, `level` calls up, until the result is
-- closed. Only lines of templates are.
function Renderer:enter(level)
    local caller, outer = debug.getinfo(level + 1, "Sl"), self.indent
    local indents = self.indents[caller.source] or {}
    self.indent = outer .. (indents[caller.currentline] or "")
    return setmetatable({}, { __close = function()
        self.indent = outer
    end })
end

function Renderer:run(text, filename, env)
    local bytes, indents = compile(text, filename)
    if not bytes then
        error(indents, 0)
    end
    local chunk = load(bytes, "@" .. filename, "b", env)
    self.indents["@" .. filename] = indents
    rawset(env, "_emit", function(...)
        self:emit(table.concat({ ... }))
    end)
    rawset(env, "_enter", function()
        local scope = self:enter(3)
        return scope
    end)
    rawset(env, "include", function(name, vars)
        local _ <close> = self:enter(2)
        return self:include(name, setmetatable(vars or {}, { __index = env }))
    end)
    return chunk()
end

function Renderer:include(name, env)
    local text, filename
    if self.loader then
        text, filename = self.loader(name)
    end
    if not text then
        error(("cannot include '%s': %s"):format(tostring(name), filename or "no such template"), 3)
    elseif self.including[name] then
        error(("'%s' includes itself"):format(name), 3)
    end
    self.including[name] = true
    local result = self:run(text, filename or name, env)
    self.including[name] = nil
    return result
end

-- Renders a template.
-- @param text     the template
-- @param filename its name, for messages
-- @param vars     name -> value: what the template may use
-- @param loader   function(name) -> text, file name for messages; or nil, reason: serves
--                 include()
-- @return the text, or nil and a message that starts with file and line
function template.render(text, filename, vars, loader)
    local renderer = setmetatable({ output = {}, indent = "", indents = {}, including = {},
        loader = loader }, Renderer)
    local ok, reason = pcall(renderer.run, renderer, text, filename, environment(vars))
    if not ok then
        return nil, tostring(reason)
    end
    local output = renderer.output
    output[#output + 1] = ""
    return table.concat(output, "\n")
end

return template
