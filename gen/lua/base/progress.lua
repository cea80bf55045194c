-- Progress on standard error: one line that is written over on a terminal, and only the first
-- and the last word of it elsewhere.
local host = require("base.host")

local Progress = {}
Progress.__index = Progress

local WIDTH = 79

-- Starts a line that says `label`.
function Progress.start(label)
    local self = setmetatable({ label = label, live = host.is_terminal() }, Progress)
    self:show("")
    if not self.live then
        io.stderr:write(label, "\n")
    end
    return self
end

-- Shows `text` after the label, on a terminal.
function Progress:show(text)
    if self.live then
        io.stderr:write("\r\27[K", (self.label .. " " .. text):sub(1, WIDTH))
        io.stderr:flush()
    end
end

-- Ends the line, with `text` for its last word; nil leaves nothing of it.
function Progress:finish(text)
    if self.live then
        io.stderr:write("\r\27[K")
    end
    if text then
        io.stderr:write(self.label, ": ", text, "\n")
    end
end

return Progress
