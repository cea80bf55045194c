-- The generator under bad luck: others that work in its folder, files that are none, kill -9.
local check = require("check")
local files = require("base.files")
local host = require("base.host")

local line = require("command_line").new()
local folder = line.folder
local STOCK = { "lua5.4", check.root .. "/gen/lua/main.lua" }

local function case(name, test)
    check.case("luck: " .. name, test)
end

local function shell(text)
    return line.run({ "sh", "-c", (text:gsub("@", folder)) })
end

-- Runs the words with a time limit; they are refused with one line that has `part`.
local function refuses(words, part)
    for _, program in ipairs({ line.program, STOCK }) do
        local argv = table.move(program, 1, #program, 5, { "timeout", "-k", "1", "10" })
        local code, output = line.run(argv, line.split(words))
        check.equal(code, 1, output)
        check.absent(output, "\n")
        check.contains(output, part)
    end
end

local TINY = 'return { name = "%s", layers = { { role = "q", m = 64, k = 128 } } }\n'
line.write("a.lua", TINY:format("a"))
line.write("b.lua", TINY:format("b"))
local GEN_A = "gen --model @/a.lua --format w2g32 --target generic --mode exact --out @/"
local GEN_B = "gen --model @/b.lua --format t,w4g32 --target generic --mode exact --out @/"
line.accepts(GEN_A .. "lib", "files changed")

-- ---- Others in the folder -----------------------------------------------------------------

-- Starts the words while another process has the lock; they wait, say so, and end with `part` when
-- it is given back. Returns the manifest that stood there meanwhile.
local function waits(program, words, part)
    local holder = assert(io.popen(("flock %s/lib cat"):format(folder), "w"))
    shell("while flock -n @/lib true; do sleep 0.02; done")
    local pipe = assert(io.popen(("CC=no-such-cc %s %s 2>&1"):format(table.concat(program, " "),
        table.concat(line.split(words), " "))))
    local said = pipe:read()
    local kept = files.read(folder .. "/lib/manifest.json")
    holder:close()
    check.equal(said, ("lutloom: %s/lib: waiting for the command that works there to end"):format(
        folder))
    check.contains(pipe:read("a"), part)
    pipe:close()
    return kept
end

case("whoever writes into a folder waits for another to end", function()
    for _, program in ipairs({ line.program, STOCK }) do
        local before = files.read(folder .. "/lib/manifest.json")
        check.equal(waits(program, GEN_B .. "lib", "files changed") == before, true)
        waits(program, GEN_A .. "lib", "files changed")
    end
    for _, words in ipairs({ "build @/lib", "tune @/lib", "sweep @/lib" }) do
        waits(line.program, words, "there is no program no-such-cc")
    end
    waits(line.program, "tune @/lib --import @/none.txt", "none.txt: No such file")
end)

-- Both libraries as they are when nobody disturbs.
line.accepts(GEN_A .. "whole_a", "files changed")
line.accepts(GEN_B .. "whole_b", "files changed")

local function is_like(name, whole)
    return (shell(("diff -r @/%s @/%s"):format(name, whole))) == 0
end

case("of two generations at once one library stays, whole", function()
    local words = table.concat(line.program, " ")
    for round = 1, 6 do
        local code, output = shell(("%s %stwo & %s %stwo && wait $!"):format(words, GEN_A, words,
            GEN_B))
        check.equal(code, 0, output)
        check.equal(is_like("two", "whole_a") or is_like("two", "whole_b"), true, "round " .. round)
        shell("rm -r @/two")
    end
end)

case("a generation that makes nothing leaves no folder", function()
    line.refuses("gen --out @/new/folder", "--model is missing")
    check.equal(host.path_kind(folder .. "/new"), nil)
end)

case("whoever is killed leaves no lock, and what the next one mends", function()
    local words = table.concat(line.program, " ")
    for at = 1, 15 do
        shell(("timeout -s KILL 0.%03d %s %skilled"):format(4 * at, words,
            at % 2 == 0 and GEN_A or GEN_B))
    end
    line.accepts(GEN_A .. "killed", "files changed")
    check.equal(is_like("killed", "whole_a"), true)
    line.accepts(GEN_A .. "killed", "; 0 files changed")
end)

case("a damaged manifest is named, with what to do", function()
    shell("cp -r @/lib @/empty && : >@/empty/manifest.json")
    line.refuses(GEN_A .. "empty", "empty/manifest.json: is damaged; if the folder is a library, "
        .. "save its tuning.txt, remove the folder")
    shell([[cp -r @/lib @/bare && sed -i 's/"checksum":"[0-9a-f]*",//' @/bare/manifest.json]])
    line.refuses("explain w2g32:64x128 @/bare", "bare/manifest.json: is damaged or was changed")
end)

-- ---- Files that are none --------------------------------------------------------------------

local READERS = { "shapes FILE", "gen --model FILE --format w2g32 --out @/no", "tune --merge FILE",
    "tune @/lib --import FILE", "bench --plot --from FILE", "bench --suite wall --from FILE" }

case("what is no regular file is refused, not waited for", function()
    shell("mkfifo @/fifo.lua; ln -s /dev/zero @/zero.lua")
    for index, words in ipairs(READERS) do
        local name = index % 2 == 0 and "@/zero.lua" or "@/fifo.lua"
        refuses(words:gsub("FILE", name), name:gsub("@", folder) .. ": is no regular file")
    end
end)

case("a file that is too long is refused before it is read", function()
    shell("truncate -s 2G @/long.lua")
    for index, words in ipairs(READERS) do
        local most = index <= 2 and 1 or 16
        refuses(words:gsub("FILE", "@/long.lua"), ("long.lua: has more than %d MiB, the most that "
            .. "such a file may have"):format(most))
    end
end)

case("a list of jobs has no place for a folder's name with a tab", function()
    shell("cp -r @/lib \"@/$(printf 'a\\tb')\"")
    local code, output = line.run(line.program, { "sweep", folder .. "/a\tb", "--jobs" })
    check.equal(code, 1, output)
    check.contains(output, "/a?b: --jobs: a folder's name with a tab")
    check.absent(output, "\n")
end)

line.close()
