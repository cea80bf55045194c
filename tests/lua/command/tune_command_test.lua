-- lutloom tune and its files, as a user meets them.
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local programs = require("base.programs")
local tuning = require("choice.tuning")

local line = require("command_line").with_library()
local accepts, refuses, write = line.accepts, line.refuses, line.write
local folder = line.folder

local function case(name, test)
    check.case("tune command: " .. name, test)
end

local function read(name)
    return assert(files.read(folder .. "/" .. name))
end

local GEN = "gen --model @/tiny.lua --format w2g32 --target generic --mode exact --out "
local KERNEL = "loom_gemv_w2g32_exact__dot_plain_b1m1n1_c"

write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n')

-- A file whose header and lines the tests replace parts of.
local HEADER = "lutloom-tuning 3\ncpu A; 32K L1\nisa c\ncompiler x 1\nkernels 0123\n"
local function sample(kernel, seconds)
    return ("sample w2g32 64 128 1 1 dram %s %s 0 9 9\n"):format(kernel, seconds)
end

-- What `make` gives for each file that is none, with the part of the message.
local BROKEN = {
    empty = { "", "the header is incomplete" },
    garbage = { "hello\n", "garbage.txt:1: must be 'lutloom-tuning 3'" },
    binary = { "\x7fELF\0\1\n\n", "binary.txt:1: must be 'lutloom-tuning 3'" },
    version = { HEADER:gsub("3", "2", 1), "version.txt:1: must be 'lutloom-tuning 3'" },
    short = { HEADER:sub(1, 30), "short.txt:2: is not complete" },
    headless = { HEADER:gsub("isa c\n", ""), "headless.txt:3: must be 'isa ...'" },
    line = { HEADER .. "choice of mine\n", "line.txt:6: is no result" },
}

-- `words` with each file that is none in the place of FILE, and what is no file, is refused.
local function refuses_broken(words)
    for name, entry in pairs(BROKEN) do
        write(name .. ".txt", entry[1])
        refuses(words:gsub("FILE", "@/" .. name .. ".txt"), entry[2])
    end
    refuses(words:gsub("FILE", "@/missing.txt"), "missing.txt: No such file or directory")
    refuses(words:gsub("FILE", "@"), folder .. ": Is a directory")
    host.run({ "chmod", "0", folder .. "/line.txt" })
    if not io.open(folder .. "/line.txt") then -- as root there is no such file
        refuses(words:gsub("FILE", "@/line.txt"), "line.txt: Permission denied")
    end
    os.remove(folder .. "/line.txt")
end

case("words that do not go together are refused", function()
    accepts(GEN .. "@/fresh", "files changed")
    refuses("tune", "a library's folder is needed")
    refuses("tune @/none", "no such folder")
    local code, output = line.run(line.program, { "tune", "" })
    check.equal(code, 1, output)
    check.equal(output, "lutloom: '': is no folder's name; the folder of a library is needed")
    refuses("tune @/fresh --budget soon", "'soon' is no number of seconds")
    for _, text in ipairs({ "0", "-1", "nan", "inf", "1e99", "" }) do
        refuses("tune @/fresh --budget=" .. text,
            ("'%s' is no number of seconds above 0, at most 604800"):format(text))
    end
    refuses("tune @/fresh --out x", "--out x: belongs to --merge")
    refuses("tune @/fresh --import x --fresh", "--fresh: has no place beside --import")
    refuses("tune --import x", "a library's folder is needed")
    refuses("tune --merge", "option '--merge' requires at least 1 argument")
    refuses("tune --merge a b --budget 1", "--budget: has no place beside --merge")
    refuses("tune @/fresh --merge a b", "/fresh has no place beside it")
end)

case("files of one library and machine merge", function()
    write("a.txt", HEADER .. sample("x", 2) .. sample("y", 1) .. "failed z one\n")
    write("b.txt", HEADER .. "failed z two\n" .. sample("x", 1) .. sample("y", 2))
    local merged = HEADER .. "failed z two\n" .. sample("x", 1) .. sample("y", 1)
    accepts("tune --merge @/a.txt @/b.txt --out @/c.txt", "")
    check.equal(read("c.txt"), merged)
    accepts("tune --merge @/c.txt @/a.txt @/a.txt --out @/a.txt", "")
    check.equal(read("a.txt"), merged:gsub("two", "one"))
    check.equal(accepts("tune --merge @/c.txt @/b.txt", ""), merged:sub(1, -2))
    check.equal(accepts("tune --merge @/c.txt", ""), merged:sub(1, -2))
end)

