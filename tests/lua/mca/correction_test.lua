-- Ranking by llvm-mca: what a kernel costs, correction tables, and gen --mca from end to end.
local check = require("check")
local correction_fit = require("mca.correction_fit")
local corrections = require("mca.corrections")
local files = require("base.files")
local format = require("input.format")
local host = require("base.host")
local isa = require("input.isa")
local json = require("base.json")
local kernel_cost = require("space.kernel_cost")
local shortlist = require("space.shortlist")
local space = require("space.space")

local line = require("command_line").new()

local function case(name, test)
    check.case("correction: " .. name, test)
end

local function kernels_of(name, model)
    return space.kernels({ assert(format.parse(name)) }, { "exact" }, { isa.by_name.avx2 }, model)
end

local function find(kernels, schedule)
    for _, kernel in ipairs(kernels) do
        if kernel.schedule == schedule then
            return kernel
        end
    end
    error("there is no " .. schedule)
end

-- A model that knows one loop.
local function model_of(kernel, cycles, factors)
    return { cycles = { [kernel_cost.loop(kernel)] = cycles }, factors = factors or {} }
end

case("kernels that differ in their distances alone have one loop", function()
    local kernels = kernels_of("w2g32")
    local function loop(schedule)
        return kernel_cost.loop(find(kernels, schedule))
    end
    check.equal(loop("dot_shift_b2m2n1p2f8"), loop("dot_shift_b2m2n1p1f4"))
    check.equal(loop("dot_shift_b2m2n1p2f8") == loop("dot_shift_b2m2n1"), false)
    check.equal(loop("dot_shift_b2m2n1p2f8") == loop("dot_shift_b3m3n1p2f8"), false)
    check.equal(loop("dot_shift_b2m2n1"), "loom_gemv_w2g32_exact__dot_shift_b2m2n1_avx2")
end)

case("cycles stand for what is in the loop, two operations each", function()
    local schedule = "dot_panel_b2m2n4k512"
    for name, ends_stay in pairs({ w2g32 = false, w2row = true }) do
        local plain = find(kernels_of(name), schedule)
        local timed = find(kernels_of(name, model_of(plain, 0.5)), schedule)
        local rest = timed.ops - 1
        check.equal(rest > 0.0019, true, "the panel's unpacking")
        check.equal(rest > 0.0021, ends_stay, name .. ": the ends of rows")
        local corrected = find(kernels_of(name, model_of(plain, 0.5,
            { avx2 = { gemm = { dot_panel = 2 } } })), schedule)
        check.equal(corrected.ops, 2 * timed.ops)
        check.equal(corrected.cost, corrected.ops)
    end
end)

case("kernels are ranked by the cycles, memory still counts", function()
    local last = "dot_shift_b2m2n1"
    local before = kernels_of("w2g32")
    local plain = find(before, last)
    check.equal(plain.rank > 0, true)
    local after = kernels_of("w2g32", model_of(plain, 1e-6))
    check.equal(find(after, last).cost > 0.01, true, "reading the weights")
    local gemm = find(before, "dot_panel_b2m2n4k512")
    check.equal(gemm.rank > 0, true)
    check.equal(find(kernels_of("w2g32", model_of(gemm, 1e-6)), gemm.schedule).rank, 0)
end)

-- A sample that took `times` as long as the model says, at 1 GHz.
local function sample(kernel, times, more)
    more = more or {}
    local n = more.n or kernel.op == "gemv" and 1 or 128
    return { kernel = kernel.name, m = 64, k = 128, n = n, threads = more.threads or 1,
        residency = more.residency or "cache", quiet = more.quiet or 9,
        seconds = times * 1e-9 * kernel.ops / kernel_cost.OPS * 64 * 128 * n }
end

