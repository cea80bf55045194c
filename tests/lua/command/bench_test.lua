-- lutloom bench on the command line: suites and charts from rows that were measured before.
local check = require("check")
local files = require("base.files")
local host = require("base.host")

local line = require("command_line").new()
local accepts, refuses, write, folder = line.accepts, line.refuses, line.write, line.folder

local ROWS = check.root .. "/tests/lua/rows.jsonl"

local function case(name, test)
    check.case("bench: " .. name, test)
end

local function exists(name)
    return host.path_kind(folder .. "/" .. name) ~= nil
end

write("rows.jsonl", assert(files.read(ROWS)))

case("a chart has every series, the limits and the machine", function()
    accepts("bench --plot --from @/rows.jsonl", "rows.svg: drawn from the rows of")
    local svg = assert(files.read(folder .. "/rows.svg"))
    for _, text in ipairs({ "Lutloom on Test Processor 9000 @ 2 GHz", "Lutloom", "T-MAC schedule",
        "ggml, fastest type", "limit: read bandwidth", "limit: int8 dot peak", "w2g128",
        "4096x4096", "Q4_0", "repacked", "N = 128, weights in cache, 1 thread", "GMAC/s" }) do
        check.contains(svg, (">%s</text>"):format(text))
    end
    for _, colour in ipairs({ "  0, 114, 178", "230, 159,   0", "  0, 158, 115" }) do
        check.contains(svg, ("rgb(%s)"):format(colour))
    end
    local opened, closed = select(2, svg:gsub("<g[ >]", "")), select(2, svg:gsub("</g>", ""))
    check.equal(opened, closed, "groups of the SVG")
    accepts("bench --plot @/named.svg --from @/rows.jsonl", "named.svg")
    check.equal(assert(files.read(folder .. "/named.svg")), svg)
end)

case("names in rows are text to gnuplot, not commands", function()
    write("odd.jsonl", (assert(files.read(ROWS)):gsub("Test Processor",
        "`touch " .. folder .. "/touched`'\\\\")))
    accepts("bench --plot --from @/odd.jsonl", "odd.svg")
    check.equal(exists("touched"), false)
end)

case("a chart that cannot be drawn leaves nothing", function()
    refuses("bench --plot @/x.svg --from @/none.jsonl", "none.jsonl: No such file")
    write("text.jsonl", "something\n")
    refuses("bench --plot @/x.svg --from @/text.jsonl", "text.jsonl:1: is no row")
    write("other.jsonl", '{"run":"library","library":"c","text_mib":1}\n')
    refuses("bench --plot @/x.svg --from @/other.jsonl", "other.jsonl: there is no row of")
    write("half.jsonl", (assert(files.read(ROWS)):gsub('"n":1,', '"n":1.5,')))
    refuses("bench --plot @/x.svg --from @/half.jsonl", "half.jsonl:1: is no row of 'lutloom")
    refuses("bench --plot @/rows.jsonl/x.svg --from @/rows.jsonl", "is a file, not a folder")
    refuses("bench --plot /dev/full/x.svg --from @/rows.jsonl", "/dev/full")
    check.equal(exists("x.svg"), false)
    check.equal(line.run({ "sh", "-c", "mkdir $0/bin && ln -s $(command -v lua5.4) $0/bin/lua5.4",
        folder }), 0)
    refuses("bench --plot @/x.svg --from @/rows.jsonl", "gnuplot is not installed",
        { "PATH=" .. folder .. "/bin" })
end)

case("a suite's table comes from rows as well", function()
    write("wall.jsonl", (assert(files.read(ROWS)):gsub('"n":1,', '"run":"cache",%0')))
    local output = accepts("bench --suite wall --from @/wall.jsonl",
        "4 figures reached, 1 not reached, ")
    check.contains(output, "w2g128                       0.960    >= 0.95  reached")
    check.contains(output, "there are no rows of its run")
    check.contains(output, "dot_mask_b4m4n1p4 exact avx512vbmi over ggml Q1_0")
end)

case("wrong words about suites and charts are refused before anything is done", function()
    refuses("bench", "a library's folder is missing")
    refuses("bench --suite wal", "--suite wal: unknown suite; known are arm-model, wall")
    refuses("bench --suite ../suites/wall", "unknown suite")
    refuses("bench --suite wall @/lib", "has no place (--out names their folder)")
    refuses("bench --suite wall --seconds soon", "'soon' is no number")
    refuses("bench --suite wall --seconds 0", "--seconds: '0' is no number above 0")
    refuses("bench --suite wall --plot", "--plot: draws the rows of")
    refuses("bench --suite wall --json @ --out @/wall", "cannot be written: it is no file")
    refuses("bench --suite wall --json @/no/x.jsonl --out @/wall", "--json")
    refuses("bench --suite wall --json /dev/full --out @/wall", "--json /dev/full: cannot be")
    refuses("bench --suite wall --ggml @/none --out @/wall", "none: no such folder")
    refuses("bench --suite wall --out @/rows.jsonl", "rows.jsonl: is a file")
    refuses("bench --suite wall --out @ --json @/new.jsonl", "which is not of suite wall")
    refuses("bench --json @/x.jsonl @/lib", "--json: belongs to --suite")
    refuses("bench --from @/rows.jsonl", "needs --plot or --suite")
    refuses("bench --from @/rows.jsonl --plot @/x.svg @/lib", "has no place beside it")
    refuses("bench @/none --plot", "no such folder")
    check.equal(exists("wall"), false)
    check.equal(exists("new.jsonl"), false)
    check.equal(exists(files.temporary("new.jsonl")), false)
end)

line.close()
