-- weight_types.lua FILE: the table of types that libraries are generated with, for tests of
-- codecs.
local ROOT = arg[0]:match("^(.*)/tests/llama/[^/]*$") or "."
package.path = ROOT .. "/gen/lua/?.lua;" .. package.path

local gguf_types = require("input.gguf_types")
local home = require("base.home")
local template = require("base.template")

home.path = ROOT
local load = home.sources().template
local source, filename = load("library/weight_types.c.in")
local text = assert(template.render(source, filename, {
    gguf_types = gguf_types, version = home.version(), command = "tests/llama/weight_types.lua",
}, load))
local file <close> = assert(io.open(arg[1], "w"))
assert(file:write(text))