case("of a file that was cut off all but the last line stays", function()
    write("cut.txt", (HEADER .. sample("x", 1) .. sample("y", 1)):sub(1, -2))
    accepts("tune --merge @/cut.txt --out @/c.txt",
        "cut.txt: ends in the middle of a line, which is left out")
    check.equal(read("c.txt"), HEADER .. sample("x", 1))
    write("cut.txt", HEADER .. "choice of mine\n" .. sample("y", 1):sub(1, -2))
    refuses("tune --merge @/cut.txt", "cut.txt:6: is no result")
end)

case("the file for a board is made for a library that stands there", function()
    accepts(GEN .. "@/library", "files changed")
    refuses("sweep", "missing argument 'folder'")
    refuses("sweep @/none", "/none: no such folder")
    refuses("sweep @/library @/none --jobs", "/none: no such folder")
    refuses("sweep @/library --target rpi5",
        "/library: is a library for generic; 'lutloom gen --target rpi5' makes one for rpi5")
    check.equal(host.path_kind(folder .. "/library/sweep"), nil)
    check.contains(accepts("sweep @/library --jobs", ""), folder .. "/library\tw2g32\t64x128")
    accepts("sweep @/library --target generic", "/library/sweep: for ")
    local code, output = line.run(line.split("@/library/sweep --top 1 --budget 0.1"))
    check.equal(code, 0, output)
    check.contains(output, "choice w2g32 exact 64 128 1 dram loom_")
end)

case("files that do not go together are not merged", function()
    write("a.txt", HEADER)
    write("c.txt", "as it was")
    local fields = { cpu = "A; 32K L1", isa = "c", compiler = "x 1", kernels = "0123" }
    for field, value in pairs(fields) do
        write("b.txt", (HEADER:gsub(field .. " " .. value, field .. " B")))
        refuses("tune --merge @/a.txt @/b.txt --out @/c.txt",
            ("/b.txt do not go together: %s is '%s' in the one, 'B' in the other"):format(field,
                value))
    end
    refuses_broken("tune --merge @/a.txt FILE --out @/c.txt")
    refuses_broken("tune --merge FILE @/a.txt --out @/c.txt")
    check.equal(read("c.txt"), "as it was")
    refuses("tune --merge @/a.txt @/a.txt --out @/none/c.txt/", "c.txt")
    refuses("tune --merge @/a.txt @/a.txt --out @", "is a folder, not a file")
    refuses("tune --merge @/a.txt --out /dev/full", "/dev/full: is no regular file")
    refuses("tune --merge @/a.txt --out=", "'': is no file's name")
    refuses("tune --merge=", "'': is no file's name")
    check.equal(host.path_kind(folder .. "/c.txt.lutloom-new"), nil)
end)

case("measures a built library, and builds it again", function()
    accepts(GEN .. "@/library", "files changed")
    check.contains(read("library/README.md"), "nothing was measured")
    accepts("tune @/library --budget 0.1", "1 of 1 problems tuned, 1 of them now")
    check.contains(read("library/tuning.txt"), "choice w2g32 exact 64 128 1 dram loom_")
    accepts("tune @/library --budget 0.1", "1 of 1 problems tuned, 0 of them now")
end)

-- Changes options of the build folder as a user does.
local function configure(words)
    local code, output = line.run(line.split("meson configure @/library/build " .. words))
    check.equal(code, 0, output)
end

case("programs that were turned off are turned on again", function()
    configure("-Dtools=false -Dstatic=true")
    accepts("tune @/library --budget 0.1", "passed, 0 failed")
    configure("-Dtools=false")
    accepts("sweep @/library", "/library/sweep: for ")
    accepts("bench @/library --seconds 0.01", "64x128")
end)

local STATUS = [[
#include <loom.h>
#include <stdio.h>

int main(void) {
    char text[1000];
    loom_plan plan;
    loom_tuning_status(text, sizeof text);
    puts(text);
    return loom_plan_create(&plan, &(loom_problem){"w2g32", 64, 128, LOOM_EXACT}) != LOOM_OK ||
           plan.choice != LOOM_CHOICE_TUNED || plan.tuning != LOOM_TUNING_READ;
}
]]

