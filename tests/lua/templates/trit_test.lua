local check = require("check")
local format = require("input.format")
local isa = require("input.isa")
local panel_trit = require("trit.panel")
local selection = require("choice.selection")
local space = require("space.space")

check.case("trit: groups of 256, which begin inside units, have kernels of every op", function()
    local names, kernels = {}, space.kernels({ format.parse("tg256") }, { "exact" }, isa.list)
    for _, record in ipairs(kernels) do
        names[record.name] = record.listed and record.vars.panel_skips
    end
    for name, skips in pairs({ gemv__dot_trit_b2m2n1_avx512vbmi = false,
        few__dot_trit_b2m2n4k640_avx512vbmi = true, gemm__dot_trit_b2m2n8k640_avx512vbmi = true,
        gemm__dot_tritamx_b2m2k640_amx = true }) do
        check.equal(names["loom_" .. name:gsub("__", "_tg256_exact__")], skips)
    end
end)

check.case("trit: a panel has room for whole units wherever its groups begin", function()
    for _, fits in ipairs({ "tg32 160", "tg64 320", "tg128 640", "tg256 480", "tg256 640",
        "trow 320" }) do
        local name, codes = fits:match("(%w+) (%d+)")
        check.equal(panel_trit.refuse(assert(format.parse(name)), tonumber(codes)), nil)
    end
    for _, short in ipairs({ "tg64 160", "tg128 320", "tg256 320" }) do
        local name, codes = short:match("(%w+) (%d+)")
        check.contains(panel_trit.refuse(assert(format.parse(name)), tonumber(codes)),
            "a panel of " .. codes .. " codes has no room for the units that groups of "
                .. name:sub(3) .. " begin in")
    end
    check.equal(panel_trit.refuse(assert(format.parse("tg256")), 160),
        "a panel of 160 codes is less than a group")
end)

check.case("trit: untuned tables of 1.6 bits serve one token, a few and many", function()
    for _, key in ipairs({ "tg64", "tg128", "tg256" }) do
        local kernels = space.kernels({ format.parse(key) }, { "table" }, isa.list)
        local pair = selection.defaults(kernels)[key .. " table avx512vbmi"]
        for op, schedule in pairs({ gemv = "lut_trit_b4m4n1p2f8", few = "lut_trit_b4m1n4p2f8",
            gemm = "lut_trit_b4m4n2k640" }) do
            check.equal(pair[op].schedule, schedule)
        end
        check.equal(pair.gemv.layout.name, "quadtrit16x4_w8")
    end
end)

check.case("trit: a tile of several tokens takes the vectors of a block in turn", function()
    local _, refused = space.kernels({ format.parse("tg256") }, { "table" }, isa.list)
    local reasons = {}
    for _, record in ipairs(refused) do
        reasons[record.name] = record.reason
    end
    check.equal(reasons.loom_few_tg256_table__lut_trit_b4m4n4p2f8_avx512vbmi,
        "planes of 4 vectors of rows have no registers beside those of tokens")
end)
