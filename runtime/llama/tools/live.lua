-- Programs that measure when they are told to, each with a line of its input: driver speed and
-- bandwidth. They stay alive, so that what is compared can be measured within the same second.
local live = {}
live.__index = live

local function quote(text)
    return "'" .. text:gsub("'", "'\\''") .. "'"
end

live.quote = quote

-- The output of a command; an error that names it if it fails.
function live.output_of(command)
    local pipe = assert(io.popen(command))
    local text = pipe:read("a")
    if not pipe:close() then
        error("this command failed: " .. command, 0)
    end
    return text
end

-- Starts a command, in a shell's words. Its input is a pipe in the folder, with that name.
function live.start(command, folder, name)
    local input = folder .. "/" .. name .. ".input"
    os.remove(input)
    live.output_of("mkfifo " .. quote(input))
    local self = setmetatable({ command = command, input = input }, live)
    self.output = assert(io.popen(command .. " <" .. quote(input) .. " 2>/dev/null"))
    self.orders = assert(io.open(input, "w"))
    self.orders:setvbuf("line")
    return self
end

-- The next line that it prints; an error if it has ended.
function live:read()
    return self.output:read("l") or error("this command ended early: " .. self.command, 0)
end

function live:ask(order)
    self.orders:write(order, "\n")
    return self:read()
end

function live:close()
    self.orders:close()
    self.output:close()
    os.remove(self.input)
end

live.__close = live.close

return live
