-- GPTQ: what fixtures do not hold, and what readers get wrong.
local check = require("check")
local code_words = require("code_words")
local made_up = require("made_up").new()

local function case(name, test)
    check.case("gptq: " .. name, test)
end

local function code(row, column, bits)
    return (row * 7 + column * 5 + column // 3) % (1 << bits)
end

-- Scales are 1, 2 and 4: fp16.
local function scale(row, group)
    return 1 << (row + group) % 3
end

-- How qzeros hold zero points of one group. AutoGPTQ's are computed as it does, with 32 bits.
local STORE = {}

function STORE.as_is(zeros, bits)
    return code_words.stream(zeros, bits)
end

function STORE.planes(zeros, bits)
    return code_words.planes(zeros, bits)
end

function STORE.autogptq(zeros, bits)
    local words = {}
    for index, zero in ipairs(zeros) do
        local bit = (index - 1) * bits
        local word, shifted = bit // 32 + 1, (zero - 1 & 0xFFFFFFFF) << bit % 32
        words[word] = (words[word] or 0) | shifted & 0xFFFFFFFF
    end
    return words
end

function STORE.gptqmodel(zeros, bits)
    local words, constant = code_words.stream(zeros, bits), 0
    for bit = 0, 31, bits do
        constant = constant | 1 << bit
    end
    for index, word in ipairs(words) do
        words[index] = word - constant & 0xFFFFFFFF
    end
    return words
end

-- 3 bits of GPTQModel: each zero point for itself.
function STORE.modulo(zeros, bits)
    local stored = {}
    for index, zero in ipairs(zeros) do
        stored[index] = (zero - 1) % (1 << bits)
    end
    return code_words.stream(stored, bits)
end

-- What a test may set: m, k, bits, group, store, zero(row, group), groups_of (the group of each
-- column).
local function with_defaults(made)
    local own = setmetatable(made or {}, { __index = { m = 32, k = 64, bits = 4, group = 32,
        store = "as_is" } })
    own.zero = own.zero or function(row, group)
        return (row + group) % ((1 << own.bits) - 1) + 1
    end
    return own
end

local function group_of(own, column)
    return own.groups_of and own.groups_of[column + 1] or column // own.group
end

-- The tensors of a module `a` by their names.
local function module(made)
    local own = with_defaults(made)
    local groups = -(-own.k // own.group)
    local pack = own.store == "planes" and code_words.planes or code_words.stream
    local rows = {}
    for row, codes in ipairs(code_words.table(own.m, own.k, function(row, column)
        return code(row, column, own.bits)
    end)) do
        rows[row] = pack(codes, own.bits)
    end
    local zeros, scales = {}, {}
    for group = 0, groups - 1 do
        zeros[group + 1] = STORE[own.store](code_words.table(1, own.m, function(_, row)
            return own.zero(row, group)
        end)[1], own.bits)
        for row = 0, own.m - 1 do
            scales[#scales + 1] = 0x3C00 + (0x400 * ((row + group) % 3))
        end
    end
    local list = {}
    for column = 0, own.k - 1 do
        list[column + 1] = group_of(own, column)
    end
    return { qweight = { "I32", { own.k * own.bits // 32, own.m },
            code_words.text(code_words.transposed(rows)) },
        qzeros = { "I32", { groups, own.m * own.bits // 32 }, code_words.text(zeros) },
        scales = { "F16", { groups, own.m }, made_up.pack("I2", scales) },
        g_idx = { "I32", { own.k }, made_up.pack("i4", list) } }, own
end

local function read(tensors, settings)
    local list = {}
    for _, part in ipairs({ "qweight", "qzeros", "scales", "g_idx" }) do
        local tensor = tensors[part]
        list[#list + 1] = tensor and { "a." .. part, table.unpack(tensor) } or nil
    end
    return made_up.safetensors(list, { quantization_config = settings })[1]
end

-- Settings for a module, of AutoGPTQ; `more` are added.
local function settings_for(own, more)
    local settings = { quant_method = "gptq", bits = own.bits, group_size = own.group,
        checkpoint_format = "gptq" }
    for name, value in pairs(more or {}) do
        settings[name] = value
    end
    return settings
end

local GPTQMODEL = { meta = { quantizer = { "gptqmodel:7.3.4" } } }
local V2 = { checkpoint_format = "gptq_v2" }
local PLANES = { checkpoint_format = "gptq_p" }

-- Every weight of the matrix is scale * (code - zero).
local function check_weights(matrix, own, zero)
    for row = 0, own.m - 1 do
        for index, weight in ipairs(matrix:dequantize(row)) do
            local group = group_of(own, index - 1)
            local wanted = scale(row, group) * (code(row, index - 1, own.bits)
                - (zero or own.zero)(row, group))
            check.equal(weight, wanted + 0.0, ("row %d, column %d"):format(row, index - 1))
        end
    end
end

-- Reads a made-up module and compares its weights; returns the matrix.
local function one(made, more, zero)
    local tensors, own = module(made)
    local matrix = read(tensors, settings_for(own, more))
    check_weights(matrix, own, zero)
    return matrix
end

case("formats gptq and gptq_v2 differ by 1 in each zero point", function()
    check.equal(one({ store = "as_is" }, V2).format, "w4g32z")
    one({ store = "as_is", zero = function(row) return row % 15 end }, nil, function(row)
        return row % 15 + 1
    end)
end)

case("2, 3, 4 and 8 bits, of all writers", function()
    for _, bits in ipairs({ 2, 3, 4, 8 }) do
        one({ bits = bits, store = "as_is" }, V2)
        one({ bits = bits, store = bits == 3 and "modulo" or "autogptq" })
        one({ bits = bits, store = bits == 3 and "modulo" or "gptqmodel" }, GPTQMODEL)
    end
end)

case("a stored field of ones is 2^bits where AutoGPTQ wrote it", function()
    for _, bits in ipairs({ 2, 3, 4, 8 }) do
        local matrix = one({ bits = bits, zero = function() return (1 << bits) - 1 end }, nil,
            function() return 1 << bits end)
        check.equal(matrix.format, bits < 8 and ("w%dg32z"):format(bits) or nil)
        check.equal(matrix.why, bits == 8 and "zero points of 256 have no room in a byte" or nil)
    end
end)

local function often_zero(row, group)
    return (row * 3 + group) % 4 == 0 and 0 or (row + group) % 4
end

case("GPTQModel takes one constant from a word, and zero points of 0 borrow", function()
    for _, bits in ipairs({ 2, 4, 8 }) do
        local made = { bits = bits, store = "gptqmodel", zero = often_zero }
        check.equal(one(made, GPTQMODEL).remark, nil)
        -- To add 1 to each field gives others: the test would see it.
        check.equal(pcall(one, made), false, bits .. " bits, field by field")
    end
end)

case("3 bits of GPTQModel are modulo 8, each for itself", function()
    local matrix = one({ bits = 3, store = "modulo", zero = often_zero }, GPTQMODEL)
    check.equal(matrix.format, "w3g32z")
end)

case("the writer may be one string, and the packer", function()
    local made = { store = "gptqmodel", zero = often_zero }
    one(made, { meta = { quantizer = "gptqmodel:1.0.0" } })
    one(made, { meta = { packer = { "GPTQModel:2.0" } } })
    check.equal(pcall(one, made, { meta = { quantizer = "other:1" } }), false)
end)

case("what AutoGPTQ's zero points of 0 went over is said to be lost", function()
    local tensors, own = module({ store = "autogptq", zero = function(row)
        return row == 3 and 0 or row % 15 + 1
    end })
    local matrix = read(tensors, settings_for(own))
    check.contains(matrix.remark, "lost")
    check.equal(matrix:dequantize(2)[1], 4.0 * (code(2, 0, 4) - 3))
    for row = 3, 7 do
        check.equal(matrix:dequantize(row)[1], scale(row, 0) * (code(row, 0, 4) - 16.0),
            "row " .. row)
    end
    check.equal(matrix:dequantize(8)[1], 4.0 * (code(8, 0, 4) - 9))
    check.equal(one({ store = "autogptq" }).remark, nil)
end)

case("planes have the shapes of the stream: the settings tell", function()
    local stream, own = module({ bits = 3 })
    local planes = module({ bits = 3, store = "planes" })
    for part, tensor in pairs(stream) do
        check.equal(table.concat(tensor[2], " "), table.concat(planes[part][2], " "), part)
    end
    check_weights(read(stream, settings_for(own, V2)), own)
    check_weights(read(planes, settings_for(own, PLANES)), own)
    check.equal(stream.qweight[3] ~= planes.qweight[3], true)
end)

case("2, 4 and 8 bits are the same in planes", function()
    for _, bits in ipairs({ 2, 4, 8 }) do
        one({ bits = bits, store = "planes" }, PLANES)
        one({ bits = bits, store = "as_is" }, PLANES)
    end
end)

case("5, 6 and 7 bits are planes, with zero points as they are, whatever the format says",
    function()
        for bits, wanted in pairs({ [5] = "w5g32z", [6] = "w6g32z" }) do
            check.equal(one({ bits = bits, store = "planes" }, PLANES).format, wanted)
            one({ bits = bits, store = "planes" }, V2)
            one({ bits = bits, store = "planes" })
        end
        local matrix = one({ bits = 7, store = "planes" }, PLANES)
        check.equal(matrix.format, nil)
        check.equal(matrix.why, "no library has kernels for 7 bits")
    end)

case("format goes before checkpoint_format", function()
    one({ store = "as_is" }, { format = "gptq_v2", checkpoint_format = "gptq" })
    one({ store = "autogptq" }, { format = "gptq", checkpoint_format = "gptq_v2" })
end)

case("the zero points decide whether they are needed, where the settings say sym", function()
    local middle = { store = "autogptq", zero = function() return 8 end }
    check.equal(one(middle, { sym = true }).format, "w4g32")
    check.equal(one(middle, { sym = false }).format, "w4g32z")
    check.equal(one({ store = "autogptq", zero = function(row, group)
        return row == 31 and group == 1 and 7 or 8
    end }, { sym = true }).format, "w4g32z")
    check.equal(one({ bits = 3, store = "planes", m = 64, zero = function() return 4 end },
        { sym = true, format = "gptq_p" }).format, "w3g32")
end)

case("group -1 is a scale a row, or groups of 256 where that has no kernels", function()
    local whole = { group_size = -1 }
    check.equal(one({ group = 64, store = "autogptq" }, whole).format, "w4rowz")
    check.equal(one({ group = 64, bits = 8, store = "autogptq" }, whole).format, "w8g256z")
end)

case("the last group may be shorter, and groups longer than 256 are repeated", function()
    check.equal(one({ k = 96, group = 64, store = "autogptq" }).format, "w4g64z")
    check.equal(one({ k = 768, group = 512, store = "autogptq" }).format, "w4g256z")
    check.equal(one({ k = 192, group = 48, store = "autogptq" }).why,
        "groups of 48 weights are no multiple of 32")
end)

-- The groups of columns 0, 1, 2, ...: round robin.
local function spread(k, groups)
    local list = {}
    for column = 0, k - 1 do
        list[column + 1] = column * 5 % groups
    end
    return list
end

case("act-order: each column has the scale of its own group", function()
    local matrix = one({ k = 128, store = "autogptq", groups_of = spread(128, 4) })
    check.equal(matrix.format, "w4g32z")
    check.equal(matrix.parts.order.name, "a.g_idx")
end)

case("no order where columns are in it, and none where g_idx lacks", function()
    check.equal(one({ store = "autogptq" }).parts.order, nil)
    local tensors, own = module({ store = "autogptq" })
    tensors.g_idx = nil
    check_weights(read(tensors, settings_for(own)), own)
end)

case("no format where sorted columns are no whole groups", function()
    local list = spread(64, 2)
    list[1] = 1
    check.equal(one({ store = "autogptq", groups_of = list }).why,
        "g_idx has groups of other sizes than 32")
    local rising = {}
    for column = 0, 63 do
        rising[column + 1] = column < 20 and 0 or 1
    end
    check.equal(one({ store = "autogptq", groups_of = rising }).why,
        "g_idx has groups of other sizes than 32")
    check.equal(one({ k = 1024, group = 512, store = "autogptq", groups_of = spread(1024, 2) }).why,
        "columns are sorted into groups of 32, 64, 128 or 256, not 512")
end)

case("bf16 scales are held as fp32", function()
    local tensors, own = module({ store = "autogptq" })
    tensors.scales = { "BF16", tensors.scales[2], made_up.pack("I2", { 0x3F80 }):rep(64) }
    local matrix = read(tensors, settings_for(own))
    check.equal(matrix.format, "w4g32zf32")
    check.equal(matrix:dequantize(1)[2], code(1, 1, 4) - 2.0)
end)

case("modules may have bits and groups of their own", function()
    local tensors = module({ bits = 8, store = "autogptq" })
    local matrix = read(tensors, { quant_method = "gptq", bits = 4, group_size = 64,
        dynamic = { ["a"] = { bits = 8, group_size = 32 } } })
    check.equal(matrix.format, "w8g32z")
end)

case("settings without a method are AutoGPTQ's first ones", function()
    local tensors, own = module({ store = "autogptq" })
    check_weights(read(tensors, { bits = 4, group_size = 32 }), own)
    local other = read(tensors, { quant_method = "other", bits = 4, group_size = 32 })
    check.equal(other, nil)
end)

case("what does not fit is refused, in a line", function()
    local function refuses(part, change, more)
        local tensors, own = module({ store = "autogptq" })
        for name, tensor in pairs(change) do
            tensors[name] = tensor or nil
        end
        made_up.refuses(part, read, tensors, settings_for(own, more))
    end
    local text = ("x"):rep(512)
    refuses("made-up.safetensors: a.qweight has no a.qzeros beside it", { qzeros = false })
    refuses("a.qweight has no a.scales beside it", { scales = false })
    refuses("a.qweight is I16 with 2 dimensions; right is I32 with 2",
        { qweight = { "I16", { 8, 32 }, text } })
    refuses("a.scales is I32 with 2 dimensions; right is BF16 or F16 or F32 with 2",
        { scales = { "I32", { 2, 32 }, text:sub(1, 256) } })
    refuses("a.scales is 2 x 16; right is 2 x 32", { scales = { "F16", { 2, 16 },
        text:sub(1, 64) } })
    refuses("a.qzeros is 1 x 4; right is 2 x 4", { qzeros = { "I32", { 1, 4 }, text:sub(1, 16) } })
    refuses("a.qzeros has 8 words for 32 rows; with 4 bits they are 4",
        { qzeros = { "I32", { 2, 8 }, text:sub(1, 64) } })
    refuses("a.scales has 2 groups for 64 columns, and the group size is 16", {},
        { group_size = 16 })
    refuses("a.scales has 2 groups for 64 columns, and the group size is 0", {}, { group_size = 0 })
    refuses("a.g_idx has 32 elements; a.qweight needs 64",
        { g_idx = { "I32", { 32 }, text:sub(1, 128) } })
    refuses("a.g_idx has column 3 in group 2; its groups are 0 to 1", { g_idx = { "I32", { 64 },
        made_up.pack("i4", { 0, 0, 0, 2 }) .. ("\0"):rep(240) } })
    refuses("a.g_idx has column 0 in group -1; its groups are 0 to 1", { g_idx = { "I32", { 64 },
        made_up.pack("i4", { -1 }) .. ("\0"):rep(252) } })
    refuses("has the GPTQ format marlin; gptq, gptq_v2 and gptq_p are read", {},
        { is_marlin_format = true })
    refuses("has the GPTQ format \\x07; gptq, gptq_v2", {}, { format = "\a" })
    refuses("has GPTQ with 9 bits; 2 to 8 are read", {}, { bits = 9 })
    refuses("has GPTQ with no bits; 2 to 8 are read", {}, { bits = "no" })
    refuses("has GPTQ with a list bits; 2 to 8 are read", {}, { bits = { 4 } })
end)

made_up.close()
