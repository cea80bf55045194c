-- lutloom shapes and gen with files of weights, as a user meets them.
local check = require("check")
local files = require("base.files")
local gguf_text = require("gguf_text")
local host = require("base.host")
local safetensors_text = require("safetensors_text")

local line = require("command_line").new()
local accepts, refuses, write = line.accepts, line.refuses, line.write
local folder = line.folder

local F32, Q4_0, Q8_0, IQ2_XXS = 0, 2, 8, 16

local function case(name, test)
    check.case("weights: " .. name, test)
end

-- ---- Files -----------------------------------------------------------------------------------

local function q4_0(name, m, k, count)
    return { name, Q4_0, (count or 1) * m * k // 32 * 18, k, m, count }
end

local GGUF = gguf_text.file({
    q4_0("token_embd.weight", 96, 64),
    { "blk.0.attn_norm.weight", F32, 256, 64 },
    q4_0("blk.0.attn_q.weight", 32, 64),
    q4_0("blk.0.ffn_up_exps.weight", 48, 64, 4),
    q4_0("blk.1.attn_q.weight", 32, 64),
    { "blk.1.ffn_up_exps.weight", Q8_0, 48 * 2 * 34 * 4, 64, 48, 4 },
    { "blk.2.attn_q.weight", IQ2_XXS, 32 * 66, 256, 32 },
    { "blk.3.attn_q.weight", IQ2_XXS, 32 * 66, 256, 32 },
    q4_0("output.weight", 96, 64),
})
write("model-Q4_0.gguf", GGUF)
write("left.gguf", gguf_text.file({ { "blk.2.attn_q.weight", IQ2_XXS, 32 * 66, 256, 32 } }))
write("cut.gguf", GGUF:sub(1, -2000))
write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n')

-- The tensors of a matrix in MLX's 4 bits with groups of 64.
local function mlx(tensors, name, m, k)
    for _, part in ipairs({ { "weight", "U32", k // 8 }, { "scales", "F16", k // 64 },
        { "biases", "F16", k // 64 } }) do
        local ending, dtype, columns = table.unpack(part)
        tensors[#tensors + 1] = { name .. "." .. ending, dtype, { m, columns },
            ("\1"):rep(m * columns * (dtype == "U32" and 4 or 2)) }
    end
    return tensors
end

-- A folder with two files, an index and a configuration.
assert(host.make_dir(folder .. "/small-moe"))
local first, second, map = {}, {}, {}
for layer = 0, 1 do
    local tensors = layer == 0 and first or second
    mlx(tensors, ("model.layers.%d.self_attn.q_proj"):format(layer), 32, 64)
    for expert = 0, 2 do
        mlx(tensors, ("model.layers.%d.mlp.experts.%d.gate_proj"):format(layer, expert), 16, 64)
    end
    for _, tensor in ipairs(tensors) do
        map[#map + 1] = ('"%s":"%d.safetensors"'):format(tensor[1], layer)
    end
end
write("small-moe/0.safetensors", safetensors_text.file(first))
write("small-moe/1.safetensors", safetensors_text.file(second))
write("small-moe/model.safetensors.index.json",
    ('{"weight_map":{%s}}'):format(table.concat(map, ",")))
write("small-moe/config.json", '{"quantization":{"group_size":64,"bits":4,"mode":"affine"}}')

-- ---- shapes ----------------------------------------------------------------------------------

-- The output without what blanks align.
local function lines_of(output)
    return (output:gsub(" +", " "))
end

case("shapes lists what a GGUF file has, counted by role, shape and format", function()
    local output = lines_of(accepts("shapes @/model-Q4_0.gguf", ""))
    check.equal(output, folder .. "/model-Q4_0.gguf\n"
        .. " attn_q 32 x 64 w4g32 2 0.0 MiB\n"
        .. " ffn_up_exps 48 x 64 w4g32 1 x 4 0.0 MiB\n"
        .. " ffn_up_exps 48 x 64 w8g32 1 x 4 0.0 MiB\n"
        .. " output 96 x 64 w4g32 1 0.0 MiB\n"
        .. " left out: 1 tensor of type Q4_0, 10 % of the file: rows are looked up, and "
        .. "nothing is multiplied by them\n"
        .. " left out: 2 tensors of type IQ2_XXS, 12 % of the file: no format holds the codebook "
        .. "of IQ2_XXS\n"
        .. " not quantised: 1 tensor of F32, 0.7 % of the file")
end)

case("shapes lists what the files of a folder have", function()
    for _, path in ipairs({ "@/small-moe", "@/small-moe/",
        "@/small-moe/model.safetensors.index.json" }) do
        local output = lines_of(accepts("shapes " .. path, ""))
        check.contains(output, "\n attn_q 32 x 64 w4g64m 2 0.0 MiB\n")
        check.contains(output, "\n ffn_gate_exps 16 x 64 w4g64m 2 x 3 0.0 MiB")
    end
end)

case("wrong files are one line", function()
    refuses("shapes @/cut.gguf", "/cut.gguf: is cut: output.weight has no place in its ")
    refuses("shapes @/none.gguf", "/none.gguf: No such file or directory")
    refuses("shapes @/small-moe/0.safetensors.index.json", "No such file or directory")
    refuses("shapes @", "has several files of weights: give one of them")
    refuses("gen --model @/cut.gguf --out @/no", "/cut.gguf: is cut")
    check.equal(host.path_kind(folder .. "/no"), nil)
end)

-- ---- gen -------------------------------------------------------------------------------------

-- The rows of a library's README that say what it is for.
local function problems_of(library)
    local text = assert(files.read(("%s/%s/README.md"):format(folder, library)))
    local rows = {}
    for row in text:gmatch("\n| ([%w._-]+ | [%w_]+ | %d+ | %d+ | %w+) |") do
        rows[#rows + 1] = row:gsub(" | ", " ")
    end
    return table.concat(rows, ", "), text
end

local GEN = "gen --target generic --mode exact --out @/"

case("gen makes a library for the matrices of a file, in its formats", function()
    local said = accepts(GEN .. "gguf --model @/model-Q4_0.gguf", "files changed")
    check.contains(said, "/model-Q4_0.gguf: left out: 2 tensors of type IQ2_XXS, 12 % of the file")
    local problems, text = problems_of("gguf")
    check.equal(problems, "model-Q4_0 attn_q 32 64 w4g32, model-Q4_0 ffn_up_exps 48 64 w4g32, "
        .. "model-Q4_0 ffn_up_exps 48 64 w8g32, model-Q4_0 output 96 64 w4g32")
    check.contains(text, "lutloom gen --model model-Q4_0.gguf --target generic --mode exact --out")
    os.remove(folder .. "/model-Q4_0.gguf")
    accepts("gen --out @/gguf", " 0 files changed")
    write("model-Q4_0.gguf", GGUF)
end)

case("a folder's model is called as the folder", function()
    accepts(GEN .. "folder --model @/small-moe/", "files changed")
    local problems, text = problems_of("folder")
    check.equal(problems, "small-moe attn_q 32 64 w4g64m, small-moe ffn_gate_exps 16 64 w4g64m")
    check.contains(text, "lutloom gen --model small-moe --target")
    accepts(GEN .. "index --model @/small-moe/model.safetensors.index.json", "files changed")
    check.equal(problems_of("index"), problems)
end)

case("formats are said where the file does not say them, and nowhere else", function()
    refuses(GEN .. "no --model @/model-Q4_0.gguf --format w4g32",
        "--format: has no place where the files of --model say the formats of all matrices")
    refuses(GEN .. "no --model @/model-Q4_0.gguf:w4g32",
        "the file says the formats; say none after a colon")
    refuses(GEN .. "no --model @/left.gguf", "/left.gguf: has no matrices that a format holds; "
        .. "left out: 1 tensor of type IQ2_XXS")
    check.equal(host.path_kind(folder .. "/no"), nil)
    accepts(GEN .. "both --model @/model-Q4_0.gguf --model @/tiny.lua --format w2g32",
        "files changed")
    check.contains(problems_of("both"), "w4g32, tiny q 64 128 w2g32")
end)

line.close()
