-- From what was asked for to the record that emit.lua writes out. Pure.
local compiling = require("choice.compiling")
local format = require("input.format")
local isa = require("input.isa")
local list = require("base.list")
local modes = require("input.modes")
local selection = require("choice.selection")
local space = require("space.space")

local library_record = {}

-- Every layer in its own format, or else in each of its model's, or else in each of `formats`:
-- the rows of the problem table.
-- nil and a message when a layer has none.
local function problems_of(models, formats)
    local problems = {}
    for _, model in ipairs(models) do
        for _, layer in ipairs(model.layers) do
            local names = layer.format and { layer.format } or model.formats or formats
            if #names == 0 then
                return nil, ("layer %s of %s has no format: say --format, for example w2g128")
                    :format(layer.role, model.name)
            end
            for _, name in ipairs(names) do
                problems[#problems + 1] = { model = model.name, role = layer.role, format = name,
                    m = layer.m, k = layer.k }
            end
        end
    end
    return problems
end

-- The formats that kernels are needed for, each once, and the names of all; or nil and a
-- message.
local function kernel_formats(problems)
    local records, keys, names, seen = {}, {}, {}, {}
    for _, problem in ipairs(problems) do
        local record, reason = format.parse(problem.format)
        if not record then
            return nil, reason
        end
        if not seen[problem.format] then
            seen[problem.format] = true
            names[#names + 1] = problem.format
        end
        if not keys[record.key] then
            keys[record.key] = true
            records[#records + 1] = format.kernel_format(record)
        end
    end
    return records, names
end

-- The formats that the kernels of a request's library are made for, each once, the names of all,
-- and the problems; or nil and a message.
function library_record.formats(request)
    local problems, reason = problems_of(request.models, request.formats)
    if not problems then
        return nil, reason
    end
    local formats, names = kernel_formats(problems)
    return formats, names, problems
end

-- The prepare kernels whose form of activations some kernel reads.
local function prepares_for(kernels, isas)
    local used, found = {}, {}
    for _, kernel in ipairs(kernels) do
        used[kernel.act] = true
    end
    for _, prepare in ipairs(space.prepares(isas)) do
        if used[prepare.act] then
            found[#found + 1] = prepare
        end
    end
    table.sort(found, function(a, b)
        return a.name < b.name
    end)
    return found
end

-- nil, or a message that names a format without portable kernels, which every plan may need.
local function missing_default(formats, kernels, request, refused)
    local defaults = selection.defaults(kernels)
    for _, record in ipairs(formats) do
        local found = false
        for _, served in ipairs(modes.of_library(request.mode, request.llama)) do
            found = found or defaults[("%s %s c"):format(record.key, served)] ~= nil
        end
        if not found then
            local reason = refused[1] and (": " .. refused[1].reason) or ""
            return ("no portable kernel for format %s in mode %s%s"):format(record.key,
                request.mode, reason)
        end
    end
    return nil
end

-- The command that generates the same again.
local function command_of(request)
    local words = { request.llama and "lutloom llama" or "lutloom gen" }
    for _, name in ipairs(request.model_names) do
        words[#words + 1] = "--model " .. name
    end
    if #request.formats > 0 and not request.llama then
        words[#words + 1] = "--format " .. table.concat(request.formats, ",")
    end
    words[#words + 1] = "--target " .. table.concat(request.targets, ",")
    if request.mode ~= "fastest" then
        words[#words + 1] = "--mode " .. request.mode
    end
    if request.candidates then
        words[#words + 1] = ("--candidates %s"):format(request.candidates)
    end
    words[#words + 1] = request.mca and "--mca" or nil
    words[#words + 1] = request.name and "--name " .. request.name or nil
    words[#words + 1] = "--out DIR"
    return table.concat(words, " ")
end

-- The library record (see emit.lua) of a request:
--   models, model_names      records of model.parse; what --model said, without folders
--   formats, mode, targets   names
--   arch, triple, flags      of the targets
--   isas                     names, ascending, "c" first
--   candidates               how many that no method lists, or compiling.FIRST, or nil
--   name                     what sets it apart in a program with others, or nil
--   mca                      true where `model` (kernel_cost.lua) ranks them, or nil
-- or nil and a message. `tuned` are the rows of a tuning file for these kernels, `version` is the
-- generator's.
function library_record.of(request, tuned, version, model)
    local formats, names, problems = library_record.formats(request)
    if not formats then
        return nil, names
    end
    local isas = isa.records(request.isas)
    local kernels, refused = space.kernels(formats, modes.of_library(request.mode, request.llama),
        isas, model)
    kernels = compiling.of(kernels, request.candidates)
    local reason = missing_default(formats, kernels, request, refused)
    if reason then
        return nil, reason
    end
    return {
        version = version,
        command = command_of(request),
        title = table.concat(list.names(request.models), ", "),
        request = request,
        formats = names,
        isas = isas,
        flags = request.flags,
        problems = problems,
        kernels = kernels,
        refused = refused,
        chosen = selection.library(kernels, tuned),
        prepares = prepares_for(kernels, isas),
        probes = space.probes(isas),
        tuned = tuned,
    }
end

return library_record
