-- Tensors of rows and columns beside one that names a module.
local escaped = require("base.escaped")
local list = require("base.list")
local wrong = require("source.wrong")

local tables = { FLOATS = { F16 = true, BF16 = true, F32 = true }, WORDS = { I32 = true } }

-- The tensor of that name, of one of `types`, with two dimensions; `rows` and `columns` may be nil,
-- for any number. `beside` is the one that asks for it, or nil.
function tables.find(model, name, types, rows, columns, beside)
    local tensor = model.by_name[name]
    if not tensor then
        wrong(model, beside, "has no %s beside it", escaped(name))
    end
    local shape = tensor.shape
    if not types[tensor.type] or #shape ~= 2 then
        wrong(model, tensor, "is %s with %d dimensions; right is %s with 2", tensor.type, #shape,
            table.concat(list.sorted_keys(types), " or "))
    elseif rows and shape[1] ~= rows or columns and shape[2] ~= columns then
        wrong(model, tensor, "is %d x %d; right is %s x %s", shape[1], shape[2], rows or shape[1],
            columns or shape[2])
    end
    return tensor
end

return tables
