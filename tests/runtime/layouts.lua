-- layouts.lua FILE: every layout that a kernel of any method, ISA, bit width and tile has, for the
-- test of where its bits are.
local ROOT = arg[0]:match("^(.*)/tests/runtime/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    package.path }, ";")

local format = require("input.format")
local home = require("base.home")
local isa = require("input.isa")
local modes = require("input.modes")
local space = require("space.space")
local template = require("base.template")

-- Each width, with the groups that units are shorter for, and ternary codes.
local FORMATS = {
    "w1g32", "w1g128", "w2g16", "w2g32", "w2g128", "w3g32", "w3g128", "w4g16", "w4g32", "w4g128",
    "w5g32", "w6g32", "w8g32", "t",
}

local function formats()
    local records = {}
    for index, name in ipairs(FORMATS) do
        records[index] = assert(format.parse(name))
    end
    return records
end

-- Sorted by name.
local function layouts()
    local found, seen = {}, {}
    for _, kernel in ipairs((space.kernels(formats(), modes.list, isa.list))) do
        local layout = kernel.layout
        found[#found + 1] = not seen[layout.name] and layout or nil
        seen[layout.name] = true
    end
    table.sort(found, function(a, b) return a.name < b.name end)
    return found
end

home.path = ROOT
local load = home.sources().template
local source, filename = load("../tests/runtime/layouts.h.in")
local text = assert(template.render(source, filename, { layouts = layouts() }, load))
local file <close> = assert(io.open(arg[1], "w"))
assert(file:write(text))
