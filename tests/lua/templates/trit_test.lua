local check = require("check")
local format = require("input.format")
local isa = require("input.isa")
local panel_trit = require("trit.panel")
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
