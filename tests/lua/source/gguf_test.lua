-- Headers of GGUF files: good ones, and those that are none.
local check = require("check")
local gguf_text = require("gguf_text")
local host = require("base.host")
local matrices = require("source.matrices")
local model = require("source.model")
local text_disk = require("text_disk")

local begin, padded, tensor = gguf_text.begin, gguf_text.padded, gguf_text.tensor

local F32, Q4_0, BF16, Q2_0 = 0, 2, 30, 42
local U32, STRING, ARRAY, U64, F64 = 4, 8, 9, 10, 12

local function value(key, kind, bytes)
    return gguf_text.string(key) .. ("<I4"):pack(kind) .. bytes
end

local function array(kind, count, bytes)
    return ("<I4i8"):pack(kind, count) .. (bytes or "")
end

-- The matrices of a file as "FORMAT MxK", and the types of the other tensors; or nil and a message.
local function parse(text)
    local ok, found, rest = pcall(function()
        return matrices.of(model.open("models/a.gguf", text_disk.new({ ["models/a.gguf"] = text })))
    end)
    if not ok then
        return nil, tostring(found)
    end
    local words, others = {}, {}
    for index, matrix in ipairs(found) do
        words[index] = ("%s %dx%dx%d"):format(matrix.format or matrix.kind, matrix.count, matrix.m,
            matrix.k)
    end
    for index, other in ipairs(rest) do
        others[index] = other.type_name
    end
    return table.concat(words, ", "), table.concat(others, ", ")
end

local function case(name, test)
    check.case("gguf: " .. name, test)
end

case("a matrix has its shape and its type's format", function()
    local found, others = parse(gguf_text.file({
        { "blk.0.attn_norm.weight", F32, 256, 64 },
        { "blk.0.attn_q.weight", Q4_0, 32 * 2 * 18, 64, 32 },
        { "blk.0.attn_k.weight", Q4_0, 8 * 2 * 18, 64, 8 },
        { "blk.1.attn_q.weight", Q4_0, 32 * 2 * 18, 64, 32 },
        { "blk.1.ffn_up.weight", BF16, 512, 256, 1 },
        { "blk.1.ffn_gate_inp.weight", F32, 256, 64, 1 },
    }))
    check.equal(found, "w4g32 1x32x64, w4g32 1x8x64, w4g32 1x32x64")
    check.equal(others, "F32, BF16, F32")
end)

case("experts are many of the shape of one, and what is no matrix of weights is none", function()
    local found, others = parse(gguf_text.file({
        { "blk.0.ffn_up_exps.weight", Q4_0, 16 * 2 * 18 * 3, 64, 16, 3 },
        { "four", Q4_0, 16 * 2 * 18 * 2, 64, 16, 1, 2 },
        { "long", Q4_0, 18 << 16, 1 << 21, 1 },
        { "other", 99, 128, 64, 16 },
    }))
    check.equal(found, "w4g32 3x16x64, type 99 1x16x64")
    check.equal(others, "Q4_0, Q4_0")
end)

case("the embedding is only looked up where there is an output", function()
    local function looked_up(...)
        local path = "a.gguf"
        local disk = text_disk.new({ [path] = gguf_text.file({
            { "token_embd.weight", Q4_0, 100 * 2 * 18, 64, 100 }, ... }) })
        return matrices.of(model.open(path, disk))[1].looked_up
    end
    check.equal(looked_up(), nil)
    check.equal(looked_up({ "output.weight", Q4_0, 96 * 2 * 18, 64, 96 }), true)
end)

case("of two types with one number it is the one that fills the room", function()
    for bytes, format in pairs({ [34 * 40] = "w2g128z1", [36 * 40] = "w2g64z1" }) do
        check.equal(parse(gguf_text.file({ { "a", Q2_0, bytes, 128, 40 },
            { "b", F32, 4, 1 } })), format .. " 1x40x128")
    end
    check.equal(parse(gguf_text.file({ { "a", Q2_0, 18 * 3, 64, 3 } })), "w2g64z1 1x3x64")
end)

