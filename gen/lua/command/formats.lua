-- lutloom formats: the weight formats of files, and what has kernels for them.
local check = require("base.fail").check
local format = require("input.format")
local gguf_types = require("input.gguf_types")
local isa = require("input.isa")
local modes = require("input.modes")
local say = require("base.say")
local space = require("space.space")

local command_formats = {}

function command_formats.options(command)
    command:argument("format", "Formats, such as w4g128 (default: those of the types of GGUF files "
        .. "that are served). The grammar stands at the top of loom.h."):args("*")
end

-- The formats of GGUF files, each once, with the names of their types.
local function formats_of_files()
    local names, types = {}, {}
    for _, row in ipairs(gguf_types) do
        if not types[row.format] then
            types[row.format] = row.name
            names[#names + 1] = row.format
        end
    end
    return names, types
end

-- Bits a packed weight takes, scales and all.
local function bits_of(record)
    local values = record.scale_bytes * (record.offsets and 2 or 1)
        + (record.zero_points and 1 or 0)
    local bits_each = record.factor_bits == 6 and 6 or 8
    local factors = record.sub and (record.offsets and record.factor_bits > 4 and 2 or 1) or 0
    return record.bits + (record.group > 0 and 8 * values / record.group or 0)
        + (record.sub and factors * bits_each / record.sub or 0)
end

-- The modes that have kernels for the format, each with its levels where it is not all of them.
local function modes_of(record)
    local texts = {}
    for _, mode in ipairs(modes.list) do
        local levels, all = {}, true
        for _, level in ipairs(isa.list) do
            local has = not level.adds_to and #space.kernels({ record }, { mode }, { level }) > 0
            levels[#levels + 1] = has and level.name or nil
            all = all and (has or level.adds_to ~= nil)
        end
        if #levels > 0 then
            texts[#texts + 1] = mode .. (all and "" or (" (%s)"):format(table.concat(levels, " ")))
        end
    end
    return #texts > 0 and table.concat(texts, ", ") or "no kernels"
end

function command_formats.run(args)
    local names, types = formats_of_files()
    if #args.format > 0 then
        names = args.format
    end
    local records = {}
    for index, name in ipairs(names) do
        records[index] = check(format.parse(name))
    end
    say("%-16s %6s  %-7s %s", "format", "bits", "GGUF", "modes, and their levels if not all")
    for index, record in ipairs(records) do
        say("%-16s %6.3f  %-7s %s", names[index], bits_of(record), types[names[index]] or "-",
            modes_of(format.kernel_format(record)))
    end
end

return command_formats
