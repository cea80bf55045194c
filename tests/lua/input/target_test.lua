local arch = require("input.arch")
local check = require("check")
local files = require("base.files")
local host = require("base.host")
local list = require("base.list")
local target = require("input.target")

-- What CPUs have: a feature's name after LOOM_CPU_.
local NEHALEM = { "SSSE3" }
local HASWELL = { "SSSE3", "AVX2" }
local ALDERLAKE = { "SSSE3", "AVX2", "AVXVNNI" }
local SKYLAKE_X = { "SSSE3", "AVX2", "AVX512" }
local ICELAKE = { "SSSE3", "AVX2", "AVX512", "AVX512VBMI", "AVX512VNNI" }
local SAPPHIRE_RAPIDS = { "SSSE3", "AVX2", "AVXVNNI", "AVX512", "AVX512VBMI", "AVX512VNNI" }

local function native(features, architecture, for_host)
    local set = {}
    for _, name in ipairs(features) do
        set["LOOM_CPU_" .. name] = true
    end
    return target.native(set, architecture or "x86_64", for_host)
end

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
        if name ~= "README.md" then
            check.equal(read(name).name .. ".lua", name)
        end
    end
end)

check.case("target: native has the highest level of the features, and AVX2 to compare", function()
    check.equal(isas(native({})), "c")
    check.equal(isas(native(NEHALEM)), "c ssse3")
    check.equal(isas(native(HASWELL)), "c avx2")
    check.equal(isas(native(ALDERLAKE)), "c avx2 avxvnni")
    check.equal(isas(native(SKYLAKE_X)), "c avx2 avx512bw")
    check.equal(isas(native(ICELAKE)), "c avx2 avx512vbmi")
    check.equal(isas(native(SAPPHIRE_RAPIDS)), "c avx2 avx512vbmi")
    check.equal(isas(native({ "SSSE3", "AVX2", "AVX512", "AVX512VBMI", "AVX512VNNI", "AMX" })),
        "c avx2 avx512vbmi amx")
    check.equal(isas(native({ "SSSE3", "AVX2", "AVX512", "AVX512VBMI" })), "c avx2 avx512bw")
    check.equal(isas(native(SAPPHIRE_RAPIDS, "aarch64")), "c")
    check.equal(isas(native({ "NEON" }, "aarch64")), "c neon")
    check.equal(isas(native({ "NEON32" }, "armv7")), "c neon32")
    check.equal(native({}, "armv7").triple, "arm-linux-gnueabihf")
    check.equal(isas(native({ "NEON", "DOTPROD" }, "aarch64")), "c neon dotprod")
end)

check.case("target: native for a host has nothing to compare with", function()
    check.equal(isas(native(NEHALEM, "x86_64", true)), "c ssse3")
    check.equal(isas(native(HASWELL, "x86_64", true)), "c avx2")
    check.equal(isas(native(ICELAKE, "x86_64", true)), "c avx512vbmi")
    check.equal(isas(native({ "SSSE3", "AVX2", "AVX512", "AVX512VBMI", "AVX512VNNI", "AMX" },
        "x86_64", true)), "c avx512vbmi amx")
    check.equal(isas(native({ "NEON", "DOTPROD" }, "aarch64", true)), "c dotprod")
end)

check.case("target: a CPU runs all levels whose features it has", function()
    local features = { LOOM_CPU_SSSE3 = true, LOOM_CPU_AVX2 = true, LOOM_CPU_AVX512 = true }
    check.equal(table.concat(list.names(target.levels(features, "x86_64")), " "),
        "c ssse3 avx2 avx512bw")
    check.equal(#target.levels(features, "aarch64"), 1)
end)

check.case("target: x86-64 has every level of x86, generic none", function()
    check.equal(isas(read("x86-64.lua")), "c ssse3 avx2 avxvnni avx512bw avx512vbmi amx")
    check.equal(isas(read("generic.lua")), "c")
end)

check.case("target: several targets are one library with the ISAs of all", function()
    check.equal(joined_isas({ read("zen4.lua"), read("haswell.lua") }), "c avx2 avx512vbmi")
    check.equal(joined_isas({ read("generic.lua") }), "c")
    check.equal(joined_isas({ read("rpi4.lua"), read("rpi5.lua") }), "c neon dotprod")
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
    check.refused("targets rpi2 and rpi5", target.join({ read("rpi2.lua"), read("rpi5.lua") }))
    check.refused("targets rpi2 and zen4", target.join({ read("rpi2.lua"), read("zen4.lua") }))
    check.refused("targets rpi4 and generic",
        target.join({ read("rpi4.lua"), read("generic.lua") }))
end)

check.case("target: a compiler's triple names its architecture", function()
    local known = {
        ["aarch64-poky-linux"] = "aarch64", ["aarch64-unknown-linux-android24"] = "aarch64",
        ["arm64-apple-darwin23"] = "aarch64", ["arm-linux-gnueabihf"] = "armv7",
        ["armv7a-unknown-linux-androideabi24"] = "armv7", ["x86_64-pc-linux-gnu"] = "x86_64",
        ["amd64-unknown-freebsd14"] = "x86_64",
    }
    for triple, name in pairs(known) do
        check.equal(arch.of_triple(triple), name, triple)
    end
    for _, triple in ipairs({ "", "aarch64_be-linux-gnu", "armeb-linux-eabi", "riscv64-linux" }) do
        check.equal(arch.of_triple(triple), nil, triple)
    end
end)

check.case("target: a machine's architecture is that of its programs", function()
    check.equal(arch.of("armv7l"), "armv7")
    check.equal(arch.of("armv6l"), "armv7")
    check.equal(arch.of("aarch64", 64), "aarch64")
    check.equal(arch.of("aarch64", 32), "armv7")
    check.equal(arch.of("x86_64"), "x86_64")
    check.equal(arch.of("riscv64"), "riscv64")
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
    check.refused("t.lua: 'mca' must be llvm-mca's name",
        target.parse(text:format('flags = {}, isas = { "c" }, mca = true'), "t.lua"))
    check.equal(target.parse(text:format('flags = {}, isas = { "c" }, mca = "z"'), "t.lua").mca,
        "z")
    for _, wrong in ipairs({ "64", "{}", "{ l4 = 1 }", "{ l1 = 0 }", "{ l1 = 0.5 }", "{ 64 }" }) do
        check.refused("t.lua: 'cache' must be sizes in KiB", target.parse(
            text:format('flags = {}, isas = { "c" }, cache = ' .. wrong), "t.lua"))
    end
end)
