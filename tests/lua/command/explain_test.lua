-- lutloom explain PROBLEM, and the choice that it explains.
local check = require("check")
local files = require("base.files")
local format = require("input.format")
local isa = require("input.isa")
local manifest = require("library.manifest")
local plan = require("choice.plan")

local line = require("command_line").new()
local accepts, refuses, write, folder = line.accepts, line.refuses, line.write, line.folder

local function case(name, test)
    check.case("explain: " .. name, test)
end

-- ---- What a plan gets ---------------------------------------------------------------------

local function kernel(name, op, cost, layout, more)
    more = more or {}
    return { name = name, op = op, cost = cost, rank = more.rank or cost, tmac = false,
        listed = true, layout = { name = layout }, format = format.parse("w2g128"),
        mode = more.mode or "exact",
        isa = isa.by_name[more.isa or "avx2"] }
end

local KERNELS = {
    kernel("va", "gemv", 2, "a"), kernel("ma", "gemm", 1, "a"), kernel("fa", "few", 1, "a"),
    kernel("vb", "gemv", 3, "b"), kernel("mb", "gemm", 2, "b"), kernel("fb", "few", 0, "b"),
    kernel("vt", "gemv", 1, "b", { mode = "table" }), kernel("mt", "gemm", 1, "b",
        { mode = "table" }),
    kernel("v7", "gemv", 0, "a", { mode = "table7" }), kernel("m7", "gemm", 0, "a",
        { mode = "table7" }),
}

local function problem(mode, m, k)
    return { format = format.parse("w2g128"), mode = mode, m = m or 64, k = k or 64 }
end

local function names(choice)
    return ("%s: %s %s %s"):format(choice.why, choice.gemv.name, choice.few.name, choice.gemm.name)
end

-- The names of the default among the kernels.
local function default(kernels, mode, level)
    local choice = plan.default(kernels, problem(mode), isa.by_name[level or "avx2"])
    return choice and names(choice)
end

case("the default is the pair of one layout that costs least in the modes that serve", function()
    check.equal(default(KERNELS, "exact"), "default: va fa ma")
    check.equal(default(KERNELS, "table"), "default: vt mt mt")
    check.equal(default(KERNELS, "fastest"), "default: vt fb mt")
    check.equal(default(KERNELS, "table7"), "default: v7 m7 m7")
    check.equal(default({ KERNELS[1], KERNELS[5] }, "exact"), nil)
    check.equal(default(KERNELS, "exact", "avx512bw"), nil)
end)

case("7-bit tables are the default of who gets nothing else", function()
    check.equal(default({ KERNELS[1], KERNELS[9], KERNELS[10] }, "fastest"), "default: v7 m7 m7")
end)

case("kernels of a level that adds to another go with those of that one", function()
    check.equal(default({
        kernel("v", "gemv", 2, "a", { isa = "avx512vbmi" }),
        kernel("m", "gemm", 1, "a", { isa = "avx512vbmi" }),
        kernel("x", "gemm", 0.5, "a", { isa = "amx", rank = 1 }),
    }, "exact", "amx"), "default: v x x")
end)

case("of the kernels for a few tokens in the pair's layout the first takes them", function()
    local function few_of(exact_rank)
        return plan.default({
            kernel("v", "gemv", 2, "a"), kernel("m", "gemm", 1, "a"),
            kernel("f", "few", exact_rank, "a"),
            kernel("vt", "gemv", 1, "a", { mode = "table" }),
            kernel("mt", "gemm", 2, "a", { mode = "table" }),
            kernel("ft", "few", 2, "a", { mode = "table" }),
        }, problem("fastest"), isa.by_name.avx2).few.name
    end
    check.equal(few_of(1), "f")
    check.equal(few_of(3), "ft")
end)

local function row(m, k, more)
    local made = { format = "w2g128", mode = "exact", m = m, k = k, threads = 1, residency = "dram",
        isa = "avx2", gemv = "va", few = "fa", gemm = "ma" }
    for field, value in pairs(more or {}) do
        made[field] = value
    end
    return made
end

local OTHERS = { gemv = "vb", few = "fb", gemm = "mb" }

-- What is chosen for 64 x 64 of these rows.
local function chosen(...)
    return names(plan.choose(KERNELS, { ... }, problem("exact"), isa.by_name.avx2))
end

case("what was measured for the shape goes before what was for another, and the model", function()
    check.equal(chosen(), "default: va fa ma")
    check.equal(chosen(row(64, 64, OTHERS)), "tuned: vb fb mb")
    check.equal(chosen(row(256, 64), row(64, 128, OTHERS)), "nearest: vb fb mb")
    check.equal(chosen(row(64, 128, OTHERS), row(64, 64)), "tuned: va fa ma")
    check.equal(chosen(row(128, 64, OTHERS), row(64, 32)), "nearest: va fa ma")
end)