-- This and the following cases go on with the library of the case above.
case("the built library takes the file for its own", function()
    write("status.c", STATUS)
    local code, output = line.run(programs.words((programs.compiler())),
        line.split("-std=c11 @/status.c -I@/library/include @/library/build/libloom.a -lm -pthread "
            .. "-o @/status"))
    check.equal(code, 0, output)
    code, output = line.run(line.split("env LOOM_TUNING=@/library/tuning.txt @/status"))
    check.equal(output, ("LOOM_TUNING is valid: %s/library/tuning.txt, choices: 2"):format(folder))
    check.equal(code, 0)
end)

case("what a board has measured is baked in", function()
    local measured = read("library/tuning.txt")
    local board = measured:gsub("cpu [^\n]*", "cpu A board")
    write("board.txt", (board:gsub("64 128 1 dram", "96 128 1 dram")))
    os.remove(folder .. "/library/tuning.txt")
    local said = accepts("tune @/library --import @/board.txt", "")
    check.contains(said, "has the choices of " .. folder .. "/board.txt; ")
    check.contains(said, "/library: 1 of 1 problems are not done: w2g32 64x128")
    check.equal(read("library/tuning.txt"),
        tuning.text(assert(tuning.parse(read("board.txt"), "b"))))
    check.contains(read("library/src/tuning.h"), ".m = 96,")
    check.contains(read("library/README.md"), "measured, for 1 pair of shape and format, on")
    check.contains(read("library/README.md"), "\n    A board\n")
    write("more.txt", board)
    check.absent(accepts("tune @/library --import @/more.txt", "passed"), "not done")
    check.contains(read("library/src/tuning.h"), "TUNING_COUNT = 4")
    write("more.txt", measured)
    accepts("tune @/library --import @/more.txt", "tuning.txt is replaced: cpu was 'A board'")
    check.contains(read("library/src/tuning.h"), "TUNING_COUNT = 2")
end)

case("what is for another library is not imported", function()
    local good = read("library/tuning.txt")
    local function refuses_edited(message, pattern, with)
        write("edited.txt", (good:gsub(pattern, with)))
        refuses("tune @/library --import @/edited.txt", message)
    end
    refuses_edited("/library: kernels was '0123' and is '", "kernels [^\n]*", "kernels 0123")
    refuses_edited("/library: compiler was 'cc 1' and is '", "compiler [^\n]*", "compiler cc 1")
    refuses_edited("/library: there is no ISA avx2", "isa [^\n]*", "isa avx2")
    refuses_edited("/library: there is no kernel loom_gone", "loom_gemm[%w_]*", "loom_gone")
    refuses_edited("do not go together for w2g32", "loom_gemm[%w_]*", KERNEL)
    refuses_broken("tune @/library --import FILE")
    check.equal(read("library/tuning.txt"), good)
end)

case("a library for this machine takes no other's results", function()
    accepts((GEN:gsub("generic", "native")) .. "@/native", "files changed")
    local kernels = read("native/manifest.json"):match('"hash":"(%x+)"')
    local compiler = read("library/tuning.txt"):match("compiler ([^\n]*)")
    write("other.txt", (HEADER:gsub("x 1", compiler):gsub("0123", kernels)))
    refuses("tune @/native --import @/other.txt", "/native: cpu was 'A; 32K L1' and is '")
end)

case("a tuning file that does not match is ignored with a remark", function()
    accepts(GEN .. "@/tuned", "files changed")
    write("tuned/tuning.txt", HEADER)
    accepts(GEN .. "@/tuned", "tuning.txt is ignored: kernels was '0123'")
    write("tuned/tuning.txt", "something\n")
    accepts(GEN .. "@/tuned", "tuning.txt is ignored: ")
    local kernels = read("tuned/manifest.json"):match('"hash":"(%x+)"')
    write("tuned/tuning.txt", HEADER:gsub("0123", kernels)
        .. ("choice w2g32 exact 64 128 1 dram %s 1 1 %s 1 4 %s 1 128\n"):format(KERNEL, KERNEL,
            KERNEL))
    accepts(GEN .. "@/tuned", "do not go together for w2g32")
end)

line.close()
