-- compressed-tensors and ModelOpt: what fixtures do not hold, and what readers get wrong.
local check = require("check")
local code_words = require("code_words")
local made_up = require("made_up").new()
local number = require("source.number")

local function case(name, test)
    check.case("compressed-tensors: " .. name, test)
end

local function code(row, column, bits)
    return (row * 7 + column * 5 + column // 3) % (1 << bits)
end

local function zero(row, group, bits)
    return (row * 3 + group) % (1 << bits)
end

-- 1 to 2, bf16.
local function scale_bits(row, group)
    return 0x3F80 + (row * 5 + group) % 128
end

local function scale(row, group)
    return number.bf16(scale_bits(row, group))
end

-- What a test may set: m, k, bits, groups, layout ("stream" or "padded"), zeros, groups_of (the
-- group of each column).
local function with_defaults(made)
    return setmetatable(made or {}, { __index = { m = 40, k = 96, bits = 4, groups = 3,
        layout = "stream" } })
end

local function group_of(own, column)
    return own.groups_of and own.groups_of[column + 1] or column // (own.k // own.groups)
end

-- The zero points, packed along the rows.
local function zeros_text(own)
    local columns = {}
    for group = 0, own.groups - 1 do
        columns[group + 1] = code_words[own.layout](code_words.table(1, own.m, function(_, row)
            return zero(row, group, own.bits)
        end)[1], own.bits)
    end
    return { "I32", { #columns[1], own.groups },
        code_words.text(code_words.transposed(columns)) }
end

-- The tensors of a module `a` by their names.
local function module(made)
    local own = with_defaults(made)
    local rows, scales = {}, {}
    for row = 0, own.m - 1 do
        rows[row + 1] = code_words[own.layout](code_words.table(1, own.k, function(_, column)
            return code(row, column, own.bits)
        end)[1], own.bits)
        for group = 0, own.groups - 1 do
            scales[#scales + 1] = scale_bits(row, group)
        end
    end
    return { weight_packed = { "I32", { own.m, #rows[1] }, code_words.text(rows) },
        weight_scale = { "BF16", { own.m, own.groups }, made_up.pack("I2", scales) },
        weight_shape = { "I64", { 2 }, made_up.pack("i8", { own.m, own.k }) },
        weight_zero_point = own.zeros and zeros_text(own) or nil,
        weight_g_idx = own.groups_of and { "I32", { own.k },
            made_up.pack("i4", own.groups_of) } or nil }, own
end

local PARTS = { "weight_packed", "weight_scale", "weight_shape", "weight_zero_point",
    "weight_g_idx", "weight_global_scale", "weight", "weight_scale_2" }

local function list_of(tensors)
    local list = {}
    for _, part in ipairs(PARTS) do
        local tensor = tensors[part]
        list[#list + 1] = tensor and { "a." .. part, table.unpack(tensor) } or nil
    end
    return list
end

local function read(tensors, settings)
    return made_up.safetensors(list_of(tensors), { quantization_config = settings })[1]
end

-- Settings with these groups of weights: { bits, strategy, group size } each.
local function settings_of(...)
    local groups = {}
    for index, weights in ipairs({ ... }) do
        groups["group_" .. index] = { targets = { "Linear" }, weights = { num_bits = weights[1],
            type = "int", strategy = weights[2], group_size = weights[3] } }
    end
    return { quant_method = "compressed-tensors", config_groups = groups }
end

local function settings_for(own)
    return settings_of({ own.bits, own.groups > 1 and "group" or "channel",
        own.groups > 1 and own.k // own.groups or nil })
end

local function check_weights(matrix, own)
    for row = 0, own.m - 1 do
        for index, weight in ipairs(matrix:dequantize(row)) do
            local group = group_of(own, index - 1)
            local wanted = scale(row, group) * (code(row, index - 1, own.bits)
                - (own.zeros and zero(row, group, own.bits) or 1 << own.bits - 1))
            check.equal(weight, wanted, ("row %d, column %d"):format(row, index - 1))
        end
    end
end

local function one(made, settings)
    local tensors, own = module(made)
    local matrix = read(tensors, settings or settings_for(own))
    check_weights(matrix, own)
    return matrix
end

case("2 to 8 bits, side by side or as words have room, are told by the width", function()
    for bits, wanted in pairs({ [2] = "w2g32f32", [3] = "w3g32f32", [4] = "w4g32f32",
        [5] = "w5g32f32", [6] = "w6g32f32", [8] = "w8g32f32" }) do
        check.equal(one({ bits = bits }).format, wanted)
        check.equal(one({ bits = bits, layout = "padded" }).format, wanted)
    end
    one({ bits = 7, layout = "padded" })
    check.equal(one({ bits = 7 }).why, "no library has kernels for 7 bits")
end)

case("zero points are packed along the rows, as the weights are", function()
    for _, bits in ipairs({ 2, 3, 4, 5, 6, 7, 8 }) do
        local matrix = one({ bits = bits, zeros = true })
        one({ bits = bits, zeros = true, layout = "padded" })
        check.equal(matrix.format, bits ~= 7 and ("w%dg32zf32"):format(bits) or nil)
    end
end)

case("one scale a row, and one for all", function()
    check.equal(one({ groups = 1 }).format, "w4rowf32")
    check.equal(one({ groups = 1, zeros = true, bits = 3 }).format, "w3rowzf32")
    check.equal(one({ groups = 1, bits = 8 }).format, "w8g256f32")
    local tensors, own = module({ groups = 1 })
    tensors.weight_scale = { "BF16", { 1 }, made_up.pack("I2", { 0x4000 }) }
    local matrix = read(tensors, settings_of({ 4, "tensor" }))
    check.equal(matrix.format, "w4tensorf32")
    check.equal(matrix:dequantize(3)[6], 2.0 * (code(3, 5, own.bits) - 8))
    tensors.weight_zero_point = { "I8", { 1 }, made_up.pack("i1", { -3 }) }
    matrix = read(tensors, settings_of({ 4, "tensor" }))
    check.equal(matrix.format, "w4tensorzf32")
    check.equal(matrix:dequantize(3)[6], 2.0 * (code(3, 5, own.bits) - 5))
end)

-- The groups of 96 columns, 32 in each.
local function spread(change)
    local list = {}
    for column = 0, 95 do
        list[column + 1] = column * 5 % 3
    end
    list[1] = change or list[1]
    return list
end

case("weight_g_idx gives each column the scale of its group", function()
    local matrix = one({ groups_of = spread(), zeros = true })
    check.equal(matrix.format, "w4g32zf32")
    check.equal(matrix.parts.order.name, "a.weight_g_idx")
end)

case("weight_g_idx of -1 was not filled in", function()
    local tensors, own = module()
    tensors.weight_g_idx = { "I32", { 96 }, made_up.pack("i4", { -1 }):rep(96) }
    local matrix = read(tensors, settings_for(own))
    check_weights(matrix, own)
    check.equal(matrix.parts.order, nil)
end)

case("which of config_groups a module is of, its widths tell", function()
    local settings = settings_of({ 8, "channel" }, { 4, "group", 32 }, { 4, "group", 48 })
    check.equal(one({ groups = 1, bits = 8 }, settings).format, "w8g256f32")
    check.equal(one({}, settings).format, "w4g32f32")
end)

case("what does not fit is refused, in a line", function()
    local function refuses(part, change, made, settings)
        local tensors, own = module(made)
        for name, tensor in pairs(change) do
            tensors[name] = tensor or nil
        end
        made_up.refuses(part, read, tensors, settings or settings_for(own))
    end
    local text = ("\0"):rep(4096)
    refuses("made-up.safetensors: a.weight_packed has no a.weight_shape beside it",
        { weight_shape = false })
    refuses("a.weight_packed has no weight_scale of F16, BF16 or F32 beside it",
        { weight_scale = false })
    refuses("a.weight_packed is I16 with 2 dimensions; right is I32 with 2",
        { weight_packed = { "I16", { 40, 12 }, text:sub(1, 960) } })
    refuses("a.weight_shape says 41 x 96; weight_packed has 40 rows",
        { weight_shape = { "I64", { 2 }, made_up.pack("i8", { 41, 96 }) } })
    refuses("a.weight_packed has 12 words for 97 weights, and weight_scale is 40 x 3; "
        .. "config_groups has 4-bit int by group of 32",
        { weight_shape = { "I64", { 2 }, made_up.pack("i8", { 40, 97 }) } })
    refuses("config_groups has 4-bit int by group of 64", {}, {}, settings_of({ 4, "group", 64 }))
    refuses("config_groups has nothing", {}, {}, { quant_method = "compressed-tensors" })
    refuses("a.weight_zero_point is 4 x 3; right is 5 x 3",
        { weight_zero_point = { "I32", { 4, 3 }, text:sub(1, 48) } })
    refuses("a.weight_g_idx has column 0 in group 3; its groups are 0 to 2", {},
        { groups_of = spread(3) })
    refuses("a.weight_g_idx has groups of other sizes than 32", {}, { groups_of = spread(1) })
    refuses("a.weight_packed has 4 words for 40 weights of 3 bits, as many as codes side by side",
        {}, { k = 40, bits = 3, groups = 1 })
    refuses("a.weight_packed has 24 words for 96 weights, which may be 7 or 8 bits", {},
        { bits = 8, groups = 1 }, settings_of({ 7, "channel" }, { 8, "channel" }))
end)

-- ---- 4-bit floats ------------------------------------------------------------------------------

local NUMBERS = { 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0 }

-- Two rows of 32 codes, 0 to 15 and again; a scale of 1.5 in E4M3, then 0.875, for each 16.
local function fp4_module(names, global)
    return { [names[1]] = { "U8", { 2, 16 }, ("\x10\x32\x54\x76\x98\xBA\xDC\xFE"):rep(4) },
        weight_scale = { "F8_E4M3", { 2, 2 }, "\x3C\x36\x36\x3C" },
        [names[2]] = { "F32", { 1 }, ("<f"):pack(global) } }
end

local function check_fp4(matrix, scale_of)
    for row = 0, 1 do
        for index, weight in ipairs(matrix:dequantize(row)) do
            local at = (index - 1) % 16
            local sign = at > 7 and -1 or 1
            local own = (row + (index - 1) // 16) % 2 == 0 and 1.5 or 0.875
            check.equal(weight, number.f32(sign * NUMBERS[at % 8 + 1] * number.f32(scale_of(own))))
        end
    end
end

local COMPRESSED = { quant_method = "compressed-tensors" }

case("NVFP4: weight_global_scale divides", function()
    local matrix = read(fp4_module({ "weight_packed", "weight_global_scale" }, 3.0), COMPRESSED)
    check.equal(matrix.format, "fp4g16f32")
    check.equal(matrix.kind, "compressed-tensors NVFP4")
    check_fp4(matrix, function(own) return own / 3.0 end)
end)

case("ModelOpt's weight_scale_2 multiplies", function()
    local tensors = fp4_module({ "weight", "weight_scale_2" }, number.f32(0.3))
    local matrix = read(tensors, { quant_method = "modelopt", quant_algo = "NVFP4" })
    check.equal(matrix.format, "fp4g16f32")
    check.equal(matrix.kind, "ModelOpt NVFP4")
    check_fp4(matrix, function(own) return own * number.f32(0.3) end)
end)

case("ModelOpt's settings may be in hf_quant_config.json", function()
    local other <close> = setmetatable(require("made_up").new(), { __close = function(self)
        self.close()
    end })
    other.line.write("made-up.hf_quant_config.json",
        '{"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "NVFP4"}}')
    local tensors = list_of(fp4_module({ "weight", "weight_scale_2" }, 2.0))
    check_fp4(other.safetensors(tensors, {})[1], function(own) return own * 2 end)
end)

case("MXFP4: scales are powers of two", function()
    local tensors = fp4_module({ "weight_packed", "none" }, 1.0)
    tensors.weight_scale = { "U8", { 2, 1 }, "\x80\x7D" }
    for _, type_name in ipairs({ "U8", "F8_E8M0" }) do
        tensors.weight_scale[1] = type_name
        local matrix = read(tensors, COMPRESSED)
        check.equal(matrix.format, "fp4g32e8m0")
        check.equal(matrix:dequantize(0)[8], 12.0)
        check.equal(matrix:dequantize(1)[32], -1.5)
    end
end)

case("4-bit floats that do not fit are refused, in a line", function()
    local function refuses(part, change, names, settings)
        local tensors = fp4_module(names or { "weight_packed", "weight_global_scale" }, 1.0)
        for name, tensor in pairs(change) do
            tensors[name] = tensor or nil
        end
        made_up.refuses(part, read, tensors, settings or COMPRESSED)
    end
    refuses("a.weight_packed has no a.weight_global_scale beside it",
        { weight_global_scale = false })
    refuses("a.weight_packed has no a.weight_scale beside it", { weight_scale = false })
    refuses("a.weight_global_scale is 0.0; right is a positive number",
        { weight_global_scale = { "F32", { 1 }, ("<f"):pack(0) } })
    refuses("a.weight_global_scale is inf; right is a positive number",
        { weight_global_scale = { "F32", { 1 }, ("<f"):pack(math.huge) } })
    refuses("a.weight_scale is 2 x 1; right is 2 x 2",
        { weight_scale = { "F8_E4M3", { 2, 1 }, "\x38\x38" } })
    refuses("a.weight_packed has rows of 24 weights, which groups of 16 do not divide",
        { weight_packed = { "U8", { 2, 12 }, ("\0"):rep(24) } })
    refuses("a.weight is BF16 with 2 dimensions; right is U8 with 2",
        { weight = { "BF16", { 2, 16 }, ("\0"):rep(64) } }, { "weight", "weight_scale_2" },
        { quant_method = "modelopt", quant_algo = "NVFP4" })
    refuses("a.weight_scale_2 has no a.weight beside it", { weight = false },
        { "weight", "weight_scale_2" }, { quant_method = "modelopt", quant_algo = "NVFP4" })
    refuses("has ModelOpt's algorithm FP8; NVFP4 is read", {}, { "weight", "weight_scale_2" },
        { quant_method = "modelopt", quant_algo = "FP8" })
end)

made_up.close()