case("DRAM goes before cache, more threads before fewer, later before earlier", function()
    local function other(more)
        return row(64, 64, { gemv = "vb", few = "fb", gemm = "mb", residency = more.residency,
            threads = more.threads })
    end
    check.equal(chosen(row(64, 64), other({ residency = "cache" })), "tuned: va fa ma")
    check.equal(chosen(row(64, 64, { residency = "cache" }), other({})), "tuned: vb fb mb")
    check.equal(chosen(row(64, 64), other({ threads = 2 })), "tuned: vb fb mb")
    check.equal(chosen(row(64, 64, { threads = 2 }), other({})), "tuned: va fa ma")
    check.equal(chosen(other({}), row(64, 64)), "tuned: va fa ma")
end)

case("rows of another mode, format or level do not count", function()
    check.equal(chosen(row(64, 64, { mode = "fastest", gemv = "vb", few = "fb", gemm = "mb" })),
        "default: va fa ma")
    check.equal(chosen(row(64, 64, { format = "w2g64", gemv = "vb", few = "fb", gemm = "mb" })),
        "default: va fa ma")
    check.equal(chosen(row(64, 64, { gemv = "v_avx512", few = "fb", gemm = "mb" })),
        "default: va fa ma")
    check.equal(chosen(row(64, 64, { gemv = "vb", few = "fb", gemm = "mb", isa = "ssse3" })),
        "default: va fa ma")
end)

-- ---- The command --------------------------------------------------------------------------

case("without a library it has the model's order", function()
    local output = accepts("explain w2g128:512x1024 --target zen4", "Chosen by the model:")
    check.contains(output, "w2g128 512 x 1024, mode fastest, on avx512vbmi of target zen4")
    check.contains(output, "GEMM, more tokens (loom_gemm_w2g128_...): ")
    check.contains(output, " more (--all lists them)\n")
    check.contains(output, " refused (--all says why)\n")
    check.equal(select(2, output:gsub("\n  %* +%d+ +%d%.%d+ ", "")), 3, "choices in the lists")
    check.equal(select(2, output:gsub("\n  %* [12m][^\n]* loom_", "")), 3, "choices by name")
    check.equal(select(2, output:gsub("\n", "\n")) < 40, true, "one screen")
end)

case("where nothing is made for a few tokens it says what serves them", function()
    accepts("explain w2g128:64x64 --target generic",
        "(loom_few_w2g128_...): 0 candidates\n  * what is taken for more tokens\n")
end)

case("the options choose level, mode and length", function()
    accepts("explain w4row:64x64 --target zen4 --isa avx2 --mode table", "mode table, on avx2 of")
    accepts("explain w4row:64x64 --target sapphire-rapids", "on avx512vbmi with amx of target")
    local output = accepts("explain w2g128arow:512x1024 --target zen4 --all", "Chosen by the model")
    check.contains(output, "\n    refused: exact__lut_quad_b4m4n4p2f8_avx512vbmi: needs 36 vector")
    check.absent(output, "--all")
end)

write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }\n')
accepts("gen --model @/tiny.lua --format w2g32 --target generic --out @/lib", "files changed")

local HASH = assert(manifest.parse(assert(files.read(folder .. "/lib/manifest.json")), "m")).hash
local HEADER = "lutloom-tuning 3\ncpu A; 32K L1\nisa c\ncompiler x 1\nkernels " .. HASH .. "\n"

-- The names of a GEMV and a GEMM kernel.
local function pair(schedule)
    local what = "loom_%s_w2g32_" .. schedule .. "_b1m1n1_c"
    return what:format("gemv"), what:format("gemm")
end

local DOT_ONE, DOT_MANY = pair("exact__dot_plain")
local LUT_ONE, LUT_MANY = pair("table__lut_plain")

local function sample(kernel_name, n, seconds)
    return ("sample w2g32 64 128 %d 1 dram %s %s 0.01 9 7\n"):format(n, kernel_name, seconds)
end

local MEASURED = HEADER .. sample(DOT_ONE, 1, "2e-06") .. sample(DOT_MANY, 128, "0.000128")
    .. sample(LUT_ONE, 1, "1e-06") .. sample(LUT_MANY, 128, "0.000256")
    .. sample(DOT_MANY, 4, "4e-06") .. "failed " .. (pair("exact__lut_plain")) .. " it crashed\n"
    .. ("choice w2g32 fastest 64 128 1 dram %s 2e-06 1 %s 4e-06 4 %s 0.000128 128\n"):format(
        DOT_ONE, DOT_MANY, DOT_MANY)

case("what was measured stands beside the model, failures with their reasons", function()
    write("lib/tuning.txt", MEASURED)
    local output = accepts("explain w2g32:64x128 @/lib",
        "Chosen by measurement (64 x 128, 1 thread, weights in DRAM):")
    check.contains(output, "  table__lut_plain_b1m1n1_c                     1 us   1.0 %     "
        .. "7 of 9\n  *    0 ")
    check.contains(output, "  exact__dot_plain_b1m1n1_c                     2 us   1.0 %     "
        .. "7 of 9\n")
    check.contains(output, "exact__lut_plain_b1m1n1_c               failed: it crashed")
    check.contains(output, "(loom_few_w2g32_...): 1 candidate, 1 measured\n  *")
    check.contains(output, "* more     " .. DOT_MANY)
    check.contains(output, "GEMV + 4 GEMM / tokens: 2 us + 4 * 1 us = 6 us.\n"
        .. "The next layout, plain_lut_w2, takes 1.500 times that.\n"
        .. "It is what the model would take, too.")
end)

