-- The lines of a tuning file after its header: what their words are, and which of two stays.
local list = require("base.list")
local MODES = require("input.modes").asked
local OPS = require("input.ops").list
local RESIDENCIES = require("input.residencies").list

-- ---- Words: each kind's value of a text, or nil ------------------------------------------

local kinds = {}

function kinds.name(text)
    return text:match("^[%l%d_]+$")
end

function kinds.mode(text)
    return list.contains(MODES, text) and text
end

function kinds.residency(text)
    return list.contains(RESIDENCIES, text) and text
end

function kinds.count(text)
    return #text <= 9 and text:find("^%d+$") and math.tointeger(tonumber(text)) or nil
end

function kinds.positive(text)
    return text:find("^[1-9]") and kinds.count(text)
end

function kinds.number(text)
    local mantissa, exponent = text:match("^([%d.]+)(.*)$")
    local valid = mantissa and (mantissa:find("^%d+$") or mantissa:find("^%d+%.%d+$"))
        and (exponent == "" or exponent:find("^e[+-]?%d+$"))
    local value = valid and tonumber(text)
    return value and value < math.huge and value or nil
end

-- ---- Lines --------------------------------------------------------------------------------

-- { field, kind } of each word after the first.
local SAMPLE = {
    { "format", "name" }, { "m", "positive" }, { "k", "positive" }, { "n", "positive" },
    { "threads", "positive" }, { "residency", "residency" }, { "kernel", "name" },
    { "seconds", "number" }, { "noise", "number" }, { "rounds", "count" }, { "quiet", "count" },
}
local CHOICE = {
    { "format", "name" }, { "mode", "mode" }, { "m", "positive" }, { "k", "positive" },
    { "threads", "positive" }, { "residency", "residency" },
}
for _, op in ipairs(OPS) do
    table.move({ { op, "name" }, { op .. "_seconds", "number" }, { op .. "_n", "positive" } }, 1, 3,
        #CHOICE + 1, CHOICE)
end

-- The row of these fields, or nil if the words are not theirs.
local function parse_words(text, fields)
    local row, count = {}, 0
    for word in (text .. " "):gmatch("([^ ]*) ") do
        count = count + 1
        local field, kind = table.unpack(fields[count] or {})
        local value = field and kinds[kind](word)
        if not value then
            return nil
        end
        row[field] = value
    end
    return count == #fields and row or nil
end

local function words_text(row, fields)
    local words = {}
    for index, field in ipairs(fields) do
        local value = row[field[1]]
        words[index] = field[2] == "number" and ("%.4g"):format(value) or tostring(value)
    end
    return table.concat(words, " ")
end

-- What the first `count` fields say, and others that are named.
local function key_of(row, fields, count)
    local words = {}
    for index = 1, count do
        words[index] = row[fields[index][1]]
    end
    return table.concat(words, " ")
end

-- A line's first word -> list of the record that its rows are in, and functions: the row of the
-- rest, or nil; the text of a row; what a file has one row for; whether a later row replaces an
-- earlier one.
local tuning_lines = {
    choice = {
        list = "rows",
        parse = function(text)
            return parse_words(text, CHOICE)
        end,
        text = function(row)
            return words_text(row, CHOICE)
        end,
        key = function(row)
            return key_of(row, CHOICE, 6)
        end,
        -- It was chosen among all that had been measured by then.
        replaces = function()
            return true
        end,
    },
    sample = {
        list = "samples",
        parse = function(text)
            return parse_words(text, SAMPLE)
        end,
        text = function(row)
            return words_text(row, SAMPLE)
        end,
        key = function(row)
            return key_of(row, SAMPLE, 7)
        end,
        -- What disturbs a measurement makes it slower.
        replaces = function(later, earlier)
            return later.seconds < earlier.seconds
        end,
    },
    failed = {
        list = "failed",
        parse = function(text)
            local kernel, reason = text:match("^([%l%d_]+) ([^\0]+)$")
            return kernel and { kernel = kernel, reason = reason }
        end,
        text = function(row)
            return row.kernel .. " " .. row.reason
        end,
        key = function(row)
            return row.kernel
        end,
        replaces = function()
            return true
        end,
    },
}

return tuning_lines
