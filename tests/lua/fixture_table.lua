-- Prints what becomes of each fixture: lua5.4 tests/lua/fixture_table.lua, from the source tree's
-- root.
local ROOT = arg[0]:match("^(.*)/tests/lua/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", package.path }, ";")
require("check").root = ROOT
local fixtures = require("fixtures")

print("| case | matrix | kind | format | weights | result |")
print("| --- | --- | --- | --- | --- | --- |")
for _, folder in ipairs(fixtures.folders) do
    for _, result in ipairs(fixtures.results(folder)) do
        print(("| %s | %s | %s | %s | %s | %s |"):format(result.case, result.tensor or "",
            result.kind or "", result.format or result.why or "", result.weights or 0,
            result.refused or result.differ == 0 and "equal" or result.differ .. " differ"))
    end
end
