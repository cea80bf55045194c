-- Rows of loom-bench as JSON lines: read from a file, and written to one that takes its name when
-- all of them are there.
local check = require("base.fail").check
local data = require("base.data")
local fail = require("base.fail").fail
local files = require("base.files")
local host = require("base.host")
local json = require("base.json")

local rows = {}

-- MiB that a file of rows may have.
local MOST_MIB = 16

-- ---- What a row must be -------------------------------------------------------------------

local function is_text(value)
    return type(value) == "string" and value:find("^%S") ~= nil
end

local function is_whole(value)
    return type(value) == "number" and math.tointeger(value) ~= nil
end

local kinds = {
    text = { is_text, "a text" },
    truth = { function(value)
        return type(value) == "boolean"
    end, "true or false" },
    positive = { function(value)
        return is_whole(value) and value > 0
    end, "a whole number above 0" },
    count = { function(value)
        return is_whole(value) and value >= 0
    end, "a whole number" },
    number = { function(value)
        return type(value) == "number" and value >= 0 and value < math.huge
    end, "a number" },
}

-- The kinds of what is read from rows, where it is there.
local FIELDS = {
    run = "text", cpu = "text", format = "text", mode = "text", isa = "text", schedule = "text",
    kernel = "text", layout = "text", peer = "text", peer_isa = "text", residency = "text",
    library = "text", target = "text", mca_model = "text",
    m = "positive", k = "positive", n = "positive", threads = "positive",
    rounds = "count", quiet = "count", verified = "truth", chosen = "truth",
    seconds = "number", gmac_per_s = "number", read_ratio = "number", dot_peak_ratio = "number",
    nmse = "number", text_mib = "number", weights_per_cycle = "number",
    tmac_weights_per_cycle = "number",
}

local NAMES = {}
for name in pairs(FIELDS) do
    NAMES[#NAMES + 1] = name
end
table.sort(NAMES)

-- What must be there: in a row that has the first of these, and in all others but a peer's.
local NEEDED = {
    { "text_mib", "run", "library" },
    { "mca_model", "run", "kernel", "format", "n", "mode", "isa", "schedule" },
    { "peer", "format", "m", "k", "n", "threads", "residency", "rounds", "quiet" },
}
local KERNEL = { "kernel", "format", "m", "k", "n", "threads", "residency", "rounds", "quiet",
    "mode", "isa", "schedule", "layout" }

local function needed(row)
    for _, names in ipairs(NEEDED) do
        if row[names[1]] ~= nil then
            return names
        end
    end
    return KERNEL
end

-- nil, or why a value is no row.
local function row_error(row)
    if type(row) ~= "table" then
        return ""
    end
    for _, name in ipairs(NAMES) do
        local kind, value = kinds[FIELDS[name]], row[name]
        if value ~= nil and not kind[1](value) then
            return (": '%s' must be %s, not %s"):format(name, kind[2], data.show(value))
        end
    end
    for _, name in ipairs(needed(row)) do
        if row[name] == nil then
            return (": '%s' is missing"):format(name)
        end
    end
    return nil
end

-- ---- Files --------------------------------------------------------------------------------

-- The rows of a text, or nil and a message that names the file and the line.
function rows.parse(text, filename)
    local found, number = {}, 0
    for line in (text .. "\n"):gmatch("([^\n]*)\n") do
        number = number + 1
        if line ~= "" then
            local row = json.decode(line)
            local reason = row_error(row)
            if reason then
                return nil, ("%s:%d: is no row of 'lutloom bench --json'%s"):format(filename,
                    number, reason)
            end
            found[#found + 1] = row
        end
    end
    if #found == 0 then
        return nil, filename .. ": has no rows of 'lutloom bench --json'"
    end
    return found
end

-- The rows of a file; an error if there are none.
function rows.read(path)
    return check(rows.parse(check(files.read(path, MOST_MIB)), path))
end

local Writer = {}
Writer.__index = Writer

local function fail_to_write(writer, reason)
    fail("--json %s: cannot be written: %s", writer.path, reason:match(": ([^:]*)$") or reason)
end

-- Starts a file of rows; nothing stands at `path` before it is finished, and what stood there stays
-- if it never is. Keep it in a `<close>` variable.
function rows.writer(path)
    local writer = setmetatable({ path = path, partial = files.temporary(path) }, Writer)
    local kind = host.path_kind(path)
    if kind and kind ~= "file" then
        fail_to_write(writer, "it is no file")
    end
    local reason
    writer.file, reason = io.open(writer.partial, "w")
    if not writer.file then
        fail_to_write(writer, reason)
    end
    return writer
end

-- Adds a row's text.
function Writer:add(line)
    local ok, reason = self.file:write(line, "\n")
    if ok then
        ok, reason = self.file:flush()
    end
    if not ok then
        fail_to_write(self, reason)
    end
end

function Writer:finish()
    local ok, reason = self.file:close()
    self.file = nil
    if ok then
        ok, reason = os.rename(self.partial, self.path)
    end
    if not ok then
        os.remove(self.partial)
        fail_to_write(self, reason)
    end
end

function Writer:__close()
    if self.file then
        self.file:close()
        os.remove(self.partial)
    end
end

return rows
