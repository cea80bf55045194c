-- Drawing with gnuplot: a script from a template to the text of an SVG.
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local home = require("base.home")
local host = require("base.host")
local programs = require("base.programs")
local template = require("base.template")

local gnuplot = {}

-- An error where gnuplot is not installed.
function gnuplot.need()
    if not programs.find("gnuplot") then
        fail("--plot: gnuplot is not installed (package gnuplot-nox)")
    end
end

-- A gnuplot string of one or two lines; whatever gnuplot could take for its own is replaced.
local function quote(first, second)
    local function clean(text)
        return (text:gsub("[^%w ().,_+/@=:-]", "?"))
    end
    return ('"%s%s"'):format(clean(first), (second or "") ~= "" and "\\n" .. clean(second) or "")
end

-- The SVG that the script of a template draws. It has the variables, `quote` for strings, and
-- `output`, the name of the file that it draws.
local function render(script_template, variables)
    local script, output = os.tmpname(), os.tmpname()
    local messages = {}
    local all = { quote = quote, output = output }
    for key, value in pairs(variables) do
        all[key] = value
    end
    check(files.write(script,
        check(template.render(home.read(script_template), script_template, all))))
    local code = check(host.run({ "gnuplot", script }, function(line)
        messages[#messages + 1] = line
    end))
    local svg = files.read(output) or ""
    os.remove(script)
    os.remove(output)
    if code ~= 0 or not svg:find("</svg>%s*$") then
        fail("gnuplot drew nothing (exit code %d): %s", code,
            table.concat(messages, " "):match("%S.*") or "it said nothing")
    end
    return svg
end

-- Draws a template with the variables, as the file `path` that --plot names.
function gnuplot.draw(script_template, variables, path)
    local ok, reason = files.write(path, render(script_template, variables))
    if not ok then
        fail("--plot %s", reason)
    end
end

return gnuplot