-- One tensor after values of all kinds, aligned to 64 bytes.
local function file_with_values(version)
    return padded(begin(version, 1, 7)
        .. value("a", STRING, gguf_text.string("llama"))
        .. value("b", ARRAY, array(STRING, 2, gguf_text.string("x") .. gguf_text.string("yz")))
        .. value("c", ARRAY, array(U32, 3, ("x"):rep(12)))
        .. value("d", U64, ("x"):rep(8)) .. value("e", F64, ("x"):rep(8)) .. value("f", 7, "x")
        .. value("general.alignment", U32, ("<I4"):pack(64))
        .. tensor("blk.0.ffn_up.weight", Q4_0, 0, 64, 5), 64) .. ("\0"):rep(180)
end

case("values are passed, and say the alignment", function()
    check.equal(parse(file_with_values(2)), "w4g32 1x5x64")
    check.equal(parse(file_with_values(3)), "w4g32 1x5x64")
    check.refused("general.alignment is 3, which is no power of two", parse(begin(3, 0, 1)
        .. value("general.alignment", U32, ("<I4"):pack(3))))
end)

case("what is none is refused", function()
    check.refused("models/a.gguf: is no GGUF file", parse("GGML" .. ("\0"):rep(40)))
    check.refused("is no GGUF file", parse(""))
    check.refused("version 1; 2 and 3 are read", parse(begin(1, 0, 0)))
    check.refused("cannot hold the 1 tensors and 0 values", parse(begin(3, 1, 0)))
    check.refused("1099511627776 tensors", parse(begin(3, 1 << 40, 0)))
    check.refused("-1 values", parse(begin(3, 0, -1)))
    check.refused("unknown type 99", parse(begin(3, 0, 1) .. value("a", 99, "")))
    check.refused("array of values of the unknown type 9",
        parse(begin(3, 0, 1) .. value("a", ARRAY, array(ARRAY, 1))))
    for _, count in ipairs({ -1, 1 << 61, math.maxinteger }) do
        for _, kind in ipairs({ U32, STRING, F64 }) do
            check.refused("is cut", parse(begin(3, 0, 1) .. value("a", ARRAY, array(kind, count))))
        end
    end
    check.refused("a has 9 dimensions; 1 to 4 are read", parse(begin(3, 1, 0)
        .. tensor("a", Q4_0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1)))
    check.refused("a has a dimension below 1", parse(begin(3, 1, 0) .. tensor("a", Q4_0, 0, 0)))
    check.refused("a has no place", parse(padded(begin(3, 1, 0)
        .. tensor("a", Q4_0, 0, 1 << 20, 1 << 20, 1 << 40)) .. "x"))
    -- 32 more elements than 64 bits can count.
    check.refused("a has no place", parse(padded(begin(3, 1, 0)
        .. tensor("a", Q4_0, 0, 32, 3, ((1 << 59) + 1) // 3)) .. ("x"):rep(18)))
    check.refused("a has no place", parse(padded(begin(3, 1, 0) .. tensor("a", F32, -1, 1)) .. "x"))
end)

case("a big-endian file is called so", function()
    check.refused("is a big-endian GGUF file; little-endian ones are read",
        parse("GGUF" .. (">I4i8i8"):pack(3, 0, 0)))
end)

case("tensors may not overlap, nor stand anywhere", function()
    local function refuses(message, ...)
        check.refused(message, parse(gguf_text.padded(begin(3, select("#", ...), 0)
            .. table.concat({ ... })) .. ("x"):rep(96)))
    end
    refuses("a has 36 bytes from byte 96 on, and b begins after 32 of them",
        tensor("a", Q4_0, 0, 64), tensor("b", F32, 32, 1))
    refuses("b has 36 bytes from byte 96 on, and a begins after 32 of them",
        tensor("a", F32, 32, 1), tensor("b", Q4_0, 0, 64))
    refuses("a has 8 bytes from byte 96 on, and b begins after 0 of them",
        tensor("a", F32, 0, 2), tensor("b", F32, 0, 2))
    refuses("a is at byte 4 of the data, which is no multiple of 32", tensor("a", F32, 4, 1))
    refuses("a has no place in its 160 bytes (from byte 160)", tensor("a", F32, 96, 1))
    refuses("a has no place in its 160 bytes", tensor("a", F32, 64, 9))
    refuses("a has rows of 33 weights, which are no whole blocks of Q4_0", tensor("a", Q4_0, 0, 33))
    refuses("a has no place", tensor("a", F32, 0, 1 << 62, 2))
    refuses("a has no place", tensor("a", F32, 0, math.maxinteger, math.maxinteger))
    refuses("a has no place", tensor("a", F32, math.maxinteger - 31, 1))
    refuses("has the tensor a twice", tensor("a", F32, 0, 1), tensor("a", F32, 32, 1))
end)

case("names are shown as they are, and may not hide anything", function()
    local function refuses(message, name)
        check.refused(message, parse(gguf_text.padded(begin(3, 1, 0) .. tensor(name, F32, 0, 1))
            .. ("x"):rep(32)))
        check.refused(message, parse(begin(3, 0, 1) .. value(name, U32, "xxxx")))
    end
    refuses("has a name with a control character: 'a\\x1b[2J'", "a\x1b[2J")
    refuses("has a name with a control character: 'a\\x00'", "a\0")
    refuses("has a name with a control character: '\\xc2\\x9b1m'", "\xc2\x9b1m")
    refuses("has a name that is no UTF-8: '\\xff" .. ("a"):rep(199) .. "...'",
        "\xff" .. ("a"):rep(1000))
    check.refused("has the key a twice", parse(begin(3, 0, 2)
        .. value("a", U32, "xxxx") .. value("a", U32, "xxxx")))
end)

case("values are kept, but for arrays", function()
    local disk = text_disk.new({ ["a.gguf"] = begin(3, 0, 6)
        .. value("text", STRING, gguf_text.string("some")) .. value("f32", 6, ("<f"):pack(0.5))
        .. value("i8", 1, "\xff") .. value("bool", 7, "\1") .. value("u64", U64, ("\xff"):rep(8))
        .. value("array", ARRAY, array(U32, 2, ("x"):rep(8))) })
    local values = model.open("a.gguf", disk).metadata
    check.equal(values.text, "some")
    check.equal(values.f32, 0.5)
    check.equal(values.i8, -1)
    check.equal(values.bool, true)
    check.equal(values.u64, -1)
    check.equal(values.array, nil)
end)

case("types of other programs are told by the room that tensors have", function()
    -- A tensor of the number of MXFP4 with so many bytes, before another one.
    local function kind(bytes)
        return parse(gguf_text.file({ { "a", 39, bytes, 512, 32 }, { "b", F32, 4, 1 } }))
    end
    check.equal(kind(512 * 32 // 32 * 17), "fp4g32e8m0 1x32x512")
    check.equal(kind(3808), "TL2 1x32x512")
    check.equal(parse(gguf_text.file({ { "a", 142, 68 * 3, 256, 3 } })), "w2g128z1 1x3x256")
    check.equal(parse(gguf_text.padded(begin(3, 1, 1)
        .. value("prism.hadamard.block_size", U32, ("<I4"):pack(128))
        .. tensor("a", 142, 0, 256, 3)) .. ("x"):rep(68 * 3)), "PQ2_0 1x3x256")
    check.refused("a has 128 bytes from byte 128 on, and b begins after 96 of them",
        parse(gguf_text.file({ { "a", 99, 96, 1024, 1 }, { "b", F32, 4, 1 } })))
    check.refused("is cut: a has no place", parse(gguf_text.file({ { "a", 39, 3808, 512, 32 } })))
    check.refused("b begins after 2048 of them", parse(gguf_text.file({
        { "a", 36, 2048, 256, 32 }, { "b", F32, 4, 1 } })))
end)

case("a header of more than 64 MiB is not read to its end", function()
    local disk = text_disk.of_size("a.gguf", begin(3, 0, 1) .. gguf_text.string("a")
        .. ("<I4i8"):pack(STRING, 1 << 30), 1 << 40)
    check.contains(tostring(select(2, pcall(model.open, "a.gguf", disk))),
        "its header has more than 64 MiB")
end)

case("a file that is cut is refused, wherever that is", function()
    local whole = file_with_values(3)
    for length = 4, #whole - 1 do
        check.refused("is cut", parse(whole:sub(1, length)))
    end
end)

case("a pipe is no file, and nothing is none", function()
    local path = os.tmpname()
    os.remove(path)
    host.run({ "mkfifo", path })
    local ok, reason = pcall(model.open, path)
    os.remove(path)
    check.equal(ok, false)
    check.contains(tostring(reason), path)
    check.contains(tostring(select(2, pcall(model.open, ""))), "'': is no file's name")
end)
