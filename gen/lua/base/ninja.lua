-- Runs ninja.
local check = require("base.fail").check
local host = require("base.host")
local Progress = require("base.progress")

local ninja = {}

-- Builds `target`, or all, of the folder `build`, on every CPU that the process may use; a line of
-- progress says `label` and what is being built, if anything is. Returns ninja's exit code and
-- lines.
function ninja.run(build, label, target)
    local progress, lines = nil, {}
    local code = check(host.run({ "ninja", "-C", build, target }, function(line)
        lines[#lines + 1] = line
        local counts, what = line:match("^(%[%d+/%d+%])%s*(.*)$")
        if counts then
            progress = progress or Progress.start(label)
            progress:show(counts .. " " .. (what:match("([%w_.-]+)%s*$") or what))
        end
    end))
    if progress then
        progress:finish()
    end
    return code, lines
end

return ninja
