-- Tiles and distances that methods do not list, and which candidates are compiled.
local check = require("check")
local compiling = require("choice.compiling")
local format = require("input.format")
local isa = require("input.isa")
local name = require("space.name")
local selection = require("choice.selection")
local shortlist = require("space.shortlist")
local space = require("space.space")
local widen = require("space.widen")

local line = require("command_line").new()

local function case(title, test)
    check.case("shortlist: " .. title, test)
end

-- What stands near a list for an op, sorted, but the list itself.
local function near(list, op)
    local texts = {}
    for _, choice in ipairs(widen(list, op)) do
        texts[#texts + 1] = not choice.listed and name.schedule("f", "m", choice.numbers):sub(5)
            or nil
    end
    table.sort(texts)
    return table.concat(texts, " ")
end

case("a list is widened by distances, each once", function()
    check.equal(near({ { b = 1, n = 1, p = 2, f = 8 } }, "gemv"),
        "b1n1p1f16 b1n1p1f32 b1n1p1f4 b1n1p1f8 b1n1p2f16 b1n1p2f32 b1n1p2f4 b1n1p4f16 b1n1p4f32 "
            .. "b1n1p4f8 b2n1p2f8")
    check.equal(near({ { b = 1, p = 4 } }, "gemv"), "b1p1 b1p2 b2p4")
    local both = near({ { b = 1, p = 2, f = 8 }, { b = 1, p = 4, f = 16 } }, "gemv")
    check.equal(select(2, both:gsub("b1", "")), 9)
end)

case("a list is widened by tiles and blocks, each once", function()
    check.equal(near({ { b = 4, m = 4, n = 1 } }, "gemv"), "b2m2n1 b3m3n1 b5m5n1 b8m8n1")
    check.equal(near({ { b = 2, m = 2, n = 4, k = 512 } }, "gemm"),
        "b1m1n4k512 b2m1n4k512 b2m2n2k512 b2m2n3k512 b2m2n4k1024 b2m2n4k256 b2m2n5k512 b2m2n8k512 "
            .. "b4m4n4k512")
    check.equal(near({ { b = 4, m = 2, n = 8 } }, "few"),
        "b2m2n8 b3m2n8 b4m1n8 b4m2n4 b4m2n7 b4m4n8 b5m2n8 b8m2n8", "at most 8 tokens")
    local both = near({ { b = 1, m = 1, n = 2 }, { b = 1, m = 1, n = 4 } }, "gemm")
    check.equal(both, "b1m1n3 b1m1n5 b1m1n8 b2m2n2 b2m2n4")
end)

case("another distance costs a hair more the further it is from the nearest listed", function()
    local factors = {}
    for _, choice in ipairs(widen({ { b = 1, p = 2, f = 8 }, { b = 1, p = 4, f = 16 } }, "gemv")) do
        local numbers = choice.numbers
        factors[("%d %d/%d"):format(numbers.b, numbers.p, numbers.f)] = choice.factor
    end
    check.equal(factors["1 2/8"], 1)
    check.equal(factors["1 4/16"], 1)
    check.equal(factors["1 2/16"] > 1 and factors["1 2/16"] < factors["1 1/4"], true)
    check.equal(factors["1 4/32"], factors["1 2/16"], "one doubling from either")
    check.equal(factors["1 1/32"] < 1.01, true)
    check.equal(factors["2 2/8"] > factors["1 1/32"], true, "another block costs more")
end)

local WEIGHTS = assert(format.parse("w2g128"))
local KERNELS = space.kernels({ WEIGHTS }, { "exact", "table", "table7" }, isa.list)

local function names(kernels)
    local list = {}
    for index, kernel in ipairs(kernels) do
        list[index] = kernel.name
    end
    return table.concat(list, "\n")
end

case("there are hundreds of candidates, and what is compiled is what methods list", function()
    local compiled, others = shortlist.of(KERNELS)
    check.equal(#compiled + #others, #KERNELS)
    check.equal(#others > 300, true)
    local tmac = 0
    for _, kernel in ipairs(compiled) do
        check.equal(kernel.listed, true, kernel.name)
        tmac = tmac + (kernel.tmac and 1 or 0)
    end
    check.equal(tmac > 0, true, "T-MAC's schedule")
end)

case("the defaults are those of the listed, whatever else is ranked", function()
    local all, listed = selection.defaults(KERNELS), selection.defaults(shortlist.of(KERNELS, 0))
    for group, pair in pairs(all) do
        for op, kernel in pairs(pair) do
            check.equal(kernel.name, listed[group][op].name, group)
        end
    end
end)

case("more are the first by the model in each op, format, mode and ISA", function()
    local compiled = shortlist.of(KERNELS, 2)
    local counts, worst, best_left = {}, {}, {}
    local is_compiled = {}
    for _, kernel in ipairs(compiled) do
        is_compiled[kernel.name] = true
    end
    for _, kernel in ipairs(KERNELS) do
        local group = kernel.op .. kernel.mode .. kernel.isa.name
        if is_compiled[kernel.name] and not kernel.listed then
            counts[group] = (counts[group] or 0) + 1
            worst[group] = math.max(worst[group] or 0, kernel.rank)
        elseif not kernel.listed then
            best_left[group] = math.min(best_left[group] or math.huge, kernel.rank)
        end
    end
    for group, rank in pairs(best_left) do
        check.equal(counts[group], 2, group)
        check.equal(worst[group] < rank, true, group)
    end
    check.equal(names(shortlist.of(KERNELS, 9999)), names(KERNELS))
end)

case("first takes one of each method, and the untuned choice", function()
    local listed = shortlist.of(KERNELS)
    local compiled, others = compiling.of(KERNELS, "first")
    check.equal(#compiled + #others, #KERNELS)
    check.equal(#compiled < #listed / 2, true)
    local methods, ranks = {}, {}
    for ranks_of, kernels in pairs({ [ranks] = compiled, [methods] = listed }) do
        for _, kernel in ipairs(kernels) do
            local group = kernel.op .. kernel.mode .. kernel.isa.name .. kernel.method
            ranks_of[group] = math.min(ranks_of[group] or math.huge, kernel.rank)
        end
    end
    for group, rank in pairs(methods) do
        check.equal(ranks[group], rank, group)
    end
    local chosen = selection.library(compiled, {})
    for kernel in pairs(selection.library(listed, {})) do
        check.equal(chosen[kernel], true, kernel)
    end
end)

local GEN = "gen --model @/tiny.lua --format w2g32 --target haswell --mode exact "

case("gen compiles more where it is told to, and again the same", function()
    line.write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }')
    local usual = line.accepts(GEN .. "--out @/usual", "files changed")
    local same = line.accepts(GEN .. "--candidates 0 --out @/same", "files changed")
    check.equal(usual:match("library, %d+ cand"), same:match("library, %d+ cand"))
    local more = line.accepts(GEN .. "--candidates 3 --out @/more", "files changed")
    local first = line.accepts(GEN .. "--candidates first --out @/first", "files changed")
    local function candidates(output)
        return tonumber(output:match("(%d+) candidates"))
    end
    check.equal(candidates(more), candidates(usual) + 9, "3 for each op")
    check.equal(candidates(first) < candidates(usual), true)
    line.accepts("gen --out @/first", "; 0 files changed")
    line.accepts("gen --out @/more", "; 0 files changed")
    line.accepts("explain w2g32:64x128 @/usual", "ranked and not compiled (gen --candidates)")
    local hidden = line.accepts("explain w2g32:64x128 @/usual --all", "  not compiled")
    local shown = line.accepts("explain w2g32:64x128 @/more --all", "  not compiled")
    check.equal(select(2, hidden:gsub("not compiled", "")),
        select(2, shown:gsub("not compiled", "")) + 9)
end)

case("explain knows kernels that are not compiled", function()
    line.accepts("explain loom_gemv_w2g32_exact__dot_shift_b2m2n1p1f4_avx2",
        "compiled only where 'gen --candidates' asks for more")
    line.refuses("explain loom_gemv_w2g32_exact__dot_shift_b2m2n1p1f4_avx2 @/usual",
        "was generated without")
    line.refuses("explain loom_gemv_w2g32_exact__dot_shift_b2m2n1p3f4_avx2", "no such schedule")
end)

case("wrong numbers are refused", function()
    for _, number in ipairs({ "many", "=-1", "1.5", "10000", "0x1" }) do
        line.refuses(GEN .. "--out @/bad --candidates" .. (number:find("=") and "" or " ")
            .. number, "is no number from 0 to 9999, nor 'first'")
    end
    line.refuses("gen --out @/usual --candidates 1", "--mca and --name have no place")
end)

line.close()
