-- Reads a tuning file that has come from elsewhere.
local check = require("base.fail").check
local files = require("base.files")
local remark = require("base.fail").remark
local tuning = require("choice.tuning")

local tuning_file = {}

-- MiB that a tuning file may have.
local MOST_MIB = 16

-- The record of the file. Where a connection broke off in the middle of a line, all others stay.
function tuning_file.read(path)
    local text = check(files.read(path, MOST_MIB))
    local whole = text:match("^.*\n") or ""
    if whole ~= text and tuning.parse(whole, path) then
        remark(("%s: ends in the middle of a line, which is left out"):format(path))
        text = whole
    end
    return check(tuning.parse(text, path))
end

return tuning_file
