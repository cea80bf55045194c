-- Which files a model is made of: split ones, indices, folders, and what lies about them.
local check = require("check")
local gguf_text = require("gguf_text")
local model = require("source.model")
local safetensors_text = require("safetensors_text")
local text_disk = require("text_disk")

local U16, I32 = 2, 5

local function case(name, test)
    check.case("files of a model: " .. name, test)
end

-- The paths of the files and the names of the tensors; or nil and a message.
local function open(path, texts)
    local ok, opened = pcall(model.open, path, text_disk.new(texts))
    if not ok then
        return nil, tostring(opened)
    end
    local paths, names = {}, {}
    for index, file in ipairs(opened.files) do
        paths[index] = file.path
    end
    for index, tensor in ipairs(opened.tensors) do
        names[index] = ("%s@%d"):format(tensor.name, tensor.file)
    end
    return table.concat(paths, " ") .. ": " .. table.concat(names, " "), opened
end

-- ---- GGUF ------------------------------------------------------------------------------------

local function value(key, kind, bytes)
    return gguf_text.string(key) .. ("<I4"):pack(kind) .. bytes
end

-- A part with one tensor, which says that it is part `no` (the first is 0) of `count`, and that all
-- have `tensors`.
local function part(no, count, tensors, name, architecture)
    local values = { value("split.no", U16, ("<I2"):pack(no)),
        value("split.count", U16, ("<I2"):pack(count)),
        value("split.tensors.count", I32, ("<i4"):pack(tensors)),
        architecture and value("general.architecture", 8, gguf_text.string(architecture)) }
    return gguf_text.padded(gguf_text.begin(3, 1, #values) .. table.concat(values)
        .. gguf_text.tensor(name, 0, 0, 8)) .. ("x"):rep(32)
end

local function parts(changed)
    local texts = { ["m/a-00001-of-00003.gguf"] = part(0, 3, 3, "one", "llama"),
        ["m/a-00002-of-00003.gguf"] = part(1, 3, 3, "two"),
        ["m/a-00003-of-00003.gguf"] = part(2, 3, 3, "three") }
    for index, text in pairs(changed or {}) do
        texts[("m/a-%05d-of-00003.gguf"):format(index)] = text or nil
    end
    return texts
end

case("any part of a split GGUF model stands for all, and so does their folder", function()
    local wanted = "m/a-00001-of-00003.gguf m/a-00002-of-00003.gguf m/a-00003-of-00003.gguf: "
        .. "one@1 two@2 three@3"
    for _, path in ipairs({ "m/a-00001-of-00003.gguf", "m/a-00003-of-00003.gguf", "m", "m/" }) do
        local got, opened = open(path, parts())
        check.equal(got, wanted)
        check.equal(opened.metadata["general.architecture"], "llama")
        check.equal(opened:read(opened.by_name.two, 0, 32), ("x"):rep(32))
    end
end)

case("parts that are missing, swapped or of other models are named", function()
    local function refuses(message, changed)
        check.refused(message, open("m/a-00001-of-00003.gguf", parts(changed)))
    end
    refuses("m/a-00002-of-00003.gguf: No such file", { [2] = false })
    refuses("m/a-00002-of-00003.gguf: is part 2 of 3 by its name, and part 3 of 3 by its values",
        { [2] = part(2, 3, 3, "three"), [3] = part(1, 3, 3, "two") })
    refuses("m/a-00003-of-00003.gguf: is part 3 of 3 by its name, and part 3 of 4 by its values",
        { [3] = part(2, 4, 3, "three") })
    refuses("m/a-00003-of-00003.gguf: is part 3 of 3 by its name, and part 65536 of 65535",
        { [3] = part(65535, 65535, 3, "three") })
    refuses("m/a-00002-of-00003.gguf: has the tensor one, which m/a-00001-of-00003.gguf has too",
        { [2] = part(1, 3, 3, "one") })
    refuses("m/a-00002-of-00003.gguf: is of another model", { [2] = part(1, 3, 3, "two", "phi3") })
    refuses("says that its parts have 4 tensors, and they have 3",
        { [1] = part(0, 3, 4, "one", "llama") })
    refuses("its split.no is no whole number", { [2] = gguf_text.padded(gguf_text.begin(3, 0, 1)
        .. value("split.no", 8, gguf_text.string("1"))) })
    check.refused("is part 2 of 3: name it ...-00002-of-00003.gguf",
        open("b.gguf", { ["b.gguf"] = part(1, 3, 3, "two") }))
    check.refused("which is none", open("a-00004-of-00003.gguf", {}))
    check.refused("a-00001-of-99999.gguf: ", open("a-00001-of-99999.gguf", {}))
end)

-- ---- safetensors -----------------------------------------------------------------------------

local function one(name)
    return safetensors_text.file({ { name, "U8", { 1 }, "x" } })
end

local INDEX = "m/model.safetensors.index.json"

-- A folder with two files and an index that has this map.
local function indexed(map)
    return { ["m/x.safetensors"] = one("a"), ["m/y.safetensors"] = one("b"),
        [INDEX] = '{"metadata":{},"weight_map":' .. map .. "}",
        ["m/config.json"] = '{"quantization_config":{"bits":4}}' }
end

case("an index stands for all files that it names, and so does its folder", function()
    local texts = indexed('{"b":"y.safetensors","a":"x.safetensors"}')
    for _, path in ipairs({ INDEX, "m", "m/" }) do
        local got, opened = open(path, texts)
        check.equal(got, "m/x.safetensors m/y.safetensors: a@1 b@2")
        check.equal(opened.quantization.bits, 4)
    end
end)

case("an index that lies is refused", function()
    local function refuses(message, map)
        check.refused(message, open(INDEX, indexed(map)))
    end
    for _, name in ipairs({ "../x.safetensors", "/x.safetensors", "n/x.safetensors", "..",
        "n\\\\x.safetensors", ".safetensors", "x.gguf", "x\\u0000.safetensors", "" }) do
        refuses("which is no name of a .safetensors file beside it", ('{"a":"%s"}'):format(name))
    end
    refuses("a is in '5', which is no name", '{"a":5}')
    refuses("its weight_map is no object that names files", "{}")
    refuses("its weight_map is no object that names files", "5")
    refuses("c is not in m/x.safetensors, where the index has it",
        '{"a":"x.safetensors","c":"x.safetensors"}')
    refuses("a is not in m/y.safetensors, where the index has it",
        '{"a":"y.safetensors","b":"x.safetensors"}')
    refuses("m/z.safetensors: No such file", '{"a":"z.safetensors"}')
    check.refused("is no JSON object", open(INDEX, { [INDEX] = "[" }))
    check.refused("is no JSON object", open(INDEX, { [INDEX] = "5" }))
    local texts = indexed('{"a":"x.safetensors","b":"y.safetensors"}')
    texts["m/y.safetensors"] = one("a")
    check.refused("m/y.safetensors: has the tensor a, which m/x.safetensors has too",
        open(INDEX, texts))
end)

case("a part of an indexed model is not taken for the whole", function()
    local path = "m/model-00001-of-00002.safetensors"
    check.refused("is one part of a model: give the index.json", open(path, { [path] = one("a") }))
    check.refused("is one part of a model: give " .. INDEX,
        open(path, { [path] = one("a"), [INDEX] = "{}" }))
    path = "m/model-00001-of-00001.safetensors"
    check.equal(open(path, { [path] = one("a") }), path .. ": a@1")
end)

-- ---- Folders and configurations --------------------------------------------------------------

case("a folder has one model", function()
    check.equal(open("m", { ["m/model.safetensors"] = one("a"), ["m/b.safetensors"] = one("b") }),
        "m/model.safetensors: a@1")
    check.refused("has several files of weights: give one of them, such as m/a.safetensors",
        open("m", { ["m/b.safetensors"] = one("a"), ["m/a.safetensors"] = one("b") }))
    check.refused("m/: has no .gguf and no .safetensors file", open("m", { ["m/x.txt"] = "" }))
    check.refused("none: No such file", open("none", {}))
end)

case("a file without an ending is GGUF's where it begins so", function()
    check.equal(open("sha256-0", { ["sha256-0"] = gguf_text.file({ { "a", 0, 32, 8 } }) }),
        "sha256-0: a@1")
    check.refused("x.bin: is no file of weights: one ends with .gguf, .safetensors, ",
        open("x.bin", { ["x.bin"] = "GGM" }))
end)

case("a pointer of git-lfs is not the file", function()
    for _, path in ipairs({ "a.gguf", "a.safetensors" }) do
        check.refused("is a pointer to the file: 'git lfs pull' brings the file itself",
            open(path, { [path] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n" }))
    end
end)

case("what is said on quantisation stands in one of several files", function()
    -- The bits that settings give; each file of the list says another number.
    local function bits(path, ...)
        local texts = { [path] = one("a") }
        for _, file in ipairs({ ... }) do
            texts[file[1]] = file[2]
        end
        local _, opened = open(path, texts)
        return opened.quantization and opened.quantization.bits, opened
    end
    check.equal(bits("m/a.safetensors"), nil)
    check.equal(bits("m/a.safetensors", { "m/config.json", '{"quantization_config":{"bits":1}}' },
        { "m/quantize_config.json", '{"bits":2}' }), 1)
    check.equal(bits("m/a.safetensors", { "m/config.json", '{"quantization":{"bits":1}}' }), 1)
    check.equal(bits("m/a.safetensors", { "m/config.json", '{"quantization_config":null}' },
        { "m/quantize_config.json", '{"bits":2}' }), 2)
    check.equal(bits("m/a.safetensors", { "m/quant_config.json", '{"bits":3}' }), 3)
    check.equal(bits("m/a.safetensors",
        { "m/hf_quant_config.json", '{"quantization":{"bits":4}}' }), 4)
    check.equal(bits("m/a.safetensors", { "m/a.config.json", '{"quantization_config":{"bits":5}}' },
        { "m/config.json", '{"quantization_config":{"bits":1}}' }), 5)
    check.equal(select(2, bits("m/a.safetensors", { "m/config.json", '{"x":1}' })).config.x, 1)
    check.refused("m/config.json: is no JSON object that is read: an object has a name twice: x",
        open("m/a.safetensors", { ["m/a.safetensors"] = one("a"),
            ["m/config.json"] = '{"x":1,"x":2}' }))
    check.refused("m/config.json: is no JSON object", open("m/a.safetensors",
        { ["m/a.safetensors"] = one("a"), ["m/config.json"] = "3" }))
end)
