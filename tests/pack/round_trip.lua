-- Packs files of weights for a library, unpacks them again, and compares the weights that
-- runtime/loom.h defines with others.
local files = require("base.files")
local host = require("base.host")
local packed_weights = require("packed_weights")
local product = require("product")
local source_parts = require("source_parts")

local round_trip = {}

local RoundTrip = {}
RoundTrip.__index = RoundTrip

-- Runs lutloom with these words; its output where it fails, or "".
function RoundTrip:lutloom(...)
    local lines = {}
    local code = assert(host.run({ self.program, ... }, function(line)
        lines[#lines + 1] = line
    end))
    return code == 0 and "" or table.concat(lines, "; ")
end

-- A program, and a folder that is made anew, with a library for these formats.
function round_trip.new(program, work, formats)
    local self = setmetatable({ program = program, work = work }, RoundTrip)
    host.run({ "rm", "-rf", work })
    assert(host.make_dir(work))
    assert(files.write(work .. "/shapes.lua",
        'return { name = "tiny", layers = { { role = "q", m = 64, k = 512 } } }\n'))
    local fault = self:lutloom("gen", "--model", work .. "/shapes.lua", "--format",
        table.concat(formats, ","), "--target", "generic", "--mode", "exact", "--out",
        work .. "/library")
    assert(fault == "", fault)
    return self
end

-- Packs a file; what is wrong, or "". `layout` is that of I2_S.
function RoundTrip:pack(path, layout)
    return self:lutloom("pack", path, "--library", self.work .. "/library", "--out",
        self.work .. "/case.loom", "--mode", "exact", "--i2s", layout)
end

-- Scales of E8M0 below 2^-126 are 0, so that weights up to 12 times the largest of them are.
local FLUSHED = 12 * 2.0 ^ -127

-- "same" where a weight has the bits of another one; a zero may have another sign, since numbers of
-- a book have none. "flushed" where it is 0 by the rule above. Else "differs".
local function compare(weight, wanted, format)
    if ("<f"):pack(weight) == ("<f"):pack(wanted) or weight == 0 and wanted == 0 then
        return "same"
    end
    local is_flushed = weight == 0 and format:find("e8m0$") and math.abs(wanted) <= FLUSHED
    return is_flushed and "flushed" or "differs"
end

-- What is wrong with weights, or ""; then what is to be said of those that are right.
local function weights_fault(weights, wanted, format)
    if #weights * 4 ~= #wanted then
        return ("has %d weights, not %d"):format(#weights, #wanted // 4)
    end
    local counts = { same = 0, flushed = 0, differs = 0 }
    for index, weight in ipairs(weights) do
        local kind = compare(weight, ("<f"):unpack(wanted, 4 * index - 3), format)
        counts[kind] = counts[kind] + 1
    end
    if counts.differs > 0 then
        return ("%d of %d weights differ"):format(counts.differs, #weights)
    end
    return "", counts.flushed > 0 and (", %d below 2^-123 are 0"):format(counts.flushed) or ""
end

-- Scales and offsets are the source's, where source_parts knows how it has them.
local function parts_fault(parts, matrix)
    local source = source_parts[matrix.codec]
    for name, values in pairs(source and source(matrix) or {}) do
        for index, value in pairs(values) do
            if parts[name][index] ~= value then
                return ("%s[%d] is %s, not %s"):format(name, index, parts[name][index], value)
            end
        end
        if #values ~= #parts[name] then
            return ("has %d %s, not %d"):format(#parts[name] + 1, name, #values + 1)
        end
    end
    return ""
end

-- What is wrong with a matrix of the file that was packed last, whose weights, as text of fp32, are
-- `wanted`; or "", and what is to be said of it.
function RoundTrip:fault_of(matrix, wanted)
    local prefix = self.work .. "/part"
    host.run({ "sh", "-c", 'rm -f "$1".*', "sh", prefix })
    local fault = self:lutloom("unpack", self.work .. "/case.loom", "--tensor", matrix.name,
        "--out", prefix)
    if fault ~= "" then
        return fault
    end
    local parts = packed_weights.parts(prefix, matrix.format)
    fault = parts_fault(parts, matrix)
    local note
    if fault == "" then
        fault, note = weights_fault(packed_weights.of(parts, matrix), wanted, matrix.format)
    end
    if fault == "" then
        fault = product.fault_of(self.work, self.work .. "/case.loom", matrix, wanted)
    end
    return fault, note
end

-- A line on a matrix of a case, for people; whether nothing is wrong.
function round_trip.say(case, matrix, fault)
    print(("%-48s %-22s %-14s %s"):format(case, matrix.name:match("[^.]*%.?[^.]*$"), matrix.format,
        fault == "" and "equal" or fault))
    return fault == ""
end

return round_trip
