-- lutloom tune --gguf and sweep --gguf, as a user meets them.
local check = require("check")
local files = require("base.files")
local gguf_text = require("gguf_text")
local host = require("base.host")

local line = require("command_line").with_library()
local accepts, refuses, write = line.accepts, line.refuses, line.write
local folder = line.folder

local function case(name, test)
    check.case("tune --gguf: " .. name, test)
end

local function read(name)
    return assert(files.read(folder .. "/" .. name))
end

-- What there are choices for in a tuning file, "M K" each, in any order.
local function tuned(name)
    local seen, shapes = {}, {}
    for shape in read(name):gmatch("\nchoice w4g32 exact (%d+ %d+) ") do
        shapes[#shapes + 1] = not seen[shape] and shape or nil
        seen[shape] = true
    end
    table.sort(shapes)
    return table.concat(shapes, ", ")
end

write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n')
write("model.gguf", gguf_text.file({
    { "token_embd.weight", 2, 96 * 2 * 18, 64, 96 },
    { "blk.0.attn_q.weight", 2, 32 * 2 * 18, 64, 32 },
    { "blk.0.ffn_up_exps.weight", 2, 48 * 2 * 18 * 2, 64, 48, 2 },
    { "blk.0.ffn_down.weight", 42, 32 * 18, 64, 32 },
    { "blk.1.attn_q.weight", 2, 32 * 2 * 18, 64, 32 },
    { "output.weight", 30, 210, 105, 1 },
}))
write("other.gguf", gguf_text.file({ { "output.weight", 30, 210, 105, 1 } }))
write("cut.gguf", read("model.gguf"):sub(1, -225))
write("text.gguf", "hello\n")

local GEN = "gen --model @/tiny.lua --target generic --mode exact --format "
accepts(GEN .. "w4g32 --out @/unbuilt", "files changed")
accepts(GEN .. "w2g32 --out @/another", "files changed")

-- `words` with a file in the place of FILE that has nothing to measure: one line on each.
local function refuses_files(words)
    for file, message in pairs({
        none = "/none.gguf: No such file or directory",
        text = "/text.gguf: is no GGUF file: it does not begin with 'GGUF'",
        cut = "/cut.gguf: is cut: output.weight has no place in its ",
        other = ("/other.gguf: has no matrices of the types that %s/unbuilt has kernels for: Q4_0")
            :format(folder),
    }) do
        refuses(words:gsub("FILE", ("@/%s.gguf"):format(file)), message)
    end
end

case("a file with nothing to measure is refused before anything is built", function()
    refuses_files("tune @/unbuilt --gguf FILE")
    refuses_files("tune @/unbuilt --gguf FILE --import x")
    refuses_files("sweep @/unbuilt --gguf FILE")
    refuses("tune @/unbuilt --gguf=", "'': is no file's name")
    refuses("tune @/another --gguf @/model.gguf",
        "/another: has kernels for no type of GGUF files; 'lutloom llama' makes a library")
    refuses("sweep @/another @/unbuilt --jobs --gguf @/model.gguf", "/another: has kernels for no")
    check.equal(host.path_kind(folder .. "/unbuilt/build"), nil)
    check.equal(host.path_kind(folder .. "/unbuilt/tuning.txt"), nil)
end)

case("words that do not go together are refused", function()
    refuses("tune --merge a b --gguf x", "--gguf: has no place beside --merge")
    refuses("tune @/library --plot --gguf x", "--gguf: has no place beside --plot")
    refuses("tune @/library --correction x --gguf x", "--gguf: has no place beside --correction")
    refuses("tune @/library --import x --gguf x --threads 1",
        "--threads: has no place beside --import")
    for _, text in ipairs({ "0", "-1", "two", "1.5", "" }) do
        refuses("tune @/library --threads=" .. text, ("'%s' is no number of threads"):format(text))
    end
end)

case("the file's matrices are measured, and what was known stays", function()
    accepts(GEN .. "w4g32 --out @/library", "files changed")
    accepts("tune @/library --budget 0.1 --residency cache", "1 of 1 problems tuned, 1 of them now")
    check.equal(tuned("library/tuning.txt"), "64 128")
    local kernels = read("library/manifest.json"):match('"hash":"(%x+)"')
    local said = accepts("tune @/library --gguf @/model.gguf --budget 2 --residency cache",
        "2 of 2 problems tuned, 2 of them now")
    check.contains(said, ("/model.gguf: left out are matrices that %s/library has no kernels for: "
        .. "BF16, w2g64z1"):format(folder))
    check.contains(said, "passed, 0 failed")
    check.equal(tuned("library/tuning.txt"), "32 64, 48 64, 64 128")
    for _, m in ipairs({ 32, 48, 64 }) do
        check.contains(read("library/src/tuning.h"), (".m = %d,"):format(m))
    end
    check.contains(read("library/README.md"), "measured, for 3 pairs of shape and format, on")
    check.equal(read("library/manifest.json"):match('"hash":"(%x+)"'), kernels)
    accepts("tune @/library --gguf @/model.gguf --residency cache",
        "2 of 2 problems tuned, 0 of them now")
end)

-- These go on with the library of the case above.
case("they are measured again where that is asked for, and no others", function()
    accepts("tune @/library --gguf @/model.gguf --budget 2 --residency cache --fresh",
        "2 of 2 problems tuned, 2 of them now")
    check.equal(tuned("library/tuning.txt"), "32 64, 48 64, 64 128")
end)

case("threads are loom-sweep's, which knows how many there may be", function()
    local before = read("library/tuning.txt")
    local code, output = line.lutloom("tune @/library --gguf @/model.gguf --threads 99999")
    check.equal(code, 2, output)
    check.contains(output, "\nloom-sweep: --threads 99999: a whole number from 1 to ")
    check.absent(output, "lutloom: " .. folder .. "/library: loom-sweep")
    check.equal(read("library/tuning.txt"), before)
end)

case("the file for a board is told what to measure", function()
    local problems = "--problems=w4g32:32x64,w4g32:48x64"
    local said = accepts("sweep @/library --gguf @/model.gguf", "/library/sweep: for ")
    check.contains(said, ("./sweep %s measures the matrices of %s/model.gguf"):format(problems,
        folder))
    check.contains(accepts("sweep @/library --gguf @/model.gguf --jobs", ""),
        ("%s/library\tw4g32\t32x64\n%s/library\tw4g32\t48x64"):format(folder, folder))
    local code, output = line.run(line.split("@/library/sweep --top 1 --budget 2 "
        .. "--residency cache --output @/board.txt " .. problems))
    check.equal(code, 0, output)
    check.equal(tuned("board.txt"), "32 64, 48 64")
end)

case("of what a board has measured the file's matrices that are not done are named", function()
    os.remove(folder .. "/library/tuning.txt")
    write("part.txt", (read("board.txt"):gsub("\nchoice w4g32 %l+ 32 64 [^\n]*", "")))
    check.contains(accepts("tune @/library --import @/part.txt --gguf @/model.gguf", "passed"),
        "/library: 1 of 2 problems are not done: w4g32 32x64")
    check.absent(accepts("tune @/library --import @/board.txt --gguf @/model.gguf", "passed"),
        "not done")
end)

line.close()
