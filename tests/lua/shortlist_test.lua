-- Prefetch distances that methods do not list, and which candidates are compiled.
local check = require("check")
local distance = require("distance")
local format = require("format")
local isa = require("isa")
local selection = require("selection")
local shortlist = require("shortlist")
local space = require("space")

local line = require("command_line").new()

local function case(name, test)
    check.case("shortlist: " .. name, test)
end

local function distances(list)
    local texts = {}
    for index, choice in ipairs(distance.widen(list)) do
        texts[index] = ("%s/%s%s"):format(choice.numbers.p, choice.numbers.f,
            choice.listed and "!" or "")
    end
    return table.concat(texts, " ")
end

case("a list is widened by distances, each once", function()
    check.equal(distances({ { b = 1, p = 2, f = 8 } }),
        "2/8! 1/4 1/8 1/16 1/32 2/4 2/16 2/32 4/8 4/16 4/32")
    check.equal(distances({ { b = 1, p = 4 } }), "4/nil! 1/nil 2/nil")
    check.equal(distances({ { b = 1 } }), "nil/nil!")
    check.equal(select(2, distances({ { b = 1, p = 2, f = 8 }, { b = 1, p = 4, f = 16 } })
        :gsub("/", "")), 11)
    check.equal(select(2, distances({ { b = 1, p = 2, f = 8 }, { b = 2, p = 2, f = 8 } })
        :gsub("/", "")), 22)
end)

case("another distance costs a hair more the further it is from the nearest listed", function()
    local factors = {}
    for _, choice in ipairs(distance.widen({ { p = 2, f = 8 }, { p = 4, f = 16 } })) do
        factors[choice.numbers.p .. "/" .. choice.numbers.f] = choice.factor
    end
    check.equal(factors["2/8"], 1)
    check.equal(factors["4/16"], 1)
    check.equal(factors["2/16"] > 1 and factors["2/16"] < factors["1/4"], true)
    check.equal(factors["4/32"], factors["2/16"], "one doubling from either")
    check.equal(factors["1/32"] < 1.01, true)
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

local GEN = "gen --model @/tiny.lua --format w2g32 --target haswell --mode exact "

case("gen compiles more where it is told to, and again the same", function()
    line.write("tiny.lua", 'return { name = "tiny", layers = { { role = "q", m = 64, k = 128 } } }')
    local usual = line.accepts(GEN .. "--out @/usual", "files changed")
    local same = line.accepts(GEN .. "--candidates 0 --out @/same", "files changed")
    check.equal(usual:match("library, %d+ cand"), same:match("library, %d+ cand"))
    local more = line.accepts(GEN .. "--candidates 3 --out @/more", "files changed")
    local function candidates(output)
        return tonumber(output:match("(%d+) candidates"))
    end
    check.equal(candidates(more), candidates(usual) + 6, "3 for one token, 3 for a few")
    line.accepts("gen --out @/more", "; 0 files changed")
    line.accepts("explain w2g32:64x128 @/usual", "ranked and not compiled (gen --candidates)")
    local hidden = line.accepts("explain w2g32:64x128 @/usual --all", "  not compiled")
    local shown = line.accepts("explain w2g32:64x128 @/more --all", "  not compiled")
    check.equal(select(2, hidden:gsub("not compiled", "")),
        select(2, shown:gsub("not compiled", "")) + 6)
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
            .. number, "is no number from 0 to 9999")
    end
    line.refuses("gen --out @/usual --candidates 1", "--candidates and --mca have no place")
end)

line.close()
