-- lutloom dequantize: one matrix of a model's file as fp32.
local Progress = require("base.progress")
local fail = require("base.fail").fail
local i2s = require("source.schemes.i2s")
local matrices = require("source.matrices")
local model = require("source.model")
local new_file = require("base.new_file")
local remark = require("base.fail").remark
local say = require("base.say")

local dequantize = {}

function dequantize.options(command)
    command:argument("file", "A .gguf, a .safetensors, its index, or the folder of one.")
    command:option("--tensor", "The matrix; needed where there are several."):argname("<name>")
    command:option("--i2s", "What wrote I2_S weights, which their file does not tell (x86).")
        :choices(i2s.layouts)
    command:option("--out", "The file to write: fp32, little-endian, row after row, those of all "
        .. "experts one after the other."):argname("<file>")
end

-- The names of matrices; of many, the first ones.
local function names_of(list)
    local names = {}
    for index = 1, math.min(#list, 20) do
        names[index] = list[index].name
    end
    return table.concat(names, ", ") .. (#list > 20 and (" and %d more"):format(#list - 20) or "")
end

-- Whether a matrix, or the tensor that its codes are in, has that name.
local function is_called(matrix, name)
    return matrix.name == name or matrix.parts.codes.name == name
end

-- The matrix of that name; without a name the only one.
local function choose(path, list, name)
    if not name and #list == 1 then
        return list[1]
    end
    for _, matrix in ipairs(list) do
        if name and is_called(matrix, name) then
            return matrix
        end
    end
    if #list == 0 then
        fail("%s: has no quantised matrices", path)
    elseif not name then
        fail("%s: --tensor has to name one of %s", path, names_of(list))
    end
    fail("%s: has no quantised matrix %s; it has %s", path, name, names_of(list))
end

-- Numbers that string.pack and table.unpack take at once.
local AT_ONCE = 1 << 12

local function pack_row(weights)
    local parts = {}
    for first = 1, #weights, AT_ONCE do
        local count = math.min(AT_ONCE, #weights - first + 1)
        parts[#parts + 1] = ("<" .. ("f"):rep(count)):pack(table.unpack(weights, first,
            first + count - 1))
    end
    return table.concat(parts)
end

-- Weights from which on it takes long enough to say how far it is.
local LONG = 1 << 22

local function write(matrix, out)
    local rows = matrix.m * matrix.count
    local progress = rows * matrix.k >= LONG and Progress.start("dequantizing " .. matrix.name)
    local file <close> = new_file.open(out)
    for row = 0, rows - 1 do
        if progress and row % 64 == 0 then
            progress:show(("row %d of %d"):format(row, rows))
        end
        file:write(pack_row(matrix:dequantize(row)))
    end
    file:finish()
    if progress then
        progress:finish()
    end
end

function dequantize.run(args)
    if not args.out then
        fail("dequantize: --out has to name a file to write")
    end
    local source = model.open(args.file)
    local matrix = choose(args.file, matrices.of(source, { i2s = args.i2s }), args.tensor)
    if matrix.remark then
        remark(("%s: %s"):format(args.file, matrix.remark))
    end
    write(matrix, args.out)
    say("%s: %s, %d x %d%s, fp32", args.out, matrix.kind, matrix.m, matrix.k,
        matrix.count > 1 and (" x %d"):format(matrix.count) or "")
end

return dequantize
