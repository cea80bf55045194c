-- Correction tables: how much longer a CPU takes for kernels than the model of it says, from data
-- files in gen/corrections/, one a target. Pure.
--
-- A table has `cpu`, the identity of the CPU that was measured, and `factors`: ISA level -> op ->
-- method (family_method, as in a kernel's name) -> measured time over modelled time.
local data = require("base.data")
local isa = require("input.isa")
local list = require("base.list")
local methods = require("methods")
local name = require("space.name")
local OPS = require("input.ops").list

local corrections = {}

-- The path of a target's table under the generator's folder.
function corrections.path(target)
    return ("gen/corrections/%s.lua"):format(target)
end

local function is_table(value)
    return type(value) == "table"
end

local function is_factor(value)
    return type(value) == "number" and value > 0 and value < math.huge
end

-- The methods of a level and op, as fields of data.lua.
local function method_fields(level, op)
    local fields = {}
    for _, entry in ipairs(methods.list) do
        if entry.isas[level] and #(entry[op] or {}) > 0 then
            fields[name.method(entry.family, entry.name)] = { check = is_factor,
                must = "a number above 0", optional = true }
        end
    end
    return fields
end

-- Fields that are all tables and may be missing, each with those that `fields_of` its key gives.
local function tables_of(keys, fields_of)
    local fields = {}
    for _, key in ipairs(keys) do
        fields[key] = { check = is_table, must = "a table", optional = true,
            fields = fields_of(key) }
    end
    return fields
end

local function is_identity(value)
    return type(value) == "string" and value:find("^[ -~]+$") ~= nil
end

local FIELDS = {
    cpu = { check = is_identity, must = "the CPU's identity in quotes" },
    factors = { check = is_table, must = "a table",
        fields = tables_of(list.names(isa.list), function(level)
            return tables_of(OPS, function(op)
                return method_fields(level, op)
            end)
        end) },
}

-- The table of a file's text, or nil and a message.
function corrections.parse(text, filename)
    return data.record(text, filename, FIELDS)
end

local HEAD = [[
-- Measured time over the model's, %s's: by ISA level, op and method.
-- 'lutloom tune DIR --correction' wrote it.
]]

-- Lines of a table of tables or numbers, `depth` deep.
local function add_lines(lines, map, depth)
    for _, key in ipairs(list.sorted_keys(map)) do
        local indent, value = ("    "):rep(depth), map[key]
        if type(value) == "table" then
            lines[#lines + 1] = ("%s%s = {"):format(indent, key)
            add_lines(lines, value, depth + 1)
            lines[#lines + 1] = indent .. "},"
        else
            lines[#lines + 1] = ("%s%s = %.3f,"):format(indent, key, value)
        end
    end
end

-- The text of a table for that target.
function corrections.text(record, target)
    local cpu = ("%q"):format(record.cpu):gsub("; ", '; "\n        .. "')
    local lines = { ("return {\n    cpu = %s,\n    factors = {"):format(cpu) }
    add_lines(lines, record.factors, 2)
    return HEAD:format(target) .. table.concat(lines, "\n") .. "\n    },\n}\n"
end

return corrections
