-- The recipe that a library's loom-pack is given: runtime/tools/pack/recipe.h says what it is.
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local list = require("base.list")

local recipe = {}

-- Words of a line are split where there are tabs.
local function word(text)
    if text:find("[%c\127]") or text == "" then
        fail("'%s': is no name that a recipe may have: it is empty, or has control characters",
            escaped(text))
    end
    return text
end

local function place_of(tensor)
    return ("%d:%d:%d"):format(tensor.file - 1, tensor.at, tensor.bytes)
end

local function matrix_words(matrix)
    local words = { "matrix", word(matrix.name), matrix.format, matrix.m, matrix.k, matrix.count,
        matrix.codec }
    for _, name in ipairs(list.sorted_keys(matrix.numbers or {})) do
        words[#words + 1] = ("%s=%d"):format(name, matrix.numbers[name])
    end
    for _, name in ipairs(list.sorted_keys(matrix.parts)) do
        words[#words + 1] = name .. "=" .. place_of(matrix.parts[name])
    end
    return words
end

local function tensor_words(tensor)
    local words = { "tensor", word(tensor.name), word(tensor.type_name), place_of(tensor) }
    return table.move(tensor.shape, 1, #tensor.shape, #words + 1, words)
end

-- The text for matrices of a model, and for tensors of it that are kept as they are.
function recipe.text(model, matrices, tensors)
    local lines = { "lutloom-recipe 1" }
    local function add(words)
        lines[#lines + 1] = table.concat(words, "\t")
    end
    for _, file in ipairs(model.files) do
        add({ "file", file.size, word(file.path) })
    end
    for _, matrix in ipairs(matrices) do
        add(matrix_words(matrix))
    end
    for _, tensor in ipairs(tensors) do
        add(tensor_words(tensor))
    end
    add({ "end" })
    return table.concat(lines, "\n") .. "\n"
end

return recipe
