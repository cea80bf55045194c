local check = require("check")
local files = require("files")
local host = require("host")
local target = require("target")

local X86 = { LOOM_CPU_AVX2 = true, LOOM_CPU_AVX512 = true, LOOM_CPU_AVX512VBMI = true,
    LOOM_CPU_AVX512VNNI = true }

local function read(name)
    return assert(target.parse(files.read(check.root .. "/gen/targets/" .. name), name))
end

local function isas(record)
    return table.concat(record.isas, " ")
end

local function joined_isas(records)
    local names = {}
    for index, isa in ipairs(target.join(records).isas) do
        names[index] = isa.name
    end
    return table.concat(names, " ")
end

check.case("target: every file is valid and named like its target", function()
    for _, name in ipairs(host.list_dir(check.root .. "/gen/targets")) do
        check.equal(read(name).name .. ".lua", name)
    end
end)

check.case("target: native has what the features allow and all below", function()
    check.equal(isas(target.native(X86, "x86_64")), "c avx2 avx512vbmi")
    check.equal(isas(target.native({ LOOM_CPU_AVX2 = true }, "x86_64")), "c avx2")
    check.equal(isas(target.native({ LOOM_CPU_AVX2 = true, LOOM_CPU_AVX512 = true }, "x86_64")),
        "c avx2")
    check.equal(isas(target.native({}, "x86_64")), "c")
    check.equal(isas(target.native(X86, "aarch64")), "c")
end)

check.case("target: several targets are one library with the ISAs of all", function()
    check.equal(joined_isas({ read("zen4.lua"), read("haswell.lua") }), "c avx2 avx512vbmi")
    check.equal(joined_isas({ read("x86-64.lua") }), "c")
end)

check.case("target: flags hold for one target alone", function()
    local tuned = read("haswell.lua")
    tuned.flags = { "-mtune=haswell" }
    check.equal(target.join({ tuned }).flags[1], "-mtune=haswell")
    check.equal(#target.join({ tuned, read("zen4.lua") }).flags, 0)
end)

check.case("target: two architectures are refused", function()
    local other = read("haswell.lua")
    other.name, other.arch = "board", "aarch64"
    check.refused("targets zen4 and board", target.join({ read("zen4.lua"), other }))
end)

check.case("target: errors name the file and the key", function()
    check.refused("t.lua:1: ", target.parse("return {", "t.lua"))
    check.refused("t.lua: 'arch' is missing", target.parse("return {}", "t.lua"))
    local text = 'return { name = "t", description = "t", arch = "x86_64", triple = "x", %s }'
    check.refused("t.lua: 'flags' is missing",
        target.parse(text:format('isas = { "c" }'), "t.lua"))
    check.refused("t.lua: 'isas' must be",
        target.parse(text:format('flags = {}, isas = { "avx9" }'), "t.lua"))
    check.refused("t.lua: 'isas' must be",
        target.parse(text:format('flags = {}, isas = { "avx2" }'), "t.lua"))
end)
