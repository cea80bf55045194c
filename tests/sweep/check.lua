-- check.lua ROOT FILE [EARLIER]: whether FILE is a whole tuning file that still has every line of
-- EARLIER, and no choice of a kernel that failed. Prints its numbers of choices and of failures.
local ROOT, FILE, EARLIER = arg[1], arg[2], arg[3]
package.path = ROOT .. "/gen/lua/?.lua;" .. package.path

local function read(path)
    local file = assert(io.open(path))
    local text = file:read("a")
    file:close()
    return text
end

local text = read(FILE)
assert(text:sub(-1) == "\n", "the last line is cut off")
local record = assert(require("choice.tuning").parse(text, FILE))
local lines, failed = {}, 0
for line in text:gmatch("[^\n]+") do
    lines[line] = true
end
for line in (EARLIER and read(EARLIER) or ""):gmatch("[^\n]+") do
    assert(lines[line], "lost: " .. line)
end
for kernel in text:gmatch("\nfailed (%S+)") do
    failed = failed + 1
    for _, row in ipairs(record.rows) do
        assert(row.gemv ~= kernel and row.few ~= kernel and row.gemm ~= kernel, kernel)
    end
end
print(#record.rows, failed)
