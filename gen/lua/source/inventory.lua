-- What a model's matrices come to: the same ones counted together, and what no format holds.
local escaped = require("base.escaped")
local list = require("base.list")
local matrices = require("source.matrices")
local roles = require("source.roles")

local inventory = {}

local LOOKED_UP = "rows are looked up, and nothing is multiplied by them"

-- The bytes of the matrix's tensors that are not among `seen`, where they are then. A part may be
-- a piece of a tensor.
local function bytes_of(matrix, seen)
    local bytes = 0
    for _, parts in ipairs({ matrix.parts, matrix.beside or {} }) do
        for _, part in pairs(parts) do
            bytes = bytes + (seen[part.name] and 0 or matrix.model.by_name[part.name].bytes)
            seen[part.name] = true
        end
    end
    return bytes
end

-- Counts the matrix with others of its role, shape and format.
local function add_row(rows, matrix, bytes)
    local row = list.keyed(rows, table.concat({ matrix.role, matrix.m, matrix.k, matrix.format },
        " "), { role = matrix.role, m = matrix.m, k = matrix.k, format = matrix.format, count = 0,
        bytes = 0, layers = 0, seen = {} })
    local _, layer = roles.of(matrix.name)
    row.count, row.bytes = row.count + matrix.count, row.bytes + bytes
    if not layer or not row.seen[layer] then
        row.layers = row.layers + 1
        row.seen[layer or matrix.name] = true
    end
end

-- Counts what is not held with others of its type that are not for the same reason.
local function add_left(left, kind, why, bytes)
    local row = list.keyed(left, kind .. "\0" .. why, { kind = kind, why = why, count = 0,
        bytes = 0 })
    row.count, row.bytes = row.count + 1, row.bytes + bytes
end

-- Of a model (source/model.lua), with the options of matrices.of:
--     rows     { role =, m =, k =, format =, layers =, count = of matrices, bytes = in the file }
--              of the matrices that a format holds and something is multiplied by, in their order
--     left     { kind =, why =, count =, bytes = } of the other ones
--     plain    the same of tensors that are not quantised
--     bytes    of all files
function inventory.of(model, options)
    local found = { rows = {}, left = {}, plain = {}, bytes = 0 }
    local all, rest = matrices.of(model, options)
    local seen = {}
    for _, matrix in ipairs(all) do
        local bytes = bytes_of(matrix, seen)
        if matrix.looked_up then
            add_left(found.left, matrix.kind, LOOKED_UP, bytes)
        elseif matrix.format then
            add_row(found.rows, matrix, bytes)
        else
            add_left(found.left, matrix.kind, matrix.why, bytes)
        end
    end
    for _, tensor in ipairs(rest) do
        add_left(found.plain, tensor.type_name, "", tensor.bytes)
    end
    for _, file in ipairs(model.files) do
        found.bytes = found.bytes + file.size
    end
    return found
end

-- "34 % of the file".
local function share(bytes, all)
    local percent = 100 * bytes / all
    return (percent >= 1 and "%.0f %% of the file" or "%.1f %% of the file"):format(percent)
end

local function counted(count, name)
    return ("%d %s%s"):format(count, name, count == 1 and "" or "s")
end

-- A line for each kind of matrices that is not in the rows.
function inventory.left_lines(found)
    local lines = {}
    for index, row in ipairs(found.left) do
        lines[index] = ("left out: %s of type %s, %s: %s"):format(counted(row.count, "tensor"),
            escaped(row.kind), share(row.bytes, found.bytes), escaped(row.why))
    end
    return lines
end

-- A line for all tensors that are not quantised, or none.
function inventory.plain_lines(found)
    local words, bytes = {}, 0
    for index, row in ipairs(found.plain) do
        words[index] = ("%s of %s"):format(counted(row.count, "tensor"), row.kind)
        bytes = bytes + row.bytes
    end
    return #words == 0 and {} or { ("not quantised: %s, %s"):format(table.concat(words, ", "),
        share(bytes, found.bytes)) }
end

return inventory
