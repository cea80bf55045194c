-- A small test runner: cases with names, a few assertions, and a count at the end.
local check = { passed = 0, failed = 0 }

local function show(value)
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

-- Runs one case; an error in it is a failure that is reported by name.
function check.case(name, run)
    local ok, reason = xpcall(run, function(value)
        return debug.traceback(tostring(value), 2)
    end)
    if ok then
        check.passed = check.passed + 1
    else
        check.failed = check.failed + 1
        io.stderr:write(("FAILED %s\n    %s\n"):format(name, (reason:gsub("\n", "\n    "))))
    end
end

function check.equal(got, wanted, what)
    if got ~= wanted then
        error(("%sgot %s, wanted %s"):format(what and what .. ": " or "", show(got), show(wanted)),
            2)
    end
end

-- `text` contains `part`, as plain text.
function check.contains(text, part)
    if type(text) ~= "string" or not text:find(part, 1, true) then
        error(("%s does not contain %s"):format(show(text), show(part)), 2)
    end
end

function check.absent(text, part)
    if text:find(part, 1, true) then
        error(("%s contains %s"):format(show(text), show(part)), 2)
    end
end

-- The call failed with nil and a message that contains `part`, all on one line.
function check.refused(part, result, message)
    if result ~= nil then
        error(("was accepted; wanted a refusal with %s"):format(show(part)), 2)
    end
    check.contains(message, part)
    check.absent(message, "\n")
end

return check
