-- Whether the files of a split GGUF model are its parts, each in its place.
local fail = require("base.fail").fail

local gguf_split = {}

-- A whole number among the values; `default` where there is none.
local function whole(path, values, key, default)
    local value = values[key] or default
    if math.type(value) ~= "integer" then
        fail("%s: its %s is no whole number", path, key)
    end
    return value
end

local function check_part(path, values, part, count)
    local own_count = whole(path, values, "split.count", 1)
    local own_part = whole(path, values, "split.no", 0)
    if own_count ~= count and count == 1 then
        fail("%s: says that it is part %d of %d: name it ...-%05d-of-%05d.gguf, beside the others",
            path, own_part + 1, own_count, own_part + 1, own_count)
    elseif own_count ~= count or own_part ~= part - 1 then
        fail("%s: is part %d of %d by its name, and part %d of %d by its values", path, part, count,
            own_part + 1, own_count)
    end
end

-- `values` are those of each of the model's files.
function gguf_split.check(model, values)
    local count = #model.files
    local own = values[1]["general.architecture"]
    for part, file in ipairs(model.files) do
        check_part(file.path, values[part], part, count)
        local other = values[part]["general.architecture"] or own
        if other ~= own then
            fail("%s: is of another model than %s: its general.architecture differs", file.path,
                model.files[1].path)
        end
    end
    local tensors = whole(model.files[1].path, values[1], "split.tensors.count", #model.tensors)
    if count > 1 and tensors ~= #model.tensors then
        fail("%s: says that its parts have %d tensors, and they have %d", model.files[1].path,
            tensors, #model.tensors)
    end
end

return gguf_split
