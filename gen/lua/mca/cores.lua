-- What cores take for their operations: data files in gen/cores/, one a target, for CPUs whose
-- model in llvm-mca is wrong. README.md there says what the fields mean.
local check = require("base.fail").check
local data = require("base.data")
local home = require("base.home")

local cores = {}

-- The path of a target's file under the generator's folder.
function cores.path(target)
    return ("gen/cores/%s.lua"):format(target)
end

local function is_positive(value)
    return type(value) == "number" and value > 0 and value < math.huge
end

local function is_text(value)
    return type(value) == "string" and value:find("^[ -~]+$") ~= nil
end

local function is_table(value)
    return type(value) == "table"
end

local CYCLES = { check = is_positive, must = "a number of cycles above 0" }

local ROW_FIELDS = {
    pipes = { check = function(value)
        return type(value) == "string" and value:find("^%d+$") ~= nil
    end, must = "digits, one a pipe" },
    names = { check = is_text, must = "names of instructions" },
    zmm = CYCLES, ymm = CYCLES, latency = CYCLES,
    adds = { check = function(value)
        return value == true
    end, must = "true: reads its destination", optional = true },
}

local FIELDS = {
    cpu = { check = is_text, must = "the CPU, the compiler and the date in quotes" },
    dispatch = { check = is_positive, must = "operations a cycle" },
    sources = { check = is_positive, must = "vectors of 512 bits read from registers a cycle" },
    loads = { check = is_table, must = "a table",
        fields = { zmm = CYCLES, ymm = CYCLES, broadcast = CYCLES } },
    stores = { check = is_table, must = "a table", fields = { zmm = CYCLES, ymm = CYCLES } },
    operations = { check = function(value)
        return data.is_list(value, is_table)
    end, must = "a list of tables", each = ROW_FIELDS },
}

-- The core of a file's text, or nil and a message.
function cores.parse(text, filename)
    return data.record(text, filename, FIELDS)
end

-- The core of a target, or nil where there is no file of it.
function cores.of(target)
    local path = cores.path(target)
    return home.has(path) and check(cores.parse(home.read(path), path)) or nil
end

return cores
