-- The tuning file: what was measured, one line a result, so that files merge line by line. A header
-- says what they are valid for, and what does not match is ignored whole. The README of the
-- generator describes the lines; runtime/tuning/line.c reads them when a program loads.
local tuning_lines = require("choice.tuning_lines")

local tuning = {}

tuning.VERSION = "lutloom-tuning 3"

-- No line is longer, without its newline: the runtime reads a file through a buffer of that size.
local MAX_LINE = 4095

local HEADER = { "cpu", "isa", "compiler", "kernels" }

-- A record without results, for the header's fields: cpu, isa, compiler, kernels.
function tuning.record(header)
    local record = { rows = {}, samples = {}, failed = {} }
    for _, name in ipairs(HEADER) do
        record[name] = header[name]
    end
    return record
end

-- Takes a line into the record; nil, or what the line must be.
local function take_line(record, number, line)
    if number == 1 then
        return line ~= tuning.VERSION and ("must be '%s'"):format(tuning.VERSION) or nil
    end
    local first, rest = line:match("^(%l+) (.+)$")
    local field = HEADER[number - 1]
    if field then
        record[field] = rest
        return first ~= field and ("must be '%s ...'"):format(field) or nil
    end
    local kind = tuning_lines[first]
    local row = kind and #line <= MAX_LINE and kind.parse(rest)
    if not row then
        return "is no result"
    end
    table.insert(record[kind.list], row)
    return nil
end

-- The record of a text: the header's fields, and the lists of rows in the order of their lines:
--   rows     choices: format, mode, m, k, threads, residency, and for each op in gemv, few, gemm
--            its kernel, OP_seconds and OP_n
--   samples  format, m, k, n, threads, residency, kernel, seconds, noise, rounds, quiet
--   failed   kernel, reason
-- or nil and a message with the line.
function tuning.parse(text, filename)
    local record, number = tuning.record({}), 0
    for line, newline in text:gmatch("([^\n]*)(\n?)") do
        if line == "" and newline == "" then
            break
        end
        number = number + 1
        local must = newline == "" and "is not complete" or take_line(record, number, line)
        if must then
            return nil, ("%s:%d: %s"):format(filename, number, must)
        end
    end
    if number < 1 + #HEADER then
        return nil, ("%s: the header is incomplete"):format(filename)
    end
    return record
end

-- What a file has one choice for.
tuning.row_key = tuning_lines.choice.key

-- The text of a record: sorted lines, one for each choice, sample and failed kernel. Of two
-- choices, and of two failures, the later stays, of two samples the faster.
function tuning.text(record)
    local rows, keys = {}, {}
    for first, kind in pairs(tuning_lines) do
        for _, row in ipairs(record[kind.list]) do
            local key = first .. " " .. kind.key(row)
            if not rows[key] then
                keys[#keys + 1] = key
            end
            if not rows[key] or kind.replaces(row, rows[key]) then
                rows[key] = row
            end
        end
    end
    table.sort(keys)
    local lines = { tuning.VERSION }
    for _, name in ipairs(HEADER) do
        lines[#lines + 1] = name .. " " .. record[name]
    end
    for _, key in ipairs(keys) do
        local first = key:match("^%l+")
        lines[#lines + 1] = first .. " " .. tuning_lines[first].text(rows[key])
    end
    return table.concat(lines, "\n") .. "\n"
end

-- Adds the results of `other` after those of `record`, whose header is the same.
function tuning.append(record, other)
    for _, kind in pairs(tuning_lines) do
        local list, more = record[kind.list], other[kind.list]
        table.move(more, 1, #more, #list + 1, list)
    end
end

-- The first field of the header in which two differ, of those that `expected` has; nil if none.
function tuning.difference(record, expected)
    for _, name in ipairs(HEADER) do
        if expected[name] and expected[name] ~= record[name] then
            return name
        end
    end
    return nil
end

-- Why `record` is not valid for `expected`, which has some of the header's fields; nil if it
-- is.
function tuning.mismatch(record, expected)
    local name = tuning.difference(record, expected)
    return name and ("%s was '%s' and is '%s'"):format(name, record[name], expected[name])
end

return tuning
