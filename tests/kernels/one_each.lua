-- one_each.lua ROOT MANIFEST FORMAT: of a library's kernels for the format one of each method, op,
-- mode and ISA level. The others differ from it in their tiles alone.
local ROOT, PATH, FORMAT = table.unpack(arg)
package.path = ROOT .. "/gen/lua/?.lua;" .. package.path

local json = require("base.json")

local file <close> = assert(io.open(PATH))
local seen = {}
for _, kernel in ipairs(assert(json.decode(file:read("a"))).kernels) do
    -- dot_shift_b2m2n1p2f8: the tile's numbers are its last word.
    local method = kernel.schedule:match("^(.*)_")
    local key = table.concat({ method, kernel.op, kernel.mode, kernel.isa }, " ")
    if kernel.format == FORMAT and not seen[key] then
        seen[key] = true
        print(kernel.name)
    end
end
