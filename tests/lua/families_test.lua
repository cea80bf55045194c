-- The list of methods is whole, however many a folder has.
local check = require("check")
local families = require("families")

check.case("families: every entry of a folder is a method", function()
    local folder = require("dot.method")
    local before = #folder
    for _ = before + 1, 12 do
        folder[#folder + 1] = folder[1]
    end
    package.loaded.families = nil
    local again = require("families")
    check.equal(#again.list, #families.list + #folder - before)
    for index = #folder, before + 1, -1 do
        folder[index] = nil
    end
    package.loaded.families = families
end)
