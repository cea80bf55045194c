-- Files of safetensors: good ones, and those that lie.
local check = require("check")
local model = require("source.model")
local safetensors_text = require("safetensors_text")
local text_disk = require("text_disk")

local entry, raw = safetensors_text.entry, safetensors_text.raw

-- What a file's tensors are, "NAME DTYPE SHAPE at AT, BYTES"; or nil and a message.
local function parse(text)
    local disk = text_disk.new({ ["a.safetensors"] = text })
    local ok, opened = pcall(model.open, "a.safetensors", disk)
    if not ok then
        return nil, tostring(opened)
    end
    local words = {}
    for index, tensor in ipairs(opened.tensors) do
        words[index] = ("%s %s %s at %d, %d"):format(tensor.name, tensor.type,
            table.concat(tensor.shape, "x"), tensor.at, tensor.bytes)
    end
    return table.concat(words, "; "), opened
end

local function case(name, test)
    check.case("safetensors: " .. name, test)
end

-- The file of these entries with so many bytes of data is refused.
local function refuses(part, bytes, ...)
    check.refused(part, parse(raw("{" .. table.concat({ ... }, ",") .. "}", ("x"):rep(bytes))))
end

case("tensors have their places, in the order of these", function()
    local text = raw('{"__metadata__":{"format":"pt"},' .. entry("b", "F16", { 2, 3 }, 4, 16) .. ","
        .. entry("a", "I32", {}, 0, 4) .. "," .. entry("e", "U8", { 4, 0 }, 4, 4) .. "}   ",
        ("x"):rep(16))
    local data = #text - 16
    local words, opened = parse(text)
    check.equal(words, ("a I32  at %d, 4; b F16 2x3 at %d, 12"):format(data, data + 4))
    check.equal(opened.by_name.e.bytes, 0)
    check.equal(opened.metadata.format, "pt")
    check.equal(opened:read(opened.by_name.b, 10, 2), "xx")
    check.contains(tostring(select(2, pcall(opened.read, opened, opened.by_name.b, 10, 3))),
        "a.safetensors: b has 12 bytes, and not 3 from 10 on")
end)

case("every dtype has its size, and those of less than a byte fill whole ones", function()
    for dtype, bytes in pairs({ BOOL = 8, U8 = 8, F8_E4M3 = 8, F8_E5M2 = 8, F8_E8M0 = 8, I16 = 16,
        BF16 = 16, U32 = 32, F32 = 32, I64 = 64, F64 = 64, C64 = 64, F4 = 4, F6_E2M3 = 6 }) do
        check.contains(parse(raw("{" .. entry("a", dtype, { 8 }, 0, bytes) .. "}",
            ("x"):rep(bytes))), "a " .. dtype .. " 8 at ")
        refuses("a has 1 bytes (0 to 1 of the data), which are not those of 8 of " .. dtype, 1,
            entry("a", dtype, { 8 }, 0, 1))
    end
    refuses("not those of 3 of F4", 2, entry("a", "F4", { 3 }, 0, 2))
    refuses("a has the unknown dtype F9", 1, entry("a", "F9", { 1 }, 0, 1))
end)

case("data have no holes, no overlaps and no ends without an owner", function()
    refuses("b begins at byte ", 8, entry("a", "U8", { 6 }, 0, 6), entry("b", "U8", { 4 }, 4, 8))
    refuses(", inside a", 8, entry("a", "U8", { 6 }, 0, 6), entry("b", "U8", { 4 }, 4, 8))
    refuses("are of no tensor; b comes after them", 8, entry("a", "U8", { 2 }, 0, 2),
        entry("b", "U8", { 4 }, 4, 8))
    refuses("are of no tensor; a comes after them", 8, entry("a", "U8", { 4 }, 4, 8))
    refuses("are of no tensor", 9, entry("a", "U8", { 8 }, 0, 8))
    refuses("are of no tensor", 1)
    check.equal(parse(raw("{}")), "")
end)

