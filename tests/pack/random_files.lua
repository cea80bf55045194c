-- Files of random weights: each is packed, and what comes back is compared with matrix:dequantize,
-- which fixtures are judges of.
local files = require("base.files")
local json = require("base.json")
local matrices = require("source.matrices")
local model = require("source.model")
local round_trip = require("round_trip")

local random_files = {}

math.randomseed(2026)

-- So many random bytes; each is made of `parts` equal shares, of which none is more than `most`.
function random_files.bytes(count, parts, most)
    local bytes, bits = {}, 8 // parts
    for index = 1, count do
        local byte = 0
        for part = 0, parts - 1 do
            byte = byte | math.random(0, most) << part * bits
        end
        bytes[index] = string.char(byte)
    end
    return table.concat(bytes)
end

-- So many random numbers of 16 bits, from `least` on.
function random_files.halves(count, least)
    local halves = {}
    for index = 1, count do
        halves[index] = ("<I2"):pack(least + math.random(0, 0x7FF))
    end
    return table.concat(halves)
end

-- Writes a file and what lies beside it; its path.
local function write(folder, file)
    local path = ("%s/large.%s"):format(folder, file.ending)
    assert(files.write(path, file.text))
    assert(files.write(folder .. "/large.config.json", json.encode(file.config or {})))
    assert(files.write(folder .. "/large.kernel_config.ini", file.ini or ""))
    return path
end

local function weights_of(matrix)
    local rows = {}
    for row = 0, matrix.count * matrix.m - 1 do
        rows[row + 1] = ("<" .. ("f"):rep(matrix.k)):pack(table.unpack(matrix:dequantize(row)))
    end
    return table.concat(rows)
end

-- Packs files { name, function, what it takes... } each, for a library of these formats. A function
-- gives { ending =, text =, config =, ini =, i2s = }. Whether all come back; says which.
function random_files.check(program, work, list, formats)
    local trip, all_ok = round_trip.new(program, work, formats), true
    for _, row in ipairs(list) do
        local file = row[2](table.unpack(row, 3))
        local path = write(work, file)
        local fault = trip:pack(path, file.i2s or "x86")
        local matrix = matrices.of(model.open(path), { i2s = file.i2s })[1]
        all_ok = round_trip.say(row[1], matrix, fault ~= "" and fault
            or trip:fault_of(matrix, weights_of(matrix))) and all_ok
    end
    return all_ok
end

return random_files
