-- AWQ: what fixtures do not hold, and what readers get wrong. The layouts are written here as
-- AutoAWQ's packers do it, by lists that are sorted anew, and not by where a weight is.
local check = require("check")
local code_words = require("code_words")
local made_up = require("made_up").new()
local number = require("source.number")

local function case(name, test)
    check.case("awq: " .. name, test)
end

local function code(row, column)
    return (row * 7 + column * 5 + column // 3 + row // 11) % 16
end

local function zero(row, group)
    return (row * 3 + group) % 16
end

-- From 1 to 2, as fp16: another one for each.
local function scale_bits(row, group)
    return 0x3C00 + (row * 37 + group * 5 + 1) % 1024
end

local function scale(row, group)
    return number.f16(scale_bits(row, group))
end

local function nibbles(list)
    return code_words.text({ code_words.stream(list, 4) })
end

local function halves(rows, columns, of)
    local parts = {}
    for index, row in ipairs(code_words.table(rows, columns, of)) do
        parts[index] = made_up.pack("I2", row)
    end
    return table.concat(parts)
end

local ORDER = { 0, 2, 4, 6, 1, 3, 5, 7 }

-- Eight numbers in turn in the order of ORDER.
local function interleave(list)
    local sorted = {}
    for first = 1, #list, 8 do
        for place, from in ipairs(ORDER) do
            sorted[first + place - 1] = list[first + from]
        end
    end
    return sorted
end

local WRITE = {}

function WRITE.gemm(m, k, groups)
    local codes, zeros = {}, {}
    for column, list in ipairs(code_words.table(k, m, function(c, r) return code(r, c) end)) do
        codes[column] = nibbles(interleave(list))
    end
    for group, list in ipairs(code_words.table(groups, m, function(g, r) return zero(r, g) end)) do
        zeros[group] = nibbles(interleave(list))
    end
    return { qweight = { "I32", { k, m // 8 }, table.concat(codes) },
        qzeros = { "I32", { groups, m // 8 }, table.concat(zeros) },
        scales = { "F16", { groups, m }, halves(groups, m, function(g, r)
            return scale_bits(r, g)
        end) } }
end

function WRITE.gemv(m, k, groups, room)
    local codes, zeros = {}, {}
    for row, list in ipairs(code_words.table(m, k, code)) do
        codes[row] = nibbles(list)
    end
    for row, list in ipairs(code_words.table(m, room, function(r, g)
        return g < groups and zero(r, g) or 0
    end)) do
        zeros[row] = nibbles(list)
    end
    return { qweight = { "I32", { m, k // 8 }, table.concat(codes) },
        qzeros = { "I32", { m, room // 8 }, table.concat(zeros) },
        scales = { "F16", { m, room }, halves(m, room, function(r, g)
            return g < groups and scale_bits(r, g) or 0
        end) } }
end

-- The offset of a group, in fp16: -(scale * zero), rounded towards 0.
local function offset_bits(row, group)
    local size, exponent = scale(row, group) * zero(row, group), 0
    while size >= 2 do
        size, exponent = size / 2, exponent + 1
    end
    return size == 0 and 0x8000 or 0x8000 | exponent + 15 << 10 | (size - 1) * 1024 // 1 | 0
end

-- Columns of a row as pack_intweight sorts them: 32 as [4][4][2] to [4][4][2] with the first two
-- swapped, then 8 in turn as [4][2] to [2][4].
local function sort_columns(list)
    local sorted = {}
    for first = 0, #list - 1, 32 do
        local swapped = {}
        for c = 0, 3 do
            for a = 0, 3 do
                for d = 0, 1 do
                    swapped[#swapped + 1] = list[first + a * 8 + c * 2 + d + 1]
                end
            end
        end
        for _, value in ipairs(interleave(swapped)) do
            sorted[#sorted + 1] = value
        end
    end
    return sorted
end

function WRITE.gemv_fast(m, k, groups, room)
    local codes = {}
    for band = 0, m - 1, 4 do
        local rows = {}
        for row = band, band + 3 do
            rows[#rows + 1] = sort_columns(code_words.table(1, k, function(_, column)
                return code(row, column)
            end)[1])
        end
        local list = {}
        for first = 1, k, 64 do
            for _, row in ipairs(rows) do
                table.move(row, first, first + 63, #list + 1, list)
            end
        end
        codes[#codes + 1] = nibbles(list)
    end
    local function of_groups(of)
        return { "F16", { room, m }, halves(room, m, function(g, r)
            return g < groups and of(r, g) or 0
        end) }
    end
    return { qweight = { "I16", { m // 4, k }, table.concat(codes) },
        qzeros = of_groups(offset_bits), scales = of_groups(scale_bits) }
end

-- Marlin's permutation of 1024 weights, as its list is made: 32 threads, 4 blocks, 8 weights.
local function marlin_permutation()
    local list = {}
    for thread = 0, 31 do
        local own = {}
        for block = 0, 1 do
            for _, row in ipairs({ 2 * (thread % 4), 2 * (thread % 4) + 1, 2 * (thread % 4 + 4),
                2 * (thread % 4 + 4) + 1 }) do
                own[#own + 1] = 16 * row + thread // 4 + 8 * block
            end
        end
        for block = 0, 3 do
            for _, place in ipairs(own) do
                list[#list + 1] = place + 256 * block
            end
        end
    end
    return interleave(list)
end

local function permuted(list, permutation)
    local result = {}
    for first = 0, #list - 1, #permutation do
        for _, from in ipairs(permutation) do
            result[#result + 1] = list[first + from + 1]
        end
    end
    return result
end

-- Marlin's permutations of scales: of 64, and of 32 with one scale a row.
local function scale_permutation(groups)
    local list = {}
    if groups > 1 then
        for index = 0, 63 do
            list[index + 1] = index // 8 + index % 8 * 8
        end
        return list
    end
    for index = 0, 3 do
        for _, j in ipairs({ 0, 1, 8, 9, 16, 17, 24, 25 }) do
            list[#list + 1] = 2 * index + j
        end
    end
    return list
end

function WRITE.marlin(m, k, groups)
    local permutation, codes, scales = marlin_permutation(), {}, {}
    for band = 0, k - 1, 16 do
        local list = {}
        for first = 0, m - 1, 16 do
            for column = band, band + 15 do
                for row = first, first + 15 do
                    list[#list + 1] = code(row, column)
                end
            end
        end
        codes[#codes + 1] = nibbles(permuted(list, permutation))
    end
    for group, list in ipairs(code_words.table(groups, m, function(g, r)
        return scale_bits(r, g)
    end)) do
        scales[group] = made_up.pack("I2", permuted(list, scale_permutation(groups)))
    end
    return { qweight = { "I32", { k // 16, m * 2 }, table.concat(codes) },
        scales = { "F16", { groups, m }, table.concat(scales) } }
end

local function read(tensors, settings)
    local list = {}
    for _, part in ipairs({ "qweight", "qzeros", "scales" }) do
        local tensor = tensors[part]
        list[#list + 1] = tensor and { "a." .. part, table.unpack(tensor) } or nil
    end
    return made_up.safetensors(list, { quantization_config = settings })[1]
end

local function settings_for(version, group)
    return { quant_method = "awq", bits = 4, group_size = group, version = version }
end

-- What a weight is, by the layout.
local function weight(version, row, column, group)
    local of = column // group
    if version == "gemv_fast" then
        return number.f32(scale(row, of) * code(row, column) + number.f16(offset_bits(row, of)))
    end
    return scale(row, of) * (code(row, column) - (version == "marlin" and 8 or zero(row, of)))
end

local function check_weights(matrix, version, group)
    for row = 0, matrix.m - 1 do
        for index, got in ipairs(matrix:dequantize(row)) do
            check.equal(got, weight(version, row, index - 1, group), ("%s: row %d, column %d")
                :format(version, row, index - 1))
        end
    end
end

-- Groups that gemv has room for.
local ROOM = { [32] = 32, [64] = 16, [128] = 8, [256] = 8 }

local function one(version, m, k, group, size)
    local tensors = WRITE[version](m, k, k // group, ROOM[group])
    local matrix = read(tensors, settings_for(version, size or group))
    check_weights(matrix, version, group)
    return matrix
end

case("gemm has the even rows of a word first, and zero points from 0 to 15", function()
    check.equal(one("gemm", 16, 96, 32).format, "w4g32z")
    check.equal(one("gemm", 24, 64, 64).format, "w4g64z")
end)

case("gemv has room for whole words of groups", function()
    check.equal(one("gemv", 8, 128, 32).format, "w4g32z")
    check.equal(one("gemv", 8, 192, 64).format, "w4g64z")
    check.equal(one("gemv", 8, 256, 128).format, "w4g128z")
end)

case("gemv_fast has offsets of fp16: a weight is scale * code + offset", function()
    local matrix = one("gemv_fast", 8, 256, 128)
    check.equal(matrix.format, "w4g128m")
    local differ = 0
    for index, got in ipairs(matrix:dequantize(5)) do
        differ = differ + (got == weight("gemv", 5, index - 1, 128) and 0 or 1)
    end
    check.equal(differ > 0, true, "some offsets are not -scale * zero")
    check.equal(one("gemv_fast", 4, 64, 32).format, "w4g32m")
    check.equal(one("gemv_fast", 4, 192, 64).format, "w4g64m")
end)

case("marlin's tiles, and its scales for groups and for rows", function()
    check.equal(one("marlin", 128, 64, 32).format, "w4g32")
    check.equal(one("marlin", 64, 32, 32, -1).format, "w4row")
end)

case("group -1 is the whole row", function()
    check.equal(one("gemm", 8, 64, 64, -1).format, "w4rowz")
    check.equal(one("gemv_fast", 4, 256, 256, -1).format, "w4g256m")
end)

case("settings may be AutoAWQ's own, and name the version in capitals or not at all", function()
    local tensors = WRITE.gemm(8, 64, 2)
    check_weights(read(tensors, { w_bit = 4, q_group_size = 32, version = "GEMM" }), "gemm", 32)
    check_weights(read(tensors, { quant_method = "awq", bits = 4, group_size = 32 }), "gemm", 32)
    check_weights(read(tensors, { quant_method = "awq", bits = 4, group_size = 32,
        format = "gemm" }), "gemm", 32)
end)

case("what does not fit is refused, in a line", function()
    local function refuses(part, version, change, more)
        local tensors = WRITE[version](64, 64, 2, 32)
        local settings = settings_for(version, 32)
        for name, tensor in pairs(change) do
            tensors[name] = tensor or nil
        end
        for name, value in pairs(more or {}) do
            settings[name] = value
        end
        made_up.refuses(part, read, tensors, settings)
    end
    local text = ("x"):rep(2048)
    refuses("made-up.safetensors: a.qweight has no a.qzeros beside it", "gemm", { qzeros = false })
    refuses("a.qweight has no a.scales beside it", "marlin", { scales = false })
    refuses("a.qzeros is 2 x 4; right is 2 x 8", "gemm", { qzeros = { "I32", { 2, 4 },
        text:sub(1, 32) } })
    refuses("a.scales is 64 x 8; right is 64 x 32", "gemv", { scales = { "F16", { 64, 8 },
        text:sub(1, 1024) } })
    refuses("a.qzeros is I32 with 2 dimensions; right is F16 with 2", "gemv_fast",
        { qzeros = { "I32", { 8, 64 }, text } })
    refuses("a.qweight is I32 with 2 dimensions; right is I16 with 2", "gemv_fast",
        { qweight = { "I32", { 8, 64 }, text } })
    refuses("a.qweight is a matrix of 64 x 32; gemv_fast has whole blocks of 1 x 64", "gemv_fast",
        { qweight = { "I16", { 16, 32 }, text:sub(1, 1024) } })
    refuses("a.qweight is a matrix of 32 x 64; marlin has whole blocks of 64 x 16", "marlin",
        { qweight = { "I32", { 4, 64 }, text:sub(1, 1024) } })
    refuses("a.qweight has rows of 64 weights; groups of 48 do not divide them", "gemm", {},
        { group_size = 48 })
    refuses("a.qweight has groups of 16; right is 32, 64, or 128 and more", "gemv", {},
        { group_size = 16 })
    refuses("has the AWQ version exllama; gemm, gemv, gemv_fast and marlin are read", "gemm", {},
        { version = "exllama" })
    refuses("has AWQ with 8 bits; 4 are read", "gemm", {}, { bits = 8 })
    refuses("has AWQ with an object bits; 4 are read", "gemm", {}, { bits = { a = 4 } })
end)

made_up.close()
