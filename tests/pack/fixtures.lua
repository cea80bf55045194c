-- fixtures.lua LUTLOOM FOLDER WORK: every matrix of the files in FOLDER that a format holds is
-- packed, unpacked, and turned into weights by the formula of loom.h; these are compared with
-- FILE.f32 beside it, which the formats' own code wrote.
local ROOT = arg[0]:match("^(.*)/tests/pack/[^/]*$") or "."
package.path = ROOT .. "/gen/lua/?.lua;" .. ROOT .. "/templates/?.lua;" .. package.path

local files = require("base.files")
local format = require("input.format")
local host = require("base.host")
local matrices = require("source.matrices")
local model = require("source.model")
local number = require("source.number")

local LUTLOOM, FOLDER, WORK = arg[1], arg[2], arg[3]

-- ---- Running -----------------------------------------------------------------------------------

local function run(words)
    local lines = {}
    local code = assert(host.run(words, function(line)
        lines[#lines + 1] = line
    end))
    return code == 0, table.concat(lines, "\n")
end

local function must(words)
    local ok, said = run(words)
    if not ok then
        error(table.concat(words, " ") .. ": " .. said, 0)
    end
    return said
end

-- The paths of all files of weights below a folder, sorted.
local function weight_files(folder)
    local paths = {}
    for _, name in ipairs(assert(host.list_dir(folder))) do
        local path = folder .. "/" .. name
        if host.path_kind(path) == "folder" then
            table.move(weight_files(path), 1, 1 << 20, #paths + 1, paths)
        elseif name:find("%.gguf$") or name:find("%.safetensors$") then
            paths[#paths + 1] = path
        end
    end
    table.sort(paths)
    return paths
end

-- ---- Weights -----------------------------------------------------------------------------------

local SCALES = {
    [""] = { bytes = 2, read = function(bits) return number.f16(bits) end },
    f32 = { bytes = 4, read = function(bits) return (("<f"):unpack(("<I4"):pack(bits))) end },
    e8m0 = { bytes = 1, read = function(byte) return byte < 2 and 0.0 or 2.0 ^ (byte - 128) end },
    ue4m3 = { bytes = 1, read = function(byte)
        byte = byte & 0x7f
        local exponent, fraction = byte >> 3, byte & 7
        return byte == 0x7f and 0.0 or exponent == 0 and fraction * 2.0 ^ -10
            or (8 + fraction) * 2.0 ^ (exponent - 11)
    end },
}

local function read_part(prefix, name)
    return files.read(prefix .. "." .. name)
end

-- Element `index` of a part with elements of so many bytes, from 0.
local function element(text, index, bytes)
    return (("<I%d"):format(bytes):unpack(text, index * bytes + 1))
end

-- A function that gives weight (row, packed column) of a matrix that was unpacked to `prefix`.
local function weights_of(prefix, record, k)
    local scale = SCALES[record.scale or ""]
    local parts = {}
    for _, name in ipairs({ "codes", "scales", "zeros", "offsets", "factors", "minimums" }) do
        parts[name] = read_part(prefix, name)
    end
    local group = record.group > 0 and record.group or k
    local groups = (k + group - 1) // group
    return function(row, column)
        local at = record.tensor and 0 or row * groups + column // group
        local code = parts.codes:byte(row * k + column + 1)
        local factor, minimum = 1, 1
        if record.sub then
            local sub = row * groups * (group // record.sub) + column // record.sub
            factor = parts.factors:byte(sub + 1)
            factor = not record.offsets and factor > 127 and factor - 256 or factor
            minimum = record.offsets and parts.minimums:byte(sub + 1)
        end
        local zero = parts.zeros and parts.zeros:byte(at + 1) or record.zero
        local value = record.numbers and record.numbers[code + 1]
            or record.offsets and code or record.step * code - zero
        local weight = scale.read(element(parts.scales, at, scale.bytes)) * factor * value
        return weight + (record.offsets
            and scale.read(element(parts.offsets, at, scale.bytes)) * minimum or 0)
    end
end

-- ---- Comparing ---------------------------------------------------------------------------------

-- Weights of the formats' own code are rounded once or twice on their way, here not at all. Weights
-- with scales below fp32's normal numbers are 0 here.
local MOST_OFF, TINY = 1e-6, 12 * 2.0 ^ -126

-- Fails where a row's weights are further from the file's than its largest one allows.
local function compare(what, prefix, matrix, expected)
    local k, rows = matrix.k, matrix.m * matrix.count
    local weight = weights_of(prefix, assert(format.parse(matrix.format)), k)
    local order = read_part(prefix, "order")
    for row = 0, rows - 1 do
        local wanted, largest = { ("<" .. ("f"):rep(k)):unpack(expected, row * k * 4 + 1) }, 0
        for column = 1, k do
            largest = math.max(largest, math.abs(wanted[column]))
        end
        for column = 0, k - 1 do
            local place = order and element(order, column, 4) or column
            local got = weight(row, column)
            if math.abs(got - wanted[place + 1]) > math.max(MOST_OFF * largest, TINY)
                or got ~= got then
                error(("%s: weight %d of row %d is %.9g, and %.9g in the file"):format(what, place,
                    row, got, wanted[place + 1]), 0)
            end
        end
    end
end

-- The formats that the files' matrices have, as one word of a command line.
local function formats_of(paths)
    local names, seen = {}, {}
    for _, path in ipairs(paths) do
        for _, matrix in ipairs((matrices.of(model.open(path)))) do
            if matrix.format and not seen[matrix.format] then
                seen[matrix.format] = true
                names[#names + 1] = matrix.format
            end
        end
    end
    table.sort(names)
    return table.concat(names, ",")
end

-- ---- The fixtures ------------------------------------------------------------------------------

-- What the file does not tell, its name does.
local function options_of(path)
    return { i2s = path:find("i2_s%-arm") and "arm"
        or path:find("i2_s%-noact") and "x86-noactparallel" or "x86" }
end

local function check_file(path, library)
    local options = options_of(path)
    local found = matrices.of(model.open(path), options)
    local wanted = {}
    for _, matrix in ipairs(found) do
        wanted[#wanted + 1] = matrix.format and not matrix.looked_up and matrix or nil
    end
    if #wanted == 0 then
        return 0
    end
    local packed, prefix = WORK .. "/model.loom", WORK .. "/raw"
    must({ LUTLOOM, "pack", path, "--library", library, "--out", packed,
        "--i2s", options.i2s })
    for _, matrix in ipairs(wanted) do
        host.run({ "sh", "-c", 'rm -f "$0".*', prefix })
        must({ LUTLOOM, "unpack", packed, "--tensor", matrix.name, "--out", prefix })
        local expected = files.read(path:gsub("%.%w+$", ".f32"))
        if expected and #found == 1 then
            compare(path, prefix, matrix, expected)
        end
    end
    return #wanted
end

local function make_library(paths)
    local folder, shapes = WORK .. "/library", WORK .. "/shapes.lua"
    assert(files.write(shapes, 'return { name = "tiny", layers = { { role = "x", m = 64, k = 256 } '
        .. "} }\n"))
    must({ LUTLOOM, "gen", "--model", shapes, "--format", formats_of(paths), "--target", "generic",
        "--out", folder })
    return folder
end

local paths = weight_files(FOLDER)
local library = make_library(paths)
local passed, failed = 0, 0
for _, path in ipairs(paths) do
    local ok, count = pcall(check_file, path, library)
    if ok then
        passed = passed + count
    else
        failed = failed + 1
        print(count)
    end
end
print(("%d matrices passed, %d files failed"):format(passed, failed))
os.exit(passed > 0 and failed == 0)
