-- The command line as a user meets it.
local check = require("check")
local files = require("base.files")
local host = require("base.host")

local line = require("command_line").with_library()
local accepts, refuses, run, write = line.accepts, line.refuses, line.run, line.write
local folder, PROGRAM = line.folder, line.program

local function case(name, test)
    check.case("cli: " .. name, test)
end

local TINY = 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n'
local GEN = "gen --model @/tiny.lua --format w2g32 --target generic --mode exact --out "

write("tiny.lua", TINY)

case("a model may bring formats of its own", function()
    local two = "gen --model @/tiny.lua:w1g32,w4row --model bitnet-b1.58-2b-4t:t --target generic "
    accepts(two .. "--out @/two", "kernels in the library")
    local readme = assert(files.read(folder .. "/two/README.md"))
    check.contains(readme, "| tiny | q | 64 | 128 | w4row |")
    check.contains(readme, "| bitnet-b1.58-2b-4t | ffn_down | 2560 | 6912 | t |")
    refuses("gen --model @/tiny.lua:w9 --out @/bad", "unknown format 'w9'")
    refuses("gen --model @/tiny.lua:w1g32, --out @/bad", "has an empty word")
    refuses(GEN .. "@/bad --name A-b", "--name: 'A-b' is no library's name: ")
end)

case("shapes lists presets and layers", function()
    accepts("shapes", "llama-2-7b")
    accepts("shapes qwen3-8b", "12288 x 4096")
    accepts("shapes @/tiny.lua", "64 x 128")
end)

case("formats lists those of files, or those it is asked for", function()
    accepts("formats", "w4g256s32x6m      4.500  Q4_K    exact")
    accepts("formats w2g128", "w2g128            2.125  -       exact, table, table7")
    accepts("formats w7g32", "w7g32             7.500  -       no kernels")
    local nvfp4 = accepts("formats fp4g16ue4m3", "modes, and their levels if not all")
    check.equal(nvfp4:match("[^\n]*$"), "fp4g16ue4m3       4.500  NVFP4   exact")
    for _, name in ipairs({ "w1g16", "w3g16", "w5g16" }) do
        accepts("formats " .. name, "no kernels")
    end
    refuses("formats w9g32", "unknown format 'w9g32'")
end)

case("targets lists what it knows", function()
    accepts("targets", "sapphire-rapids")
    accepts("targets", "Raspberry Pi 5 (Cortex-A76); 64K L1, 512K L2, 2048K L3\n")
end)

case("this machine is the same to a stock interpreter", function()
    local _, stock = run({ "lua5.4", check.root .. "/gen/lua/main.lua", "targets" })
    check.equal(accepts("targets", "This machine: "), stock)
end)

case("every command has help", function()
    accepts("--help", "explain")
    for _, name in ipairs({ "shapes", "targets", "gen", "build", "bench", "tune", "explain" }) do
        accepts(name .. " --help", "Usage: lutloom " .. name)
    end
    accepts("--version", "lutloom " .. files.read(check.root .. "/gen/VERSION"):match("%S+"))
end)

case("gen makes a library and changes nothing the second time", function()
    accepts(GEN .. "@/lib", "files changed")
    accepts(GEN .. "@/lib", "; 0 files changed")
    accepts("gen --out @/lib/", "; 0 files changed")
end)

case("gen removes what an earlier generation left, and nothing else", function()
    accepts(GEN .. "@/stale", "files changed")
    write("stale/src/mine.c", "int mine;\n")
    accepts("gen --model @/tiny.lua --format w4g32 --target generic --out @/stale", "files changed")
    check.equal(host.path_kind(folder .. "/stale/src/kernels_w2g32_c.c"), nil)
    check.equal(host.path_kind(folder .. "/stale/src/kernels_w4g32_c.c"), "file")
    check.equal(host.path_kind(folder .. "/stale/src/mine.c"), "file")
end)

case("gen goes on where an earlier one was stopped", function()
    accepts(GEN .. "@/whole", "files changed")
    local manifest = assert(files.read(folder .. "/whole/manifest.json"))
    write("stopped/" .. files.temporary("manifest.json"), manifest)
    write("stopped/" .. files.temporary("src/plan.c"), "half")
    write("stopped/src/kernels_w2g32_c.c", "whole")
    refuses("build @/stopped", "its generation was stopped")
    accepts("gen --model @/tiny.lua --format w4g32 --target generic --out @/stopped", "changed")
    for _, path in ipairs({ files.temporary("manifest.json"), files.temporary("src/plan.c"),
        "src/kernels_w2g32_c.c" }) do
        check.equal(host.path_kind(folder .. "/stopped/" .. path), nil, path)
    end
    accepts("gen --out @/stopped", "; 0 files changed")
end)

case("gen refuses folders that are not its own", function()
    refuses(GEN .. "@/tiny.lua", "is a file")
    refuses(GEN .. "@/tiny.lua/x", "is a file, not a folder")
    refuses(GEN .. "@", "holds files that are no Lutloom library")
    write("other/manifest.json", "{}\n")
    refuses(GEN .. "@/other", "not the manifest of a Lutloom library")
    write("broken/manifest.json", "{")
    refuses(GEN .. "@/broken", "broken/manifest.json")
    refuses(GEN .. "/dev/full/x", "/dev/full")
end)

