-- Rows of loom-bench as JSON lines: read from a file, and written to one that takes its name when
-- all of them are there.
local check = require("base.fail").check
local fail = require("base.fail").fail
local files = require("base.files")
local host = require("base.host")
local json = require("base.json")

local rows = {}

-- The types of what is read from rows, where it is there.
local NUMBERS = { "m", "k", "n", "threads", "seconds", "gmac_per_s", "read_ratio",
    "dot_peak_ratio", "rounds", "quiet", "nmse", "text_mib", "weights_per_cycle",
    "tmac_weights_per_cycle" }
local TEXTS = { "run", "cpu", "format", "mode", "isa", "schedule", "kernel", "layout", "peer",
    "residency", "library", "target", "mca_model" }

local function is_row(row)
    local ok = type(row) == "table"
    for _, key in ipairs(ok and NUMBERS or {}) do
        ok = ok and (row[key] == nil or type(row[key]) == "number")
    end
    for _, key in ipairs(ok and TEXTS or {}) do
        ok = ok and (row[key] == nil or type(row[key]) == "string")
    end
    return ok
end

-- The rows of a text, or nil and a message that names the file and the line.
function rows.parse(text, filename)
    local list, number = {}, 0
    for line in (text .. "\n"):gmatch("([^\n]*)\n") do
        number = number + 1
        if line ~= "" then
            local row = json.decode(line)
            if not is_row(row) then
                return nil, ("%s:%d: is no row of 'lutloom bench --json'"):format(filename, number)
            end
            list[#list + 1] = row
        end
    end
    if #list == 0 then
        return nil, filename .. ": has no rows of 'lutloom bench --json'"
    end
    return list
end

-- The rows of a file; an error if there are none.
function rows.read(path)
    return check(rows.parse(check(files.read(path)), path))
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
