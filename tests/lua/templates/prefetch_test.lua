-- Which kernels ask for the next page of scales.
local check = require("check")
local format = require("input.format")
local isa = require("input.isa")
local space = require("space.space")

local function names_of_asking(name, levels)
    local isas = {}
    for index, level in ipairs(levels) do
        isas[index] = isa.by_name[level]
    end
    local found = {}
    for _, record in ipairs(space.kernels({ assert(format.parse(name)) }, { "exact" }, isas)) do
        if record.listed and record.vars.asks_next_page then
            found[#found + 1] = record.schedule .. "_" .. record.isa.name
        end
    end
    return table.concat(found, " ")
end

check.case("prefetch: short groups of few rows, for one token, without distances", function()
    check.equal(names_of_asking("iq4g32", { "avx512vbmi" }), "dot_shift_b2m2n1_avx512vbmi")
    check.equal(names_of_asking("w2g64", { "avx512vbmi" }), "dot_mask_b2m2n1_avx512vbmi "
        .. "dot_mask_b3m3n1_avx512vbmi dot_shift_b2m2n1_avx512vbmi dot_shift_b3m3n1_avx512vbmi")
end)

check.case("prefetch: neither longer groups nor whole rows, nor levels that no Zen has", function()
    for _, name in ipairs({ "w4g128", "w6g256s16x8", "w4row" }) do
        check.equal(names_of_asking(name, { "avx2", "avx512vbmi" }), "")
    end
    check.equal(names_of_asking("iq4g32", { "ssse3", "avx512bw", "dotprod" }), "")
end)
