local check = require("check")
local files = require("base.files")
local format = require("input.format")
local isa = require("input.isa")
local selection = require("choice.selection")
local space = require("space.space")

-- The feature that covers what a flag lets the compiler use.
local FEATURE_OF = {
    ["-mssse3"] = "LOOM_CPU_SSSE3",
    ["-mavx2"] = "LOOM_CPU_AVX2",
    ["-mfma"] = "LOOM_CPU_AVX2",
    ["-mf16c"] = "LOOM_CPU_AVX2",
    ["-mavxvnni"] = "LOOM_CPU_AVXVNNI",
    ["-mavx512f"] = "LOOM_CPU_AVX512",
    ["-mavx512bw"] = "LOOM_CPU_AVX512",
    ["-mavx512vbmi"] = "LOOM_CPU_AVX512VBMI",
    ["-mavx512vnni"] = "LOOM_CPU_AVX512VNNI",
    ["-mamx-tile"] = "LOOM_CPU_AMX",
    ["-mamx-int8"] = "LOOM_CPU_AMX",
    ["-march=armv7-a"] = "LOOM_CPU_NEON32",
    ["-mfpu=neon-vfpv4"] = "LOOM_CPU_NEON32",
    ["-march=armv8.2-a+dotprod"] = "LOOM_CPU_DOTPROD",
    ["-march=armv8.2-a+dotprod+i8mm"] = "LOOM_CPU_I8MM",
}

check.case("isa: the runtime asks for every feature that the flags allow", function()
    for _, level in ipairs(isa.list) do
        local needs = {}
        for _, need in ipairs(level.needs) do
            needs[need] = true
        end
        for _, flag in ipairs(level.flags) do
            check.equal(level.name .. (needs[FEATURE_OF[flag]] and " needs " or " lacks ") .. flag,
                level.name .. " needs " .. flag)
        end
    end
end)

check.case("isa: the headers are all that they include", function()
    for _, level in ipairs(isa.list) do
        local included = { [level.headers[1]] = true }
        for _, name in ipairs(level.headers) do
            local text = files.read(check.root .. "/templates/isa/" .. name)
            for other in text:gmatch('#include "isa_([^"]+)"') do
                included[other] = true
            end
        end
        local count = 0
        for _ in pairs(included) do
            count = count + 1
        end
        check.equal(count, #level.headers)
        for _, name in ipairs(level.headers) do
            check.equal(included[name] and name, name)
        end
    end
end)

local function of_family(kernels, family)
    local found = {}
    for _, kernel in ipairs(kernels) do
        if kernel.family == family then
            found[#found + 1] = kernel
        end
    end
    return found
end

check.case("isa: every level has a pair of kernels for each family", function()
    for _, name in ipairs({ "w1g128", "w2row", "w3g256z", "w4g32f32", "t" }) do
        local record = format.kernel_format(assert(format.parse(name)))
        local kernels = space.kernels({ record }, { "exact", "table", "table7" }, isa.list)
        local pairs_found = {}
        for _, family in ipairs({ "lut", "dot" }) do
            for key in pairs(selection.defaults(of_family(kernels, family))) do
                pairs_found[family .. " " .. key] = true
            end
        end
        for _, level in ipairs(isa.list) do
            for _, want in ipairs(level.adds_to and { "dot %s exact %s" } or { "lut %s exact %s",
                "lut %s table %s", "lut %s table7 %s", "dot %s exact %s" }) do
                local key = want:format(record.key, level.name)
                check.equal(pairs_found[key] and key, key)
            end
        end
    end
end)
