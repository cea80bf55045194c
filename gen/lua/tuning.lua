-- The tuning file: what loom-sweep measured, one line a result. Files merge line by line; a header
-- says what they are valid for, and what does not match is ignored whole.
--
--   lutloom-tuning 3
--   cpu      model, features and cache sizes of the machine
--   isa      the highest ISA of the library that it runs
--   compiler that built the measured library
--   kernels  hash of the generated kernels
--   sample FORMAT M K N THREADS RESIDENCY KERNEL SECONDS NOISE ROUNDS QUIET
--   failed KERNEL REASON...
--   choice FORMAT MODE M K THREADS RESIDENCY, then kernel, seconds and tokens for one token, for a
--          few and for many
local OPS = require("name").OPS

local tuning = {}

tuning.VERSION = "lutloom-tuning 3"

local HEADER = { "cpu", "isa", "compiler", "kernels" }
local MODES = { fastest = true, exact = true, table = true, table7 = true }
local RESIDENCIES = { dram = true, cache = true }

-- The whole number above 0 that a text of digits says, or nil.
local function positive(digits)
    local number = digits and math.tointeger(tonumber(digits))
    return number and number > 0 and number or nil
end

local function parse_choice(line)
    local format, mode, m, k, threads, residency, rest =
        line:match("^choice (%w+) (%w+) (%d+) (%d+) (%d+) (%w+)(.*)$")
    local row = { format = format, mode = mode, m = positive(m), k = positive(k),
        threads = positive(threads), residency = residency }
    local complete = format and MODES[mode] and row.m and row.k and row.threads
        and RESIDENCIES[residency]
    for _, op in ipairs(OPS) do
        local kernel, seconds, n, after = (rest or ""):match("^ ([%w_]+) (%S+) (%d+)(.*)$")
        row[op], row[op .. "_seconds"], row[op .. "_n"] = kernel, tonumber(seconds), positive(n)
        complete = complete and kernel and row[op .. "_seconds"] and row[op .. "_n"]
        rest = after
    end
    return complete and rest == "" and row or nil
end

-- Adds what a line after the header says; false for one that says nothing.
local function parse_line(line, rows)
    if line:match("^sample ") or line:match("^failed ") then
        return true
    end
    local row = parse_choice(line)
    rows[#rows + 1] = row
    return row ~= nil
end

-- The record { cpu =, isa =, compiler =, kernels =, rows = list }, or nil and a message with the
-- line.
function tuning.parse(text, filename)
    local record, number = { rows = {} }, 0
    for line in text:gmatch("[^\n]+") do
        number = number + 1
        local key, value = line:match("^(%l+) +(.+)$")
        if number == 1 then
            if line ~= tuning.VERSION then
                return nil, ("%s:1: starts with '%s', not '%s'"):format(filename, line,
                    tuning.VERSION)
            end
        elseif number <= 1 + #HEADER then
            if key ~= HEADER[number - 1] then
                return nil, ("%s:%d: must be '%s ...'"):format(filename, number,
                    HEADER[number - 1])
            end
            record[key] = value
        else
            if not parse_line(line, record.rows) then
                return nil, ("%s:%d: no result line: '%s'"):format(filename, number, line)
            end
        end
    end
    if number < 1 + #HEADER then
        return nil, ("%s: the header is incomplete"):format(filename)
    end
    return record
end

-- Whether `row` is more to the point than `other` for the same problem: weights that come from
-- memory, one thread.
local function is_preferred(row, other)
    if row.residency ~= other.residency then
        return row.residency == "dram"
    end
    return row.threads < other.threads
end

-- One row for each problem and mode, in the order of the file.
function tuning.preferred(rows)
    local places, list = {}, {}
    for _, row in ipairs(rows) do
        local key = ("%s %s %d %d"):format(row.format, row.mode, row.m, row.k)
        local place = places[key] or #list + 1
        if not places[key] or is_preferred(row, list[place]) then
            list[place] = row
        end
        places[key] = place
    end
    return list
end

-- Why `record` is not valid for `expected`, which has some of the header's fields; nil if it
-- is.
function tuning.mismatch(record, expected)
    for _, name in ipairs(HEADER) do
        if expected[name] and expected[name] ~= record[name] then
            return ("%s was '%s' and is '%s'"):format(name, record[name], expected[name])
        end
    end
    return nil
end

return tuning
