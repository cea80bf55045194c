-- The matrices of a GGUF file as problems of a library, for commands that take --gguf.
local fail = require("base.fail").fail
local gguf_types = require("input.gguf_types")
local matrices = require("source.matrices")
local model = require("source.model")
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

-- The file's matrices that have one of the formats, and what the others have, in words: formats, or
-- the names of types that no format is for.
local function split(path, formats)
    local held, left = {}, {}
    local all, rest = matrices.of(model.open(path))
    for _, matrix in ipairs(all) do
        local name = matrix.format or matrix.kind
        if formats[matrix.format] and not matrix.looked_up then
            held[#held + 1] = matrix
        elseif not matrix.looked_up then
            left[name] = true
        end
    end
    for _, tensor in ipairs(rest) do
        if #tensor.shape > 1 then
            left[tensor.type_name] = true
        end
    end
    local names = {}
    for name in pairs(left) do
        names[#names + 1] = name
    end
    table.sort(names)
    return held, names
end

-- The problems (problems.distinct) that the file's matrices come to. Fails where the library in
-- `folder` has kernels for none of them, and names what it has none for.
function gguf_problems.of(path, folder, manifest)
    local formats, types = held_by(manifest)
    local held, left = split(path, formats)
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