case("factors are medians, and the median of all is 1", function()
    local kernels = kernels_of("w2g32")
    local gemv = find(kernels, "dot_shift_b2m2n1")
    local pair, panel = find(kernels, "lut_pair_b1m1n1"), find(kernels, "dot_panel_b2m2n4k512")
    local samples = {
        sample(gemv, 2), sample(gemv, 2.2), sample(gemv, 9), sample(pair, 4.4), sample(panel, 1.1),
        sample(panel, 50, { n = 4 }), sample(gemv, 50, { residency = "dram" }),
        sample(gemv, 50, { threads = 2 }),
        sample(gemv, 50, { quiet = 0 }),
    }
    local factors, clock = correction_fit.factors(correction_fit.samples(samples), kernels)
    local function near(got, wanted)
        check.equal(math.abs(got / wanted - 1) < 1e-9, true, got)
    end
    near(factors.avx2.gemv.dot_shift, 1)
    near(factors.avx2.gemv.lut_pair, 2)
    near(factors.avx2.gemm.dot_panel, 0.5)
    near(clock, 1e9 / 2.2)
    check.equal(#correction_fit.samples(samples), 5)
    check.refused("there is no kernel " .. gemv.name,
        correction_fit.factors({ sample(gemv, 1) }, { pair }))
end)

local TABLE = { cpu = "A; 32K L1", factors = { avx2 = { gemv = { dot_shift = 1.25 } } } }

case("a table is read as it was written", function()
    local text = corrections.text(TABLE, "haswell")
    local record = assert(corrections.parse(text, "haswell.lua"))
    check.equal(record.cpu, TABLE.cpu)
    check.equal(record.factors.avx2.gemv.dot_shift, 1.25)
    check.equal(corrections.text(record, "haswell"), text)
end)

case("a wrong table is refused", function()
    local text = corrections.text(TABLE, "haswell")
    for _, entry in ipairs({
        { "= {", "= [", "t.lua:" },
        { "return", "", "t.lua:" },
        { "cpu = .-\",\n", "", "t.lua: 'cpu' is missing" },
        { "factors", "factor", "unknown key 'factor'" },
        { "avx2", "avx3", "t.lua: factors: unknown key 'avx3'" },
        { "gemv", "gemw", "t.lua: factors.avx2: unknown key 'gemw'" },
        { "dot_shift", "dot_shaft", "t.lua: factors.avx2.gemv: unknown key 'dot_shaft'" },
        { "dot_shift", "dot_panel", "t.lua: factors.avx2.gemv: unknown key 'dot_panel'" },
        { "1.250", "0", "'dot_shift' must be a number above 0, not 0" },
        { "1.250", "-1", "must be a number above 0" },
        { "1.250", "1/0", "must be a number above 0" },
        { "1.250", "'1'", "must be a number above 0" },
        { "gemv = {.-},", "gemv = 1,", "'gemv' must be a table, not 1" },
    }) do
        local broken, count = text:gsub(entry[1], entry[2], 1)
        check.equal(count, 1, entry[1])
        check.refused(entry[3], corrections.parse(broken, "t.lua"))
    end
end)

case("the tables that are shipped are written as the command writes them", function()
    local folder = check.root .. "/gen/corrections"
    for _, file in ipairs(assert(host.list_dir(folder))) do
        local name = file:match("^(.*)%.lua$")
        if name then
            local text = assert(files.read(folder .. "/" .. file))
            check.equal(text, corrections.text(assert(corrections.parse(text, file)), name))
        end
    end
end)

-- A format with few loops: each is compiled.
local GEN = "gen --model @/tiny.lua --format w8g32 --mode exact --mca "
local NOTE = "costs are llvm-mca's (avx2 as haswell, %s), but the analytic model's of c"

local function kernel_costs(folder)
    local costs = {}
    local manifest = assert(json.decode(assert(files.read(line.folder .. folder
        .. "/manifest.json"))))
    for _, kernel in ipairs(manifest.kernels) do
        costs[kernel.name] = kernel.cost
    end
    return costs, manifest
end

case("gen --mca ranks by the model of the target", function()
    line.write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }')
    line.accepts(GEN .. "--target haswell --out @/lib", NOTE:format("without a correction table"))
    local costs, manifest = kernel_costs("/lib")
    check.contains(manifest.command, " --mca ")
    local changed = 0
    for _, kernel in ipairs((shortlist.of((kernels_of("w8g32"))))) do
        changed = changed + (costs[kernel.name] ~= kernel.cost and 1 or 0)
    end
    -- Of dot_shift_b2m2n1p2f8, the fifth, both models happen to say the same.
    check.equal(changed, 4, "costs that are not the analytic model's")
    line.accepts("gen --out @/lib", "; 0 files changed")
    check.contains(line.accepts("explain w8g32:64x128 @/lib", "Chosen by the model"),
        NOTE:format("without a correction table"))
    local name = "loom_gemm_w8g32_exact__dot_panel_b2m2n4k512_avx2"
    check.contains(line.accepts("explain " .. name .. " @/lib", NOTE:sub(1, 20)),
        ("%.4f  %s"):format(costs[name], name))
end)

