-- BitNet in safetensors, and I2_S in GGUF files: what fixtures do not hold.
local check = require("check")
local gguf_text = require("gguf_text")
local made_up = require("made_up").new()

local pack = made_up.pack

local function case(name, test)
    check.case("bitnet: " .. name, test)
end

-- 4 x 2 weights: -1 0, 0 1, 1 -1, 0 0; the scale is 4.
local function module(kind, codes)
    return { { "a.weight", "U8", { 1, 2 }, pack("B", codes or { 0x64, 0x49 }) },
        { "a.weight_scale", kind or "BF16", { 1 },
            kind and ("x"):rep(4) or pack("I2", { 0x4080 }) } }
end

local function config(class)
    return { quantization_config = { quant_method = "bitnet", linear_class = class } }
end

local function rows_of(matrix)
    local rows = {}
    for row = 1, matrix.m do
        rows[row] = table.concat(matrix:dequantize(row - 1), " ")
    end
    return table.concat(rows, ", ")
end

case("linear_class alone tells whether the scale divides", function()
    local wanted = { autobitlinear = "-4.0 0.0, 0.0 4.0, 4.0 -4.0, 0.0 0.0",
        bitlinear = "-0.25 0.0, 0.0 0.25, 0.25 -0.25, 0.0 0.0" }
    for class, rows in pairs(wanted) do
        local matrix = made_up.safetensors(module(), config(class))[1]
        check.equal(matrix.format, "ttensorf32")
        check.equal(rows_of(matrix), rows, class)
    end
    check.equal(rows_of(made_up.safetensors(module(), config())[1]), wanted.bitlinear)
end)

case("weights that are not packed are none of its matrices", function()
    local list = made_up.safetensors({ { "a.weight", "BF16", { 1, 2 }, ("x"):rep(4) } },
        config("autobitlinear"))
    check.equal(#list, 0)
end)

case("what does not fit is refused", function()
    local function refuses(part, tensors, class)
        made_up.refuses(part, made_up.safetensors, tensors, config(class))
    end
    refuses("a.weight_scale has no a.weight of U8 with two dimensions", { module()[2] })
    refuses("a.weight_scale has the type I32", module("I32"))
    refuses("the linear_class 'other' is none of autobitlinear and bitlinear", module(), "other")
    refuses("the linear_class 'an object' is none of", module(), { a = 1 })
    local matrix = made_up.safetensors(module(nil, { 0xC0, 0 }), config())[1]
    made_up.refuses("a.weight has a code of 3 in row 3", matrix.dequantize, matrix, 3)
end)

-- ---- I2_S --------------------------------------------------------------------------------------

local I2_S, TL1, TL2 = 36, 38, 39

-- A file of one matrix, whose header is followed by these bytes.
local function file(kind, k, m, bytes)
    local header = gguf_text.file({ { "a.weight", kind, 0, k, m } })
    return gguf_text.padded(header .. bytes)
end

-- 4 x 64 codes: bytes of 0xA0 are 2 2 0 0, those of 0x5A are 1 1 2 2; then the scale 0.5.
local TWO_BLOCKS = ("\xA0"):rep(32) .. ("\x5A"):rep(32) .. pack("f", { 0.5 }) .. ("\0"):rep(28)

local function first_of_rows(layout)
    local matrix = made_up.gguf(file(I2_S, 64, 4, TWO_BLOCKS), { i2s = layout })[1]
    local values = {}
    for row = 0, 3 do
        values[row + 1] = ("%g"):format(matrix:dequantize(row)[1])
    end
    return table.concat(values, " ")
end

case("each layout of I2_S has its own order", function()
    check.equal(first_of_rows("x86"), "0.5 -0.5 0 0.5")
    check.equal(first_of_rows("x86-noactparallel"), "0.5 0.5 -0.5 -0.5")
    check.equal(first_of_rows("arm"), "0.5 0.5 0 0")
end)

case("I2_S that does not fit is refused", function()
    made_up.refuses("a.weight is no matrix of whole blocks of 128 weights", made_up.gguf,
        file(I2_S, 32, 2, TWO_BLOCKS), { i2s = "x86" })
    made_up.refuses("is cut: a.weight", made_up.gguf, file(I2_S, 32, 16, TWO_BLOCKS),
        { i2s = "x86" })
    local matrix = made_up.gguf(file(I2_S, 32, 8, ("\xFF"):rep(96)), { i2s = "x86" })[1]
    made_up.refuses("a.weight has a code of 3 in row 0", matrix.dequantize, matrix, 0)
end)

-- ---- TL1, TL2 ----------------------------------------------------------------------------------

-- The sections of a kernel_config.ini: for another shape, then for 16 x 64 weights.
local INI = "[Kernels_0]\nm = 32\nk = 64\nbm = 1\n[Kernels_1]\nm = 16\nk = 64\nbm = 16\nbk = 32\n"
    .. "bmm = 16\n"

-- 16 x 64 weights of TL1 with the scale 2: all are 0 but those of the first byte, 1 -1 and 0 1.
local TL1_FILE = file(TL1, 64, 16, "\x65" .. ("\x44"):rep(255) .. pack("f", { 2 }))

case("TL1 is read in the order of the kernel_config.ini beside it", function()
    for _, name in ipairs({ "kernel_config.ini", "made-up.kernel_config.ini" }) do
        made_up.line.write(name, INI)
        local matrix = made_up.gguf(TL1_FILE)[1]
        check.equal(matrix.kind, "TL1")
        check.equal(table.concat(matrix:dequantize(0), " ", 1, 6), "2.0 -2.0 0.0 2.0 0.0 0.0")
        check.equal(table.concat(matrix:dequantize(1), " ", 1, 4), "0.0 0.0 0.0 0.0")
        os.remove(made_up.folder .. "/" .. name)
    end
end)

-- The matrix is named alone.
local function has_no_order(text, why)
    local matrix = made_up.gguf(text)[1]
    check.contains(matrix.why, why)
    made_up.refuses(why, matrix.dequantize, matrix, 0)
end

case("TL1 and TL2 whose order is not known are named", function()
    has_no_order(TL1_FILE, "the kernel_config.ini that bitnet.cpp was built with has to lie")
    made_up.line.write("kernel_config.ini", INI)
    has_no_order(file(TL1, 64, 8, TL1_FILE), "kernel_config.ini says no blocks that fill 8 x 64")
    made_up.refuses("a.weight has 160 bytes; TL1 of 16 x 64 weights has 260", made_up.gguf,
        file(TL1, 64, 16, ("x"):rep(160)))
    local matrix = made_up.gguf(file(TL1, 64, 16, ("\xF4"):rep(260)))[1]
    made_up.refuses("a.weight has a code in row 0 that stands for no weights", matrix.dequantize,
        matrix, 0)
    os.remove(made_up.folder .. "/kernel_config.ini")
end)

case("MXFP4 is told from TL2 by its size", function()
    check.equal(made_up.gguf(file(TL2, 64, 16, ("\0"):rep(32 * 17)))[1].format, "fp4g32e8m0")
end)

made_up.close()
