-- The matrices of a GGUF file as problems of a library, for commands that take --gguf.
local fail = require("base.fail").fail
local gguf = require("input.gguf")
local gguf_types = require("input.gguf_types")
local problems = require("choice.problems")
local remark = require("base.fail").remark

local gguf_problems = {}

-- The formats that the library has kernels for, as keys, and the names of GGUF's types with these.
local function held_by(manifest)
    local formats, types, seen = {}, {}, {}
    for _, kernel in ipairs(manifest.kernels) do
        formats[kernel.format] = true
    end
    for _, row in ipairs(gguf_types) do
        if formats[row.format] and not seen[row.name] then
            seen[row.name] = true
            types[#types + 1] = row.name
        end
    end
    return formats, types
end

-- Those of the matrices that have one of the formats, and what the others have, in words: formats,
-- then the numbers of types that no format is for.
local function split(matrices, others, formats)
    local held, left, seen = {}, {}, {}
    for _, matrix in ipairs(matrices) do
        local format = matrix.format
        if formats[format] then
            held[#held + 1] = matrix
        elseif not seen[format] then
            seen[format] = true
            left[#left + 1] = format
        end
    end
    if #others > 0 then
        left[#left + 1] = (#others > 1 and "ggml's types " or "ggml's type ")
            .. table.concat(others, ", ")
    end
    return held, left
end

-- The problems (problems.distinct) that the file's matrices come to. Fails where the library in
-- `folder` has kernels for none of them, and names what it has none for.
function gguf_problems.of(path, folder, manifest)
    local formats, types = held_by(manifest)
    local matrices, others = gguf.read(path)
    local held, left = split(matrices, others, formats)
    if #types == 0 then
        fail("%s: has kernels for no type of GGUF files; 'lutloom llama' makes a library for all "
            .. "that are served", folder)
    elseif #held == 0 then
        fail("%s: has no matrices of the types that %s has kernels for: %s", path, folder,
            table.concat(types, ", "))
    elseif #left > 0 then
        remark(("%s: left out are matrices that %s has no kernels for: %s"):format(path, folder,
            table.concat(left, ", ")))
    end
    return problems.distinct(held)
end

-- The problems that a command is about: those of --gguf, or else the library's.
function gguf_problems.asked(args, folder, manifest)
    return args.gguf and gguf_problems.of(args.gguf, folder, manifest)
        or problems.distinct(manifest.problems)
end

-- loom-sweep's option for them.
function gguf_problems.option(list)
    local words = {}
    for index, problem in ipairs(list) do
        words[index] = ("%s:%dx%d"):format(problem.format, problem.m, problem.k)
    end
    return "--problems=" .. table.concat(words, ",")
end

return gguf_problems
