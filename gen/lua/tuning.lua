-- The tuning file: what `lutloom tune` measured, one line a result. Files merge line by line;
-- a header says what they are valid for, and what does not match is ignored whole.
--
--   lutloom-tuning 2
--   cpu      model, features and cache sizes of the machine
--   isa      the highest ISA of the library that it runs
--   compiler that built the measured library
--   kernels  hash of the generated kernels
--   FORMAT MODE M K, then kernel, seconds and tokens for one token, for a few and for many
local OPS = require("name").OPS

local tuning = {}

tuning.VERSION = "lutloom-tuning 2"

local HEADER = { "cpu", "isa", "compiler", "kernels" }
local MODES = { fastest = true, exact = true, table = true, table7 = true }

-- The whole number above 0 that a text of digits says, or nil.
local function positive(digits)
    local number = digits and math.tointeger(tonumber(digits))
    return number and number > 0 and number or nil
end

local function parse_row(line)
    local format, mode, m, k, rest = line:match("^(%w+) (%w+) (%d+) (%d+)(.*)$")
    local row = { format = format, mode = mode, m = positive(m), k = positive(k) }
    local complete = format and MODES[mode] and row.m and row.k
    for _, op in ipairs(OPS) do
        local kernel, seconds, n, after = (rest or ""):match("^ ([%w_]+) (%S+) (%d+)(.*)$")
        row[op], row[op .. "_seconds"], row[op .. "_n"] = kernel, tonumber(seconds), positive(n)
        complete = complete and kernel and row[op .. "_seconds"] and row[op .. "_n"]
        rest = after
    end
    return complete and rest == "" and row or nil
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
            local row = parse_row(line)
            if not row then
                return nil, ("%s:%d: no result line: '%s'"):format(filename, number, line)
            end
            table.insert(record.rows, row)
        end
    end
    if number < 1 + #HEADER then
        return nil, ("%s: the header is incomplete"):format(filename)
    end
    return record
end

function tuning.row_key(row)
    return ("%s %s %d %d"):format(row.format, row.mode, row.m, row.k)
end

local function row_text(row)
    local text = tuning.row_key(row)
    for _, op in ipairs(OPS) do
        text = ("%s %s %.4g %d"):format(text, row[op], row[op .. "_seconds"], row[op .. "_n"])
    end
    return text
end

-- The text of a record; rows are sorted, and of two for one problem the later one counts.
function tuning.text(record)
    local by_key, keys = {}, {}
    for _, row in ipairs(record.rows) do
        local key = tuning.row_key(row)
        if not by_key[key] then
            keys[#keys + 1] = key
        end
        by_key[key] = row
    end
    table.sort(keys)
    local lines = { tuning.VERSION }
    for _, name in ipairs(HEADER) do
        lines[#lines + 1] = name .. " " .. record[name]
    end
    for _, key in ipairs(keys) do
        lines[#lines + 1] = row_text(by_key[key])
    end
    return table.concat(lines, "\n") .. "\n"
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
