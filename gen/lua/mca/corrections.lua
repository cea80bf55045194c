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

-- Fields that are all tables and may be missing.
local function tables_of(keys)
    local fields = {}
    for _, key in ipairs(keys) do
        fields[key] = { check = is_table, must = "a table", optional = true }
    end
    return fields
end

local function is_identity(value)
    return type(value) == "string" and value:find("^[ -~]+$") ~= nil
end

local FIELDS = {
    cpu = { check = is_identity, must = "the CPU's identity in quotes" },
    factors = { check = is_table, must = "a table" },
}

local LEVEL_FIELDS = tables_of(list.names(isa.list))
local OP_FIELDS = tables_of(OPS)

-- nil, or what is wrong with the factors of one level.
local function level_error(level, ops, where)
    local ok, reason = data.check_fields(ops, OP_FIELDS, where)
    for _, op in ipairs(ok and OPS or {}) do
        if ok and ops[op] then
            ok, reason = data.check_fields(ops[op], method_fields(level, op), where .. "." .. op)
        end
    end
    return reason
end

-- nil, or what is wrong with the factors.
local function factors_error(factors, filename)
    local ok, reason = data.check_fields(factors, LEVEL_FIELDS, filename .. ": factors")
    for _, level in ipairs(ok and list.names(isa.list) or {}) do
        reason = reason or factors[level] and level_error(level, factors[level],
            ("%s: factors.%s"):format(filename, level))
    end
    return reason
end

-- The table of a file's text, or nil and a message.
function corrections.parse(text, filename)
    local record, reason = data.parse(text, filename)
    local ok = record
    if ok then
        ok, reason = data.check_fields(record, FIELDS, filename)
        reason = not ok and reason or factors_error(record.factors, filename)
    end
    if reason then
        return nil, reason
    end
    return record
end

local HEAD = [[
-- Measured time over llvm-mca's, %s's: by ISA level, op and method.
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