case("a table is fitted to what was measured, and corrects", function()
    local costs, manifest = kernel_costs("/lib")
    local header = "lutloom-tuning 3\ncpu A; 32K L1\nisa avx2\ncompiler clang 1\nkernels %s\n"
    local row = "sample w8g32 64 128 1 1 cache %s %.4g 0.01 9 9\n"
    line.refuses("tune @/lib --correction @/haswell.lua", "tuning.txt: No such file")
    line.write("lib/tuning.txt", header:format(manifest.hash))
    line.refuses("tune @/lib --correction @/haswell.lua", "has no undisturbed sample of one")
    line.write("lib/tuning.txt", (header:format(manifest.hash):gsub("avx2", "avx512vbmi")))
    line.refuses("tune @/lib --correction @/haswell.lua",
        "isa avx512vbmi, of which target haswell has no model")
    line.write("lib/tuning.txt", header:format(manifest.hash)
        .. row:format("loom_gemv_w8g32_exact__dot_shift_b2m2n1_avx2", 1e-6)
        .. row:format("loom_gemm_w8g32_exact__dot_panel_b2m2n4k512_avx2", 3e-6)
            :gsub("128 1 1", "128 128 1"))
    line.write("zen4.lua", "no table")
    line.refuses("tune @/lib --correction @/zen4.lua", "zen4.lua:1: ")
    line.accepts("tune @/lib --correction @/haswell.lua", "clock comes out as")
    local text = assert(files.read(line.folder .. "/haswell.lua"))
    local record = assert(corrections.parse(text, "haswell.lua"))
    local gemv, gemm = record.factors.avx2.gemv.dot_shift, record.factors.avx2.gemm.dot_panel
    check.equal(math.abs(gemv + gemm - 2) < 0.002, true, text)

    local home = line.folder .. "/home"
    line.run({ "sh", "-c", ('mkdir -p "$1/gen/corrections" && cd "$1" && for n in templates '
        .. 'runtime shapes LICENSE gen/lua gen/targets gen/VERSION; do ln -s "$2/$n" $n; done && '
        .. 'cp ../haswell.lua gen/corrections'), "sh", home, check.root:find("^/") and check.root
        or os.getenv("PWD") .. "/" .. check.root })
    local variables = { "LUTLOOM_HOME=" .. home }
    local code, output = line.lutloom("gen --out @/lib", variables)
    check.equal(code, 0, output)
    check.contains(output, NOTE:format("corrected"))
    local corrected = kernel_costs("/lib")
    for name, changes in pairs({ loom_few_w8g32_exact__dot_shift_b2m2n4p2f8_avx2 = false,
        loom_gemv_w8g32_exact__dot_shift_b2m2n1_avx2 = gemv ~= 1 }) do
        check.equal(corrected[name] ~= costs[name], changes, name)
    end
    line.write("home/gen/corrections/haswell.lua", (text:gsub("dot_shift = ", "%0-")))
    line.refuses("gen --out @/lib", "gen/corrections/haswell.lua: factors.avx2.gemv: 'dot_shift' "
        .. "must be a number above 0", variables)
end)

case("what a generation that was stopped has modelled does not keep another off", function()
    line.run({ "mkdir", "-p", line.folder .. "/stopped/models" })
    local plain = "gen --model @/tiny.lua --format w2g32 --target generic --out @/stopped"
    line.accepts(plain, "files changed")
    line.run({ "mkdir", "-p", line.folder .. "/mine/models", line.folder .. "/mine/music" })
    line.refuses(plain:gsub("stopped", "mine"), "holds files that are no Lutloom library")
end)

case("what cannot be modelled or fitted is said", function()
    line.refuses(GEN .. "--target native --out @/none",
        "target native names no CPU that llvm-mca")
    line.refuses(GEN .. "--target x86-64 --out @/none", "names no CPU that llvm-mca has a model of")
    line.refuses("gen --out @/lib --mca", "--mca and --name have no place")
    line.refuses("tune @/lib --correction @/haswell.txt", "is no TARGET.lua")
    line.refuses("tune @/lib --correction @/mine.lua", "unknown target 'mine'")
    line.refuses("tune @/lib --correction @/rpi2.lua", "target rpi2 names no model of llvm-mca")
    line.refuses("tune @/lib --correction @/rpi4.lua", "has no level of the library's, c avx2")
    line.refuses("tune @/lib --correction @/haswell.lua --fresh", "--fresh: has no place beside")
    line.refuses("tune --correction @/haswell.lua", "a library's folder is needed")
end)

line.close()