case("samples made elsewhere than the choice do not count", function()
    write("lib/tuning.txt", MEASURED .. sample(DOT_ONE, 1, "1e-09"):gsub("1 dram", "2 dram")
        .. sample(DOT_ONE, 1, "1e-09"):gsub("dram", "cache")
        .. sample(DOT_ONE, 1, "1e-09"):gsub("64 128", "64 64"))
    check.absent(accepts("explain w2g32:64x128 @/lib", " 2 us "), " ns ")
    write("lib/tuning.txt", MEASURED)
end)

case("another shape has the nearest one's choice", function()
    accepts("explain w2g32:64x64 @/lib", "Chosen as for the nearest measured shape (64 x 128")
end)

case("a choice that is not the model's says what it gains", function()
    write("lib/tuning.txt", (MEASURED:gsub("fastest 64 128 1 dram .*$",
        ("fastest 64 128 1 dram %s 1e-06 1 %s 8e-06 4 %s 0.000256 128\n"):format(LUT_ONE, LUT_MANY,
            LUT_MANY))))
    local output = accepts("explain w2g32:64x128 @/lib", "  d    0")
    check.contains(output, "Layout dot1x1_w2 takes 0.667 times that, too near to replace")
    check.contains(output,
        "The model's choice (d) takes 2.000 times as long for 1 token, 0.500 for 128.")
    local kept = MEASURED:gsub("sample[^\n]*dot_plain[^\n]*\n", "")
    write("lib/tuning.txt", (kept:gsub("fastest 64 128 1 dram .*$",
        ("fastest 64 128 1 dram %s 1e-06 1 %s 8e-06 4 %s 0.000256 128\n"):format(LUT_ONE, LUT_MANY,
            LUT_MANY))))
    accepts("explain w2g32:64x128 @/lib", "The model's choice (d) was not measured to the end.")
end)

case("a tuning file that is not for the library is ignored, and that is said", function()
    os.remove(folder .. "/lib/tuning.txt")
    local output = accepts("explain w2g32:64x128 @/lib", "Chosen by the model:")
    check.contains(output, "Nothing was measured in " .. folder .. "/lib ('lutloom tune ")
    write("lib/tuning.txt", (MEASURED:gsub(HASH, "0123")))
    output = accepts("explain w2g32:64x128 @/lib", "Chosen by the model:")
    check.contains(output, "tuning.txt is ignored: kernels was '0123' and is '" .. HASH .. "'.")
    check.absent(output, "measured")
end)

case("wrong words are refused", function()
    refuses("explain w9:64x64", "unknown format 'w9'")
    refuses("explain w2g32:64", "'w2g32:64' is no problem: FORMAT:MxK")
    refuses("explain w2g32:64x64x64", "is no problem")
    refuses("explain w2g32:0x64", "w2g32:0x64: M is 1 to 1048576")
    refuses("explain w2g32:64x1048577", "K is 1 to 1048576")
    refuses("explain w2g32:64x99999999999999999999", "K is 1 to 1048576")
    refuses("explain w2g32:64x64 --mca", "--mca: models a kernel")
    refuses("explain w2g32:64x64 --mode quick", "--mode")
    refuses("explain w2g32:64x64 --target zen9", "unknown target 'zen9'")
    refuses("explain w2g32:64x64 --target zen4 --isa neon", "--isa neon: is not of target zen4")
    refuses("explain " .. DOT_ONE .. " --all", "--all: belongs to a problem")
    refuses("explain " .. DOT_ONE .. " --mode exact", "--mode: belongs to a problem")
end)

case("libraries and files that cannot answer are refused", function()
    refuses("explain w2g32:64x64 @/none", "no such folder")
    refuses("explain w2g32:64x64 @", "not a library that Lutloom generated")
    refuses("explain w4g32:64x64 @/lib", "was generated without w4g32")
    refuses("explain w2g32:64x64 @/lib --isa avx2", "--isa avx2: is not of " .. folder .. "/lib")
    refuses("explain w2g32:64x64 @/lib --target zen4", "--target zen4: has no place beside")
    write("lib/tuning.txt", MEASURED:sub(1, -4))
    refuses("explain w2g32:64x64 @/lib", "tuning.txt:12: is not complete")
    write("lib/tuning.txt", MEASURED .. "choice of mine\n")
    refuses("explain w2g32:64x64 @/lib", "tuning.txt:13: is no result")
    write("lib/manifest.json", "{}")
    refuses("explain w2g32:64x64 @/lib", "manifest.json: not the manifest")
    accepts("gen --model @/tiny.lua --format w2g32 --target generic --mode exact --out @/exact",
        "files changed")
    refuses("explain w2g32:64x64 @/exact --mode table", "exact was generated with --mode exact")
    accepts("explain w2g32:64x64 @/exact", "mode exact, on c of")
end)

line.close()
