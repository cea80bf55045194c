-- The list of methods is whole, however many a folder has.
local check = require("check")
local methods = require("methods")

check.case("methods: every entry of a folder is a method", function()
    local folder = require("dot.method")
    local before = #folder
    for _ = before + 1, 12 do
        folder[#folder + 1] = folder[1]
    end
    package.loaded.methods = nil
    local again = require("methods")
    check.equal(#again.list, #methods.list + #folder - before)
    for index = #folder, before + 1, -1 do
        folder[index] = nil
    end
    package.loaded.methods = methods
end)