case("gen refuses wrong words, and makes nothing", function()
    refuses("gen --model @/tiny.lua --format w9g32 --out @/no", "unknown format 'w9g32'")
    refuses("gen --model @/tiny.lua --format w2 --out @/no", "needs the scale's granularity")
    refuses("gen --model @/tiny.lua --format w2g32, --out @/no", "empty word")
    refuses("gen --model @/tiny.lua --out @/no", "has no format: say --format")
    refuses("gen --model llama --format w2g32 --out @/no", "llama-2-7b")
    refuses("gen --model @/none.lua --format w2g32 --out @/no", "none.lua: No such file")
    refuses("gen --model @ --out @/no", "no .gguf and no .safetensors")
    refuses("gen --model @/tiny.lua --format w2g32 --target pentium --out @/no", "haswell")
    refuses("gen --model @/tiny.lua --format w2g32 --mode slow --out @/no", "'fastest'")
    refuses("gen --model @/tiny.lua --format w2g32", "--out")
    refuses("gen --format w2g32 --out @/no", "--model is missing")
    refuses("gen --model @/tiny.lua --model @/tiny.lua --format w2g32 --out @/no",
        "a model named tiny was given before")
    refuses("gen --model @/tiny.lua --format w2g32 --format w4g32 --out @/no",
        "'--format' must be used at most 1 time")
    check.equal(host.path_kind(folder .. "/no"), nil)
end)

case("a shapes file's mistakes name its line or layer", function()
    write("syntax.lua", "return {\n    name = ,\n}\n")
    refuses("shapes @/syntax.lua", "syntax.lua:2: ")
    write("zero.lua", (TINY:gsub("64", "0")))
    refuses("shapes @/zero.lua", "zero.lua: layer 1 (q): 'm' must be a whole number")
end)

case("unknown commands and options are refused", function()
    refuses("", "--help")
    refuses("generate", "unknown command 'generate'")
    refuses("gen --frobnicate", "unknown option '--frobnicate'")
    refuses("shapes a b --x", "unknown option '--x'")
end)

case("commands on a library say what comes first", function()
    accepts(GEN .. "@/fresh", "files changed")
    for _, name in ipairs({ "build", "bench", "tune" }) do
        refuses(name, "folder")
        refuses(name .. " @/none", "no such folder")
        refuses(name .. " @/tiny.lua", "is a file; the folder of a library is needed")
    end
    refuses("bench @/fresh", "'lutloom build")
end)

case("build refuses a folder without ggml in it, and forgets it", function()
    accepts(GEN .. "@/library", "files changed")
    refuses("build @/library --ggml @/none", "none: no such folder")
    local code, output = line.lutloom("build @/library --ggml @/library")
    check.equal(code, 1, output)
    check.contains(output, "there is no ggml with a CPU backend")
    check.absent(output, "meson-log.txt")
    accepts("build @/library", "passed")
    check.equal(host.path_kind(folder .. "/library/build/loom-bench"), "file")
end)

case("explain knows every kernel of a library", function()
    local name = "loom_gemv_w2g32_exact__dot_plain_b1m1n1_c"
    accepts(GEN .. "@/explained", "files changed")
    accepts(("explain %s @/explained"):format(name), "part of the library")
    accepts("explain " .. name, "dot1x1_w2")
    refuses("explain foo", "'foo' is no kernel's name")
    refuses("explain " .. name:gsub("w2g32", "w4g32") .. " @/explained", "was generated without")
    refuses("explain " .. name:gsub("_c$", "_avx9"), "unknown ISA 'avx9'")
end)

case("a full disk on standard output is an error", function()
    local code, output = run({ "sh", "-c", table.concat(PROGRAM, " ") .. " shapes > /dev/full" })
    check.equal(code, 1)
    check.contains(output, "lutloom: standard output: No space left")
end)

case("a message is one line whatever a name has in it", function()
    local code, output = run(PROGRAM, { "build", "a\nb\27" })
    check.equal(code, 1)
    check.contains(output, "a?b?: no such folder")
end)

case("what is not there is named", function()
    refuses("shapes", "install lua-argparse", { "LUA_PATH=/nonexistent/?.lua" })
    refuses("shapes", "LUTLOOM_HOME", { "LUTLOOM_HOME=/nonexistent" })
    accepts(GEN .. "@/unbuilt", "files changed")
    refuses("build @/unbuilt", "CC is 'no-such-cc -O2', but there is no program no-such-cc",
        { "CC=no-such-cc -O2" })
end)

case("quickstart refuses wrong arguments before it does anything", function()
    for _, words in ipairs({ "-x", "--model", "--format", "--format w2g128" }) do
        local code, output = run({ "sh", check.root .. "/quickstart" }, line.split(words))
        check.equal(code, 1, words)
        check.contains(output, "usage: ./quickstart")
        check.absent(output, "\n")
    end
end)

line.close()
