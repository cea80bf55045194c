-- Suites: what to measure and which figures it must come to, from a file in gen/suites/.
-- gen/suites/README.md describes the file.
local data = require("base.data")
local format = require("input.format")
local list = require("base.list")
local RESIDENCIES = require("input.residencies").list

local suite = {}

local function is_text(value)
    return type(value) == "string" and value ~= ""
end

local function is_number(value)
    return type(value) == "number"
end

local function is_count(value)
    return math.type(value) == "integer" and value >= 1
end

local function is_list_of(check)
    return function(value)
        return data.is_list(value, check) and #value > 0
    end
end

local function is_format(value)
    return is_text(value) and format.parse(value) ~= nil
end

local function is_shape(value)
    return is_text(value) and value:find("^%d+x%d+$") ~= nil
end

local function one_of(words)
    return {
        check = function(value)
            return list.contains(words, value)
        end,
        must = table.concat(words, " or "),
    }
end

local function is_table(value)
    return type(value) == "table"
end

-- A copy of a rule for a field that may be left out.
local function optional(field)
    return { check = field.check, must = field.must, optional = true }
end

local TEXT = { check = is_text, must = "a text" }
local TEXTS = { check = is_list_of(is_text), must = "a list of texts" }
local TRUE = { check = function(value)
    return value == true
end, must = "true" }
local THREADS = { check = function(value)
    return is_count(value) or value == "all"
end, must = "a whole number above 0, or \"all\"" }
local COUNT = { check = is_count, must = "a whole number above 0" }
local NUMBER = { check = is_number, must = "a number" }
local FORMAT = { check = is_format, must = "a format's name, such as \"w2g128\"" }
local FORMATS = { check = is_list_of(is_format), must = "a list of formats" }
local LIST = { check = is_list_of(is_table), must = "a list of one or more tables" }

local COUNTS = { check = is_list_of(is_count), must = "a list of numbers of tokens" }

local SUITE_FIELDS = {
    name = TEXT, description = TEXT, model = optional(TEXT), isa = optional(TEXT), runs = LIST,
    libraries = optional(LIST), figures = LIST,
}

local RUN_FIELDS = {
    name = TEXT, formats = FORMATS, threads = THREADS, isa = optional(TEXT), n = COUNTS,
    shape = { check = is_shape, must = "a shape, such as \"4096x4096\"" },
    residency = one_of(RESIDENCIES), pool = optional(TRUE),
}

-- Of a run that is not measured but modelled.
local MODELLED_FIELDS = { name = TEXT, formats = FORMATS, n = COUNTS, target = TEXT }

local LIBRARY_FIELDS = { name = TEXT, model = TEXT, arch = TEXT, formats = FORMATS }

local OVER_FIELDS = {
    tmac = optional(TRUE), one_layout = optional(TRUE),
    peers = optional({ check = is_list_of(is_text), must = "a list of peers" }),
    peer_isa = optional(TEXT),
    n = optional(COUNT), with = optional(TEXTS), without = optional(TEXTS),
}

-- Of an item with what it has from its figure.
local ITEM_FIELDS = {
    title = TEXT, key = TEXT, label = optional(TEXT), run = optional(TEXT),
    format = optional(FORMAT), n = optional(COUNT), mode = optional(TEXT),
    with = optional(TEXTS), without = optional(TEXTS), at_least = optional(NUMBER),
    at_most = optional(NUMBER), pick = optional(one_of({ "fastest", "largest", "only" })),
    over = { check = is_table, must = "a table", optional = true, fields = OVER_FIELDS },
}

-- The run of that name, and the formats that its rows have; nil if there is none.
local function run_of(record, name)
    for _, runs in ipairs({ record.runs, record.modelled, record.libraries }) do
        for _, run in ipairs(runs) do
            if run.name == name then
                return run
            end
        end
    end
    return nil
end

-- nil, or why an item whose fields are right cannot be computed.
local function item_error(record, item)
    local run = item.run and run_of(record, item.run)
    if (item.at_least == nil) == (item.at_most == nil) then
        return "needs one of 'at_least' and 'at_most'"
    elseif item.run and not run then
        return ("there is no run '%s'"):format(item.run)
    elseif item.format and run and not list.contains(run.formats, item.format) then
        return ("run '%s' does not measure %s"):format(item.run, item.format)
    end
    return nil
