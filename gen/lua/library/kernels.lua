-- The C files with generated functions: kernels, prepare kernels and probes, one file for each
-- format and ISA.
local template = require("base.template")

local library_kernels = {}

-- `marks` tells templates to mark their loops, for loop_model.lua.
local function variables(context, record)
    local vars = {}
    for name, value in pairs(record.vars) do
        vars[name] = value
    end
    vars.name, vars.template, vars.marks = record.name, record.template, context.marks or false
    return vars
end

-- The text of one function, by context.sources; nil and a message that names it.
function library_kernels.text(context, record)
    local load = context.sources.template
    local source, filename = load(record.template)
    if not source then
        return nil, ("%s: template %s: %s"):format(record.name, record.template, filename)
    end
    local text, reason = template.render(source, filename, variables(context, record), load)
    if not text then
        return nil, ("%s: %s"):format(record.name, reason)
    end
    return text
end

-- Puts the functions of `records` in one file. The texts of the functions are added to `texts`.
local function add_unit(context, path, what, records, texts)
    local library, load = context.library, context.sources.template
    local source, filename = load("library/kernels.c.in")
    local head, reason = template.render(source, filename, { what = what, isa = records[1].isa,
        version = library.version, command = library.command }, load)
    if not head then
        return nil, reason
    end
    local pieces = { head }
    for _, record in ipairs(records) do
        local text, failure = library_kernels.text(context, record)
        if not text then
            return nil, failure
        end
        pieces[#pieces + 1] = text
        texts[#texts + 1] = text
    end
    context.files[path] = table.concat(pieces, "\n")
    context.isa_of[path] = records[1].isa.name
    return true
end

-- Path of a kernel's C file.
function library_kernels.path(kernel, chosen)
    return ("%s/kernels_%s_%s.c"):format(chosen and "src" or "candidates", kernel.format.key,
        kernel.isa.name)
end

-- Kernels by the path of their file, and the sorted paths.
local function units_of(library)
    local units, paths = {}, {}
    for _, kernel in ipairs(library.kernels) do
        local path = library_kernels.path(kernel, library.chosen[kernel.name])
        if not units[path] then
            units[path] = {}
            paths[#paths + 1] = path
        end
        table.insert(units[path], kernel)
    end
    table.sort(paths)
    return units, paths
end

local function add_kernels(context, texts)
    local units, paths = units_of(context.library)
    for _, path in ipairs(paths) do
        local first = units[path][1]
        local what = ("Kernels for weights in %s, ISA %s."):format(first.format.key, first.isa.name)
        local ok, reason = add_unit(context, path, what, units[path], texts)
        if not ok then
            return nil, reason
        end
    end
    return true
end

local function of_isa(records, isa)
    local found = {}
    for _, record in ipairs(records) do
        if record.isa.name == isa.name then
            found[#found + 1] = record
        end
    end
    return found
end

-- For each ISA: its vocabulary, prepare kernels and probes.
local function add_isa(context, isa, texts)
    local library = context.library
    for _, header in ipairs(isa.headers) do
        local text, failure = context.sources.template("isa/" .. header)
        if not text then
            return nil, ("templates/isa/%s: %s"):format(header, failure)
        end
        context.files["src/isa_" .. header] = text
    end
    local prepares, probes = of_isa(library.prepares, isa), of_isa(library.probes, isa)
    local ok, reason = true, nil
    if #prepares > 0 then
        ok, reason = add_unit(context, ("src/prepare_%s.c"):format(isa.name),
            ("Turns activations into tables or int8, ISA %s."):format(isa.name), prepares, texts)
    end
    if ok and #probes > 0 then
        ok, reason = add_unit(context, ("tools/probe_%s.c"):format(isa.name),
            ("What ISA %s can do at most."):format(isa.name), probes, {})
    end
    return ok, reason
end

-- Adds the files to context.files. Returns the texts of all kernels and prepare kernels, or nil and
-- a message.
function library_kernels.add(context)
    local texts = {}
    local ok, reason = add_kernels(context, texts)
    if not ok then
        return nil, reason
    end
    for _, isa in ipairs(context.library.isas) do
        ok, reason = add_isa(context, isa, texts)
        if not ok then
            return nil, reason
        end
    end
    return texts
end

return library_kernels
