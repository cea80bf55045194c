-- The C tables: the registry, the tuning, and what the tools are given.
local gguf_types = require("input.gguf_types")
local kernel_cost = require("space.kernel_cost")
local scales = require("input.scales")
local template = require("base.template")

local library_tables = {}

local function flag(value)
    return value and 1 or 0
end

-- The initialiser of a struct loom_format: what the format has, all else being 0.
local function format_fields(format)
    local fields = {}
    local function add(name, value)
        fields[#fields + 1] = value and value ~= 0 and (".%s = %s"):format(name, value) or nil
    end
    add("bits", format.bits)
    add("ternary", flag(format.ternary))
    add("book", format.book and "LOOM_BOOK_" .. format.book:upper())
    add("zero_points", flag(format.zero_points))
    add("offsets", flag(format.offsets))
    add("scale", format.scale ~= "" and "LOOM_SCALE_" .. scales.by_name[format.scale].enum)
    add("fixed_zero", format.fixed_zero and format.zero + 1)
    add("sub", format.sub)
    add("factor_bits", format.factor_bits)
    add("group", format.group)
    return table.concat(fields, ", ")
end

-- Copies of `records` for a table: with their ISA's index, their cost as text, and with marks where
-- a run of records begins and ends that LOOM_PORTABLE leaves out.
local function table_rows(context, records)
    local rows = {}
    for position, record in ipairs(records) do
        local before, after = records[position - 1], records[position + 1]
        local guarded = record.isa.name ~= "c"
        rows[position] = setmetatable({
            isa_index = context.indices[record.isa.name],
            guard_starts = guarded and not (before and before.isa.name ~= "c"),
            guard_ends = guarded and not (after and after.isa.name ~= "c"),
            format_fields = record.format and format_fields(record.format),
            cost_text = record.cost and kernel_cost.text(record.cost),
        }, { __index = record })
    end
    return rows
end

-- The layouts of `kernels`, sorted by name; `guarded` if portable C uses none of it.
local function layouts_of(kernels)
    local by_name, names = {}, {}
    for _, kernel in ipairs(kernels) do
        local name = kernel.layout.name
        if not by_name[name] then
            names[#names + 1] = name
            by_name[name] = setmetatable({ guarded = true }, { __index = kernel.layout })
        end
        by_name[name].guarded = by_name[name].guarded and kernel.isa.name ~= "c"
    end
    table.sort(names)
    local layouts = {}
    for index, name in ipairs(names) do
        layouts[index] = by_name[name]
    end
    return layouts
end

-- Copies of the tuned rows with the index of the ISA they were measured for.
local function tuned_rows(context)
    local rows = {}
    for index, row in ipairs(context.library.tuned) do
        rows[index] = setmetatable({ isa_index = context.indices[row.isa] }, { __index = row })
    end
    return rows
end

local function split(library)
    local chosen, others = {}, {}
    for _, kernel in ipairs(library.kernels) do
        table.insert(library.chosen[kernel.name] and chosen or others, kernel)
    end
    return chosen, others
end

-- Copies of the ISAs with the index of the one that each adds to, or its own, and the name of the
-- last one up to it that packing is compiled for.
local function isa_rows(context)
    local rows, packer = {}, "c"
    for index, isa in ipairs(context.library.isas) do
        packer = isa.packs and isa.name or packer
        rows[index] = setmetatable({ base_index = context.indices[isa.adds_to or isa.name],
            packer = packer }, { __index = isa })
    end
    return rows
end

local function tables_of(context)
    local library = context.library
    local chosen, others = split(library)
    return {
        { "src/registry.c", "registry.c.in", {
            kernels = table_rows(context, chosen),
            layouts = layouts_of(chosen),
            prepares = table_rows(context, library.prepares),
            isas = isa_rows(context),
            hash = library.hash,
        } },
        { "src/tuning.h", "tuning.h.in", { rows = tuned_rows(context) } },
        { "tools/candidates.c", "candidates.c.in", {
            kernels = table_rows(context, others),
            layouts = layouts_of(others),
        } },
        { "tools/probes.c", "probes.c.in", { probes = table_rows(context, library.probes) } },
        { "tools/problems.c", "problems.c.in", { problems = library.problems } },
        { "codec/weight_types.c", "weight_types.c.in", { gguf_types = gguf_types } },
    }
end

-- Adds the files to context.files; true, or nil and a message.
function library_tables.add(context)
    local library, load = context.library, context.sources.template
    for _, entry in ipairs(tables_of(context)) do
        local path, name, vars = table.unpack(entry)
        vars.version, vars.command, vars.names = library.version, library.command, context.names
        local source, filename = load("library/" .. name)
        local text, reason = template.render(source, filename, vars, load)
        if not text then
            return nil, reason
        end
        context.files[path] = text
    end
    return true
end

return library_tables
