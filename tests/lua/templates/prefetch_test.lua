-- Which kernels ask for streams beside the weights: for the next page of scales, or for each line.
local check = require("check")
local format = require("input.format")
local home = require("base.home")
local isa = require("input.isa")
local kernels = require("library.kernels")
local space = require("space.space")

home.path = check.root

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

-- The streams that a kernel asks for by lines, in the order of the alphabet.
local function streams(schedule, name)
    for _, record in ipairs(space.kernels({ assert(format.parse(name)) }, { "exact", "table" },
        { isa.by_name.avx512vbmi })) do
        if record.schedule == schedule then
            local text = assert(kernels.text({ sources = home.sources() }, record))
            local found = {}
            for _, stream in ipairs({ "factors", "halves", "offsets", "scales", "zeros" }) do
                if text:find("v_prefetch_near%(%(?[^)\n]*%)?" .. stream .. " %+ %d+%)") then
                    found[#found + 1] = stream
                end
            end
            return table.concat(found, " ")
        end
    end
    error(name .. " has no kernel " .. schedule)
end

check.case("prefetch: with distances for all streams beside the weights", function()
    local with = "dot_shift_b2m2n1p2f8"
    check.equal(streams(with, "iq4g32"), "scales")
    check.equal(streams(with, "w4g32m"), "offsets scales")
    check.equal(streams(with, "w4g64z"), "scales zeros")
    check.equal(streams(with, "w2g256s16x4m"), "factors offsets scales")
    check.equal(streams(with, "iq4g256s32x6"), "factors halves scales")
    check.equal(streams(with, "w4g256s32x6m"), "factors offsets scales")
    check.equal(streams("lut_trit_b4m4n1p2f8", "tg64z"), "scales zeros")
    check.equal(streams(with, "w4row"), "")
    check.equal(streams("dot_shift_b2m2n1", "w4g256s32x6m"), "")
end)