end

local function check_item(record, item, where)
    local ok, reason = data.check_fields(item, ITEM_FIELDS, where)
    if ok then
        reason = item_error(record, item)
        reason = reason and ("%s: %s"):format(where, reason)
    end
    return reason
end

-- An item of a figure with all that its figure says for it.
local function inherit(figure, item)
    local full = { label = item.format }
    for _, from in ipairs({ figure, item }) do
        for key, value in pairs(from) do
            full[key] = value
        end
    end
    full.items = nil
    return full
end

-- The items of all figures, complete, or nil and a message.
local function items_of(record, filename)
    local items = {}
    for _, figure in ipairs(record.figures) do
        local where = ("%s: figure '%s'"):format(filename, tostring(figure.title))
        if not LIST.check(figure.items) then
            return nil, ("%s: 'items' must be %s"):format(where, LIST.must)
        end
        for index, item in ipairs(figure.items) do
            local full = inherit(figure, item)
            local reason = check_item(record, full, ("%s, item %d"):format(where, index))
            if reason then
                return nil, reason
            end
            items[#items + 1] = full
        end
    end
    return items
end

-- nil, or what is wrong with the entries of a list.
local function entries_error(list_name, entries, fields_of, filename)
    for index, entry in ipairs(entries) do
        local _, reason = data.check_fields(entry, fields_of(entry),
            ("%s: %s, entry %d"):format(filename, list_name, index))
        if reason then
            return reason
        end
    end
    return nil
end

-- Splits the runs into those that are measured, each with the ISA it is forced to, and those that
-- are `modelled`.
local function split_runs(record)
    local runs = record.runs
    record.runs, record.modelled = {}, {}
    for _, run in ipairs(runs) do
        table.insert(run.target and record.modelled or record.runs, run)
    end
    for _, run in ipairs(record.runs) do
        run.isa = run.isa or record.isa
    end
end

-- nil, or what is wrong with the lists of a suite, which are split and completed.
local function lists_error(record, filename)
    record.libraries = record.libraries or {}
    local reason = entries_error("libraries", record.libraries, function()
        return LIBRARY_FIELDS
    end, filename) or entries_error("runs", record.runs, function(run)
        return run.target and MODELLED_FIELDS or RUN_FIELDS
    end, filename)
    if reason then
        return reason
    end
    split_runs(record)
    for _, run in ipairs(record.runs) do
        if not record.model or not run.isa then
            return ("%s: '%s' is missing: run '%s' is measured"):format(filename,
                record.model and "isa" or "model", run.name)
        end
    end
    return nil
end

-- The record of a suite's text, or nil and a message: its fields, `runs` being those that are
-- measured and `modelled` the others, and in place of the figures their `items`, each complete.
function suite.parse(text, filename)
    local record, reason = data.record(text, filename, SUITE_FIELDS)
    reason = record and lists_error(record, filename) or reason
    if reason then
        return nil, reason
    end
    record.items, reason = items_of(record, filename)
    return record.items and record, reason
end

-- Whether a figure compares a format of a run with peers: elsewhere they would only take time.
function suite.has_peers(record, run, name)
    for _, item in ipairs(record.items) do
        if item.run == run.name and item.format == name and item.over and item.over.peers then
            return true
        end
    end
    return false
end

-- The names of the first of `known` (targets, the machine's own first) and of those that add ISA
-- levels of the runs to it, as far as they are among `levels`, which the machine runs.
function suite.targets(record, levels, known)
    local names, isas = { known[1].name }, { table.unpack(known[1].isas) }
    for _, run in ipairs(record.runs) do
        for _, target in ipairs(list.contains(levels, run.isa) and known or {}) do
            if list.contains(target.isas, run.isa) and not list.contains(isas, run.isa) then
                names[#names + 1] = target.name
                table.move(target.isas, 1, #target.isas, #isas + 1, isas)
            end
        end
    end
    return names
end

-- Every format of the suite's runs, once, in their order.
function suite.formats(record)
    local names, seen = {}, {}
    for _, run in ipairs(record.runs) do
        for _, name in ipairs(run.formats) do
            if not seen[name] then
                seen[name] = true
                names[#names + 1] = name
            end
        end
    end
    return names
end

return suite
