-- Headers of GGUF files: good ones, and those that are none.
local check = require("check")
local gguf = require("input.gguf")
local gguf_text = require("gguf_text")
local host = require("base.host")

local begin, padded, tensor = gguf_text.begin, gguf_text.padded, gguf_text.tensor

local F32, Q4_0, BF16, Q2_0 = 0, 2, 30, 42
local U32, STRING, ARRAY, U64, F64 = 4, 8, 9, 10, 12

local function value(key, kind, bytes)
    return gguf_text.string(key) .. ("<I4"):pack(kind) .. bytes
end

local function array(kind, count, bytes)
    return ("<I4i8"):pack(kind, count) .. (bytes or "")
end

-- What parse gives: matrices as "FORMAT MxK", and the other types; or nil and a message.
local function parse(text, size)
    local ok, matrices, others = pcall(gguf.parse, text, "models/a.gguf", size or #text)
    if not ok then
        return nil, tostring(matrices)
    end
    local words = {}
    for index, matrix in ipairs(matrices) do
        words[index] = ("%s %dx%d"):format(matrix.format, matrix.m, matrix.k)
    end
    return table.concat(words, ", "), table.concat(others, ", ")
end

local function case(name, test)
    check.case("gguf: " .. name, test)
end

case("a matrix has its shape and its type's format", function()
    local matrices, others = parse(gguf_text.file({
        { "blk.0.attn_norm.weight", F32, 256, 64 },
        { "blk.0.attn_q.weight", Q4_0, 32 * 2 * 18, 64, 32 },
        { "blk.0.attn_k.weight", Q4_0, 8 * 2 * 18, 64, 8 },
        { "blk.1.attn_q.weight", Q4_0, 32 * 2 * 18, 64, 32 },
        { "blk.1.ffn_up.weight", BF16, 512, 256, 1 },
        { "blk.1.ffn_gate_inp.weight", F32, 256, 64, 1 },
    }))
    check.equal(matrices, "w4g32 32x64, w4g32 8x64, w4g32 32x64")
    check.equal(others, "0, 30")
end)

case("experts have the shape of one, and what is no matrix of weights has none", function()
    local matrices, others = parse(gguf_text.file({
        { "blk.0.ffn_up_exps.weight", Q4_0, 16 * 2 * 18 * 3, 64, 16, 3 },
        { "four", Q4_0, 32, 64, 16, 1, 2 },
        { "long", Q4_0, 32, 1 << 21, 1 },
        { "no whole blocks", Q4_0, 32, 48, 1 },
    }))
    check.equal(matrices, "w4g32 16x64")
    check.equal(others, "2")
end)

case("the embedding counts where it is the output, too", function()
    local embedding = { "token_embd.weight", Q4_0, 100 * 2 * 18, 64, 100 }
    check.equal(parse(gguf_text.file({ embedding })), "w4g32 100x64")
    check.equal(parse(gguf_text.file({ embedding,
        { "output.weight", Q4_0, 96 * 2 * 18, 64, 96 } })), "w4g32 96x64")
end)

case("of two types with one number it is the one that fills the room", function()
    for bytes, format in pairs({ [34 * 40] = "w2g128z1", [36 * 40] = "w2g64z1" }) do
        check.equal(parse(gguf_text.file({ { "a", Q2_0, bytes, 128, 40 },
            { "b", F32, 4, 1 } })), format .. " 40x128")
    end
    check.equal(parse(gguf_text.file({ { "a", Q2_0, 18 * 3, 64, 3 } })), "w2g64z1 3x64")
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
    check.equal(parse(file_with_values(2)), "w4g32 5x64")
    check.equal(parse(file_with_values(3)), "w4g32 5x64")
    check.refused("general.alignment is 3, which is no power of two", parse(begin(3, 0, 1)
        .. value("general.alignment", U32, ("<I4"):pack(3))))
end)

case("what is none is refused", function()
    check.refused("models/a.gguf: is no GGUF file", parse("GGML" .. ("\0"):rep(40)))
    check.refused("is no GGUF file", parse(""))
    check.refused("version 1; 2 and 3 are read", parse(begin(1, 0, 0)))
    check.refused("more tensors or values than bytes", parse(begin(3, 1 << 40, 0)))
    check.refused("more tensors or values than bytes", parse(begin(3, 0, -1)))
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

case("a file that is cut is refused, wherever that is", function()
    local whole = file_with_values(3)
    for length = 4, #whole - 1 do
        check.refused("is cut", parse(whole:sub(1, length)))
    end
    check.refused("its header has more than 64 MiB", parse(whole:sub(1, 60), 1 << 30))
end)

case("a pipe is no file, and nothing is none", function()
    local path = os.tmpname()
    os.remove(path)
    host.run({ "mkfifo", path })
    local ok, reason = pcall(gguf.read, path)
    os.remove(path)
    check.equal(ok, false)
    check.contains(tostring(reason), path)
    check.contains(tostring(select(2, pcall(gguf.read, ""))), "'': is no file's name")
end)
