-- Ctrl-C and kill, with real signals: how a command ends, and what it leaves.
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local tuning = require("choice.tuning")

if not os.getenv("LUTLOOM") then
    print("stop: skipped, signals are the C host's")
    return
end

local line = require("command_line").with_library()
local folder = line.folder
local NUMBERS = { HUP = 1, INT = 2, TERM = 15 }

-- Whether a process ends within three seconds, though nobody reads what it says.
local function ends(pid)
    for _ = 1, 60 do
        local state = (files.read(("/proc/%s/stat"):format(pid)) or ""):match("%) (%a)")
        if not state or state == "Z" then
            return true
        end
        os.execute("sleep 0.05")
    end
    return false
end

-- Runs the words, and sends the signal to lutloom alone when wait(the file of its output) returns.
-- It has to die of that signal; returns the rest of what it said. `is_stuck` says that it cannot
-- write, so that it has to die before anybody reads.
local function stop(signal, words, wait, is_stuck)
    local command = ("echo $$; exec env --default-signal=HUP,INT,TERM %s %s 2>&1"):format(
        table.concat(line.program, " "), table.concat(line.split(words), " "))
    local pipe = assert(io.popen(command))
    local pid = pipe:read()
    wait(pipe)
    os.execute(("kill -s %s %s"):format(signal, pid))
    if is_stuck then
        check.equal(ends(pid), true, "waits on")
    end
    local said = pipe:read("a")
    local _, how, number = pipe:close()
    check.equal(how, "signal", said)
    check.equal(number, NUMBERS[signal], said)
    check.absent(said, "lutloom: ")
    return said
end

-- Waits for a line that has `part`.
local function line_with(part)
    return function(pipe)
        repeat
            local text = assert(pipe:read())
        until text:find(part, 1, true)
    end
end

-- Waits for a file.
local function file_at(path)
    return function()
        while host.path_kind(path) ~= "file" do
            os.execute("sleep 0.05")
        end
    end
end

local LAYERS = {}
for m = 64, 640, 64 do
    LAYERS[#LAYERS + 1] = ('{ role = "q%d", m = %d, k = 128 }'):format(m, m)
end
line.write("few.lua", ('return { name = "few", layers = { %s } }\n'):format(
    table.concat(LAYERS, ", ")))
local GEN = "gen --model @/few.lua --format w2g32 --target generic --mode exact --out "
line.accepts(GEN .. "@/library", "files changed")
line.accepts(GEN .. "@/lib", "files changed")

check.case("stop: build dies of the signal, whatever it runs", function()
    stop("INT", "build @/lib", line_with("configuring"))
    stop("TERM", "build @/lib", line_with("compiling"))
end)

for _, signal in ipairs({ "INT", "TERM" }) do
    check.case("stop: tune dies of " .. signal .. " and keeps what is known", function()
        local said = stop(signal, "tune @/library --fresh --residency cache --budget 20",
            line_with("1 of 10: "))
        check.contains(said, " of them now; the next run goes on from there")
        local text = assert(files.read(folder .. "/library/tuning.txt"))
        local record = assert(tuning.parse(text, "file"))
        check.equal(#record.rows > 0, true)
    end)
end

for _, signal in ipairs({ "HUP", "INT", "TERM" }) do
    check.case("stop: bench dies of " .. signal .. " and leaves no rows", function()
        local rows = folder .. "/rows.jsonl"
        stop(signal, "bench @/library --seconds 60 --json @/rows.jsonl",
            file_at(rows .. ".partial"))
        check.equal(host.path_kind(rows), nil)
        check.equal(host.path_kind(rows .. ".partial"), nil)
    end)
end

check.case("stop: a signal ends the waiting for another command", function()
    local holder = assert(io.popen(("flock %s/lib cat"):format(folder), "w"))
    os.execute(("while flock -n %s/lib true; do sleep 0.02; done"):format(folder))
    stop("TERM", "gen --out @/lib", line_with("waiting for the command"), true)
    stop("INT", "build @/lib", line_with("waiting for the command"), true)
    holder:close()
end)

check.case("stop: a signal ends the waiting for whoever reads", function()
    local header = "lutloom-tuning 3\ncpu A\nisa c\ncompiler x 1\nkernels 0123\n"
    local lines = {}
    for number = 1, 2000 do
        lines[number] = ("failed kernel_%d %s\n"):format(number, ("x"):rep(100))
    end
    line.write("long.txt", header .. table.concat(lines))
    stop("TERM", "tune --merge @/long.txt", function()
        os.execute("sleep 0.5")
    end, true)
end)

line.close()
