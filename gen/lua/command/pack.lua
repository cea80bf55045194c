-- lutloom pack: the weights of a model's files, packed as a library wants them.
local check = require("base.fail").check
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local files = require("base.files")
local format = require("input.format")
local i2s = require("source.schemes.i2s")
local library_folder = require("library.folder")
local loom_pack = require("build.loom_pack")
local matrices = require("source.matrices")
local model = require("source.model")
local MODES = require("input.modes").asked
local recipe = require("source.recipe")
local remark = require("base.fail").remark
local temporary = require("base.temporary")

local command_pack = {}

function command_pack.options(command)
    command:argument("file", "A file or folder of weights: GGUF or safetensors.")
    command:option("--library", "Folder of the library that multiplies them, as 'lutloom gen' made "
        .. "it."):argname("<folder>"):count(1):overwrite(false)
    command:option("--out", "The file to write; loom_file_open of loom.h maps it.")
        :argname("<file>"):count(1):overwrite(false)
    command:option("--mode", "Numeric mode that the weights are packed for."):choices(MODES)
        :overwrite(false):default("fastest")
    command:option("--i2s", "What wrote I2_S weights, which their file does not tell (x86).")
        :choices(i2s.layouts):overwrite(false)
    command:flag("--rest", "Tensors that are not packed come into the file too, as they are.")
end

-- The formats that the library has kernels for, as keys.
local function held_by(manifest)
    local formats = {}
    for _, kernel in ipairs(manifest.kernels) do
        formats[kernel.format] = true
    end
    return formats
end

-- Why a matrix is not packed, or nil.
local function fault_of(matrix, formats)
    if matrix.looked_up then
        return "its rows are looked up, and nothing is multiplied by it"
    elseif not matrix.format then
        return matrix.kind .. ": " .. matrix.why
    elseif not formats[check(format.parse(matrix.format)).key] then
        return "the library has no kernels for " .. matrix.format
    end
    return nil
end

-- The matrices that are packed; those that are not, and "NAME (and 3 more): WHY" of them.
local function split(found, formats)
    local packed, left, lines, line_of = {}, {}, {}, {}
    for _, matrix in ipairs(found) do
        local fault = fault_of(matrix, formats)
        if not fault then
            packed[#packed + 1] = matrix
        else
            left[#left + 1] = matrix
            local line = line_of[fault] or { name = escaped(matrix.name), fault = fault, count = 0 }
            if line.count == 0 then
                line_of[fault] = line
                lines[#lines + 1] = line
            end
            line.count = line.count + 1
        end
    end
    return packed, left, lines
end

local function line_text(line)
    local more = line.count > 1 and (" and %d more"):format(line.count - 1) or ""
    return ("%s%s: %s"):format(line.name, more, line.fault)
end

-- What readers have to say of matrices, each once.
local function say_remarks(path, packed)
    local said = {}
    for _, matrix in ipairs(packed) do
        if matrix.remark and not said[matrix.remark] then
            said[matrix.remark] = true
            remark(path .. ": " .. matrix.remark)
        end
    end
end

-- The tensors of `left` and `rest`, as they stand in the model's files.
local function tensors_of(source, left, rest)
    local wanted, tensors = {}, {}
    for _, matrix in ipairs(left) do
        for _, tensors_of_it in ipairs({ matrix.parts, matrix.beside or {} }) do
            for _, tensor in pairs(tensors_of_it) do
                wanted[tensor.name] = true
            end
        end
    end
    for _, tensor in ipairs(rest) do
        wanted[tensor.name] = true
    end
    for _, tensor in ipairs(source.tensors) do
        tensors[#tensors + 1] = wanted[tensor.name] and tensor or nil
    end
    return tensors
end

-- Everything that the file is to hold, as a recipe.
local function plan(args, folder, manifest)
    local source = model.open(args.file)
    local found, rest = matrices.of(source, { i2s = args.i2s })
    local packed, left, lines = split(found, held_by(manifest))
    if #packed == 0 then
        fail("%s: has nothing to pack for %s: %s", args.file, folder,
            lines[1] and line_text(lines[1]) or "no quantised matrices are in it")
    end
    for _, line in ipairs(lines) do
        remark(("%s: not packed: %s"):format(args.file, line_text(line)))
    end
    say_remarks(args.file, packed)
    return recipe.text(source, packed, args.rest and tensors_of(source, left, rest) or {})
end

function command_pack.run(args)
    local manifest, folder, lock <close> = library_folder.open_alone(args.library)
    local text = plan(args, folder, manifest)
    local place <close> = temporary.folder()
    local path = place.path .. "/recipe"
    check(files.write(path, text))
    return loom_pack.run(folder, manifest, { "pack", path, "--out=" .. args.out,
        "--mode=" .. args.mode, "--library=" .. files.absolute(folder) })
end

return command_pack
