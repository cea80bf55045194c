-- Targets: the CPUs that a library is for, from the data files in gen/targets/ or from the
-- features of the CPU at hand.
local arch_names = require("input.arch").by_name
local data = require("base.data")
local isa = require("input.isa")

local target = {}

local function is_text(value)
    return type(value) == "string" and value ~= ""
end

local function is_list_of_text(value)
    return data.is_list(value, is_text)
end

local function is_isa(value)
    return isa.by_name[value] ~= nil
end

local function is_isa_list(value)
    if not data.is_list(value, is_isa) or value[1] ~= "c" then
        return false
    end
    local listed = {}
    for _, name in ipairs(value) do
        local base = isa.by_name[name].adds_to
        if base and not listed[base] then
            return false
        end
        listed[name] = true
    end
    return true
end

local LEVELS = { l1 = true, l2 = true, l3 = true }

-- Sizes in KiB by level.
local function is_cache(value)
    for level, kib in pairs(type(value) == "table" and value or {}) do
        if not LEVELS[level] or math.type(kib) ~= "integer" or kib < 1 then
            return false
        end
    end
    return type(value) == "table" and next(value) ~= nil
end

local FIELDS = {
    name = { check = is_text, must = "a name in quotes" },
    description = { check = is_text, must = "a text" },
    arch = { check = is_text, must = "an architecture, such as \"x86_64\"" },
    triple = { check = is_text, must = "a compiler's triple, such as \"x86_64-linux-gnu\"" },
    isas = { check = is_isa_list,
        must = "a list of ISAs, { \"c\", ... } (gen/lua/input/isa.lua)" },
    flags = { check = is_list_of_text, must = "a list of compiler flags" },
    mca = { check = is_text, must = "llvm-mca's name of the CPU, such as \"znver3\"",
        optional = true },
    streams = { check = function(value)
        return value == true
    end, must = "true: prefetches slow its reading from memory", optional = true },
    cache = { check = is_cache, must = "sizes in KiB of some of l1, l2, l3, such as "
        .. "{ l1 = 64, l2 = 512 }", optional = true },
}

-- The record of a target file's text, or nil and a message.
function target.parse(text, filename)
    return data.record(text, filename, FIELDS)
end

-- true if a CPU with these features (feature's name -> true) runs the level.
local function runs(level, features, arch)
    if level.arch ~= "any" and level.arch ~= arch then
        return false
    end
    for _, need in ipairs(level.needs) do
        if not features[need] then
            return false
        end
    end
    return true
end

-- The ISA records that such a CPU runs, ascending.
function target.levels(features, arch)
    local levels = {}
    for _, level in ipairs(isa.list) do
        if runs(level, features, arch) then
            levels[#levels + 1] = level
        end
    end
    return levels
end

-- The target of such a CPU: portable C, the highest level with the one it adds to, and the one to
-- compare with, which is nothing to a host (`for_host`). The levels between would never be chosen.
function target.native(features, arch, for_host)
    local names, levels = {}, target.levels(features, arch)
    local highest = levels[#levels]
    for index, level in ipairs(levels) do
        if index == 1 or level == highest or level.name == highest.adds_to
            or level.tmac and not for_host then
            names[#names + 1] = level.name
        end
    end
    local triple = arch_names[arch] and arch_names[arch].triple or arch .. "-linux-gnu"
    return { name = "native", description = "this machine", arch = arch, triple = triple,
        isas = names, flags = {}, streams = features.LOOM_CPU_STREAMS }
end

-- One library for all of `targets`: the ISA records of any of them, in ascending order, and
-- the architecture; flags only where one target is alone. nil and a message if they differ in
-- architecture.
function target.join(targets)
    local wanted = {}
    for _, record in ipairs(targets) do
        if record.arch ~= targets[1].arch then
            return nil, ("targets %s and %s: one library is for one architecture (%s or %s)")
                :format(targets[1].name, record.name, targets[1].arch, record.arch)
        end
        for _, name in ipairs(record.isas) do
            wanted[name] = true
        end
    end
    local isas = {}
    for _, level in ipairs(isa.list) do
        if wanted[level.name] then
            isas[#isas + 1] = level
        end
    end
    return { isas = isas, arch = targets[1].arch, triple = targets[1].triple,
        flags = #targets == 1 and targets[1].flags or {} }
end

return target