case("offsets, shapes and types are looked at before they are used", function()
    refuses("the wrong way round: 8, 0", 8, entry("a", "U8", { 8 }, 8, 0))
    refuses("goes on to byte 9 of the data, which has 8", 8, entry("a", "U8", { 9 }, 0, 9))
    -- The product of the last ones is 8, where only 64 bits of it are looked at.
    for _, shape in ipairs({ { 1 << 62, 1 << 62 }, { math.maxinteger }, { 1 << 32, 1 << 32 },
        { 3, 0x5555555555555558 } }) do
        refuses("a has 8 bytes (0 to 8 of the data), which are not those of ", 8,
            entry("a", "U8", shape, 0, 8))
    end
    for _, text in ipairs({ '"a":5', '"a":[]', '"a":null', '"a":"x"' }) do
        refuses(text == '"a":null' and "are of no tensor" or "a ", 8, text)
    end
    local field = '"a":{"dtype":%s,"shape":%s,"data_offsets":%s}'
    refuses("unknown dtype an object", 8, field:format("{}", "[8]", "[0,8]"))
    for _, shape in ipairs({ "8", "[-8]", "[8.0]", '["8"]', '{"a":8}', "[null,8]",
        "[9223372036854775808]" }) do
        refuses("a has a shape that is no list of whole numbers", 8,
            field:format('"U8"', shape, "[0,8]"))
    end
    for _, offsets in ipairs({ "8", "[8]", "[0,8,8]", "[-1,7]", "[0,8.0]", '["0",8]', "null" }) do
        refuses("a has data_offsets that are no two whole numbers", 8,
            field:format('"U8"', "[8]", offsets))
    end
    refuses("its __metadata__ is no object", 0, '"__metadata__":5')
end)

case("names are shown as they are, and may not hide anything", function()
    refuses("has a name with a control character: 'a\\x1b[2J'", 1,
        entry("a\\u001b[2J", "U8", { 1 }, 0, 1))
    refuses("has a name with a control character: 'a\\x0a'", 1, entry("a\\n", "U8", { 1 }, 0, 1))
    refuses("no UTF-8: 'a\\xed\\xa0\\x80'", 1, entry("a\\ud800", "U8", { 1 }, 0, 1))
    refuses("an object has a name twice: a", 2, entry("a", "U8", { 1 }, 0, 1),
        entry("a", "U8", { 1 }, 1, 2))
    refuses("is no UTF-8", 1, entry("a\xff", "U8", { 1 }, 0, 1))
    refuses("\\xc3\\xa4 has the unknown dtype", 1, entry("ä", "U9", { 1 }, 0, 1))
end)

case("the header is JSON from its first byte to its last", function()
    for header, part in pairs({
        ["[]"] = "does not begin with '{'",
        [" {}"] = "does not begin with '{'",
        [""] = "does not begin with '{'",
        ["{"] = "unterminated object",
        ["{} x"] = "goes on after its value",
        ['{"a'] = "a string has no end",
        ["{/**/}"] = "has a comment",
        ["{5}"] = "an object has a value without a name",
        ['{"a":' .. ("["):rep(40) .. ("]"):rep(40) .. "}"] = "is nested deeper than 32",
        [("["):rep(40)] = "does not begin with '{'",
        ['{"a":[' .. ("0,"):rep(1 << 21) .. "0]}"] = "has more than 2097152 values",
    }) do
        check.refused(part, parse(raw(header)))
    end
end)

case("a header's length is looked at before it is read", function()
    for _, length in ipairs({ 3, 1 << 20, -1, math.mininteger, math.maxinteger }) do
        check.refused(("is cut, or no safetensors file: its 10 bytes cannot hold a header of %s")
            :format(length < 0 and "2^63 and more" or length), parse(("<i8"):pack(length) .. "{}"))
    end
    local disk = text_disk.of_size("a.safetensors", ("<i8"):pack(1 << 30) .. "{}", 1 << 40)
    check.contains(tostring(select(2, pcall(model.open, "a.safetensors", disk))),
        "its header has more than 64 MiB")
end)

case("a file that is cut is refused, wherever that is", function()
    local whole = safetensors_text.file({ { "a", "F16", { 2, 2 }, ("x"):rep(8) },
        { "b.weight", "U8", { 3 }, "xyz" } })
    check.contains(parse(whole), "b.weight U8 3")
    for length = 0, #whole - 1 do
        local _, message = parse(whole:sub(1, length))
        check.equal(type(message) == "string" and message:find("is cut", 1, true) ~= nil, true,
            ("%d bytes: %s"):format(length, message))
    end
    for length = 1, 9 do
        check.refused("of no tensor", parse(whole .. ("x"):rep(length)))
    end
end)
