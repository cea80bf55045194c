-- lutloom shapes: the presets, or the layers of models.
local inventory = require("source.inventory")
local model = require("source.model")
local models = require("source.models")
local say = require("base.say")

local shapes = {}

function shapes.options(command)
    command:argument("model", "A preset's name, a shapes file, or a file or folder of "
        .. "weights: GGUF or safetensors."):args("*")
end

local function print_layers(record)
    say(record.name)
    for _, layer in ipairs(record.layers) do
        say("    %-14s %7d x %d%s", layer.role, layer.m, layer.k,
            layer.format and "  " .. layer.format or "")
    end
end

-- "32" matrices, or "32 x 128" where each layer has so many.
local function count_text(row)
    local each = row.count // row.layers
    if each == 1 or each * row.layers ~= row.count then
        return tostring(row.count)
    end
    return ("%d x %d"):format(row.layers, each)
end

-- The matrices of files of weights, and what is not among them.
local function print_weights(path)
    local found = inventory.of(model.open(path))
    say(path)
    for _, row in ipairs(found.rows) do
        say("    %-18s %7d x %-7d %-14s %9s %9.1f MiB", row.role, row.m, row.k, row.format,
            count_text(row), row.bytes / (1 << 20))
    end
    for _, lines in ipairs({ inventory.left_lines(found), inventory.plain_lines(found) }) do
        for _, line in ipairs(lines) do
            say("    %s", line)
        end
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
    for _, name in ipairs(args.model) do
        if models.are_weights(name) then
            print_weights(name)
        else
            print_layers(models.read(name))
        end
    end
end

return shapes
