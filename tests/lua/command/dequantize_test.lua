-- lutloom dequantize, as a user meets it.
local check = require("check")
local files = require("base.files")
local gguf_text = require("gguf_text")
local host = require("base.host")

local line = require("command_line").new()
local accepts, refuses, write = line.accepts, line.refuses, line.write

local function case(name, test)
    check.case("dequantize: " .. name, test)
end

local Q8_0, I2_S, BF16 = 8, 36, 30

-- Blocks of Q8_0 whose scale is 1 and whose codes are all `code`.
local function blocks(count, code)
    return ("\0\x3C" .. string.char(code):rep(32)):rep(count)
end

-- The header says where the bytes are; what gguf_text.file has for them is left out.
local function file(tensors, data)
    local text = gguf_text.file(tensors)
    return text:sub(1, #text - #data) .. data
end

local ROWS = blocks(4, 1) .. blocks(4, 2) .. blocks(4, 3)
write("experts.gguf", file({ { "e.weight", Q8_0, #ROWS + -#ROWS % 32, 64, 2, 3 } },
    gguf_text.padded(ROWS)))
write("two.gguf", gguf_text.file({ { "a.weight", Q8_0, 34, 32, 1 }, { "b.weight", Q8_0, 34, 32, 1 },
    { "c.weight", BF16, 64, 32, 1 } }))
write("none.gguf", gguf_text.file({ { "c.weight", BF16, 64, 32, 1 } }))
write("i2s.gguf", gguf_text.file({ { "a.weight", I2_S, 32 + 32, 32, 4 } }))

local function read(name)
    return files.read(line.folder .. "/" .. name)
end

case("rows of all experts follow one another", function()
    accepts("dequantize @/experts.gguf --out @/e.f32", "/e.f32: Q8_0, 2 x 64 x 3, fp32")
    local text = assert(read("e.f32"))
    check.equal(#text, 4 * 3 * 2 * 64)
    for index = 0, 3 * 2 * 64 - 1 do
        check.equal(("<f"):unpack(text, 4 * index + 1), index // 128 + 1.0)
    end
end)

case("of several matrices one has to be named, by its name or its tensor's", function()
    refuses("dequantize @/two.gguf --out @/x.f32", "/two.gguf: --tensor has to name one of a, b")
    refuses("dequantize @/two.gguf --tensor c --out @/x.f32",
        "/two.gguf: has no quantised matrix c; it has a, b")
    refuses("dequantize @/none.gguf --out @/x.f32", "/none.gguf: has no quantised matrices")
    check.equal(read("x.f32"), nil)
    accepts("dequantize @/two.gguf --tensor b --out @/b.f32", "Q8_0, 1 x 32, fp32")
    accepts("dequantize @/two.gguf --tensor a.weight --out @/a.f32", "Q8_0, 1 x 32, fp32")
    check.equal(read("a.f32"), ("\0"):rep(128))
end)

case("the layout of I2_S is said where it was not asked for", function()
    accepts("dequantize @/i2s.gguf --out @/i.f32", "--i2s says another layout")
    check.absent(accepts("dequantize @/i2s.gguf --i2s arm --out @/i.f32", "I2_S (arm)"),
        "another layout")
    refuses("dequantize @/i2s.gguf --i2s mips --out @/i.f32", "must be one of 'x86'")
end)

case("a file is replaced as a whole, and nothing else is", function()
    refuses("dequantize @/two.gguf --tensor a", "--out has to name a file to write")
    refuses("dequantize @/experts.gguf --out @", "is no regular file's name")
    refuses("dequantize @/experts.gguf --out @/none/e.f32", "/none/e.f32: No such file")
    local bad = assert(read("i2s.gguf"))
    write("bad.gguf", bad:sub(1, -65) .. ("\xFF"):rep(64))
    write("kept.f32", "kept")
    refuses("dequantize @/bad.gguf --i2s x86 --out @/kept.f32", "a.weight has a code of 3 in row 0")
    check.equal(read("kept.f32"), "kept")
    for _, name in ipairs(assert(host.list_dir(line.folder))) do
        check.absent(name, "lutloom-new")
    end
end)

line.close()
