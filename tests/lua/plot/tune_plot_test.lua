-- lutloom tune --plot: what the chart of a tuning file shows, and the command.
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local manifest = require("library.manifest")
local scatter = require("plot.scatter")

local line = require("command_line").new()
local accepts, refuses, write, folder = line.accepts, line.refuses, line.write, line.folder

local function case(name, test)
    check.case("tune plot: " .. name, test)
end

-- ---- What the chart shows -----------------------------------------------------------------

local KERNELS = {
    { name = "v", schedule = "dot_shift_b2m2n1", cost = 0.25 },
    { name = "w", schedule = "lut_quad_b8m8n1p2f8", cost = 0.5 },
    { name = "x", schedule = "lut_quad_b4m4n1", cost = 0.5 },
}

local function sample(kernel, seconds, more)
    local made = { format = "w2g128", m = 10, k = 100, n = 1, threads = 1, residency = "dram",
        kernel = kernel, seconds = seconds }
    for field, value in pairs(more or {}) do
        made[field] = value
    end
    return made
end

local function chart_of(samples, rows)
    return scatter.of({ cpu = "A; 32K L1", isa = "avx2", samples = samples, rows = rows or {} },
        KERNELS, "exact")
end

case("a panel for each number of tokens and place, a series for each method", function()
    local drawn = chart_of({
        sample("w", 4e-9), sample("v", 3e-9), sample("x", 4e-9, { m = 20 }),
        sample("v", 1e-9, { n = 128 }), sample("v", 1e-9, { residency = "cache", threads = 2 }),
        sample("unknown", 1),
    })
    check.equal(drawn.machine, "A")
    check.equal(#drawn.panels, 3)
    check.equal(drawn.panels[1].title, "N = 1, weights in cache, 2 threads")
    check.equal(drawn.panels[3].title, "N = 128, weights in DRAM, 1 thread")
    local panel = drawn.panels[2]
    check.equal(panel.series[1].name, "dot shift")
    check.equal(panel.series[2].name, "lut quad")
    check.equal(panel.series[1].colour, drawn.panels[1].series[1].colour)
    check.equal(panel.series[1].points[1].x, 0.25)
    check.equal(("%.6f"):format(panel.series[1].points[1].y), "3.000000")
    check.equal(("%.6f"):format(panel.series[2].points[2].y), "2.000000")
    check.equal(drawn.panels[3].points[1].y, 1000 / 128000, "a token's share")
    check.equal(("%.6f"):format(panel.rate), "8.000000", "the median of 12, 8 and 4")
end)

case("what was chosen in the mode is marked, where it was measured", function()
    local row = { format = "w2g128arow", mode = "exact", m = 10, k = 100, threads = 1,
        residency = "dram", gemv = "v", gemv_n = 1, few = "f", few_n = 4, gemm = "m",
        gemm_n = 128 }
    local function chosen(more)
        local point = chart_of({ sample("v", 1e-9, more) }, { row }).panels[1].points[1]
        return point.chosen
    end
    check.equal(chosen(), true)
    check.equal(chosen({ m = 20 }), false)
    check.equal(chosen({ kernel = "w" }), false)
    check.equal(chosen({ residency = "cache" }), false)
    row.mode = "fastest"
    check.equal(chosen(), false)
end)

case("an axis has marks, however short it is", function()
    for power = -3, 3 do
        for _, digits in ipairs({ 1, 1.7, 3.9, 9.6 }) do
            local axis = chart_of({ sample("v", digits * 10.0 ^ power) }).panels[1].y
            check.equal(#axis.marks >= 1 and axis.marks[1] >= axis.low
                and axis.marks[#axis.marks] <= axis.high, true, digits .. "e" .. power)
        end
    end
end)

-- ---- The command --------------------------------------------------------------------------

write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n')
accepts("gen --model @/tiny.lua --format w2g32 --target generic --mode exact --out @/lib",
    "files changed")

local HASH = assert(manifest.parse(assert(files.read(folder .. "/lib/manifest.json")), "m")).hash
local HEADER = "lutloom-tuning 3\ncpu `touch x`'s \\CPU\"; 32K L1\nisa c\ncompiler x 1\nkernels "
    .. HASH .. "\n"
local DOT = "loom_gemv_w2g32_exact__dot_plain_b1m1n1_c"
local MEASURED = HEADER .. "sample w2g32 64 128 1 1 dram " .. DOT .. " 2e-06 0.01 9 7\n"

case("draws the tuning file of a library without measuring", function()
    write("lib/tuning.txt", MEASURED)
    accepts("tune @/lib --plot", "lib/tuning.svg: drawn from " .. folder .. "/lib/tuning.txt")
    local svg = assert(files.read(folder .. "/lib/tuning.svg"))
    for _, text in ipairs({ "N = 1, weights in DRAM, 1 thread", "dot plain", "chosen",
        "model: vector operations a weight and token", "measured: ps a weight and token" }) do
        check.contains(svg, (">%s</text>"):format(text))
    end
    check.contains(svg, "Measured time over modelled cost: ?touch x??s ?CPU?, c<")
    accepts("tune @/lib --plot @/named.svg", "named.svg")
    check.equal(assert(files.read(folder .. "/named.svg")), svg)
    check.equal(assert(files.read(folder .. "/lib/tuning.txt")), MEASURED)
    check.equal(host.path_kind(folder .. "/lib/build"), nil)
end)

case("what cannot be drawn is refused, and leaves nothing", function()
    os.remove(folder .. "/named.svg")
    local plot = "tune @/lib --plot @/named.svg"
    write("lib/tuning.txt", HEADER)
    refuses(plot, "lib/tuning.txt: there is no sample of a kernel of the library")
    write("lib/tuning.txt", MEASURED .. "sample\n")
    refuses(plot, "lib/tuning.txt:7: is no result")
    write("lib/tuning.txt", MEASURED:sub(1, -2))
    refuses(plot, "lib/tuning.txt:6: is not complete")
    write("lib/tuning.txt", (MEASURED:gsub(HASH, "0123")))
    refuses(plot, "is not for " .. folder .. "/lib: kernels was '0123'")
    os.remove(folder .. "/lib/tuning.txt")
    refuses(plot, "lib/tuning.txt: nothing was measured ('lutloom tune " .. folder .. "/lib' does)")
    write("lib/tuning.txt", MEASURED)
    refuses("tune @/lib --plot @/tiny.lua/x.svg", "is a file, not a folder")
    refuses("tune @/none --plot", "no such folder")
    refuses("tune --plot @/named.svg", "a library's folder is needed")
    refuses(plot .. " --budget 1", "--budget: has no place beside --plot")
    refuses(plot .. " --import x", "--import: has no place beside --plot")
    refuses("tune --merge a b --plot x", "--plot: has no place beside --merge")
    check.equal(line.run({ "sh", "-c", "mkdir $0/bin && ln -s $(command -v lua5.4) $0/bin/lua5.4",
        folder }), 0)
    refuses(plot, "gnuplot is not installed (package gnuplot-nox)", { "PATH=" .. folder .. "/bin" })
    check.equal(host.path_kind(folder .. "/named.svg"), nil)
end)

line.close()
