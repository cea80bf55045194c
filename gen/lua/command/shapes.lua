-- lutloom shapes: the presets, or the layers of models.
local models = require("input.models")
local say = require("base.say")

local shapes = {}

function shapes.options(command)
    command:argument("model", "A preset's name or a shapes file."):args("*")
end

local function print_layers(record)
    say(record.name)
    for _, layer in ipairs(record.layers) do
        say("    %-14s %7d x %d%s", layer.role, layer.m, layer.k,
            layer.format and "  " .. layer.format or "")
    end
end

-- "4096x4096 11008x4096": each shape once, in the order of the layers.
local function distinct_shapes(record)
    local shapes_text, seen = {}, {}
    for _, layer in ipairs(record.layers) do
        local text = ("%dx%d"):format(layer.m, layer.k)
        if not seen[text] then
            seen[text] = true
            shapes_text[#shapes_text + 1] = text
        end
    end
    return table.concat(shapes_text, " ")
end

function shapes.run(args)
    if #args.model == 0 then
        for _, name in ipairs(models.presets()) do
            say("%-20s %s", name, distinct_shapes(models.read(name)))
        end
        return
    end
    local records = {}
    for index, name in ipairs(args.model) do
        records[index] = models.read(name)
    end
    for _, record in ipairs(records) do
        print_layers(record)
    end
end

return shapes
