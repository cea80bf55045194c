-- Every fixture has the weights of its .f32, bit for bit.
local check = require("check")
local fixtures = require("fixtures")

-- Types whose weights are not computed, by the beginning of their names, and the words that say so.
local REFUSED = { IQ1_ = "codebook", IQ2_ = "codebook", IQ3_ = "codebook", PTQ1 = "143" }

local function check_result(result)
    local words = REFUSED[(result.kind or ""):sub(1, 4)]
    if words then
        check.contains(result.refused or "", words)
    else
        check.equal(result.refused, nil, result.case)
        check.equal(result.differ, 0, ("%s %s"):format(result.case, result.tensor))
    end
end

if not fixtures.exist() then
    print("fixtures: skipped, there are none beside the project")
    return
end
for _, folder in ipairs(fixtures.folders) do
    check.case("fixtures: " .. folder, function()
        local results = fixtures.results(folder)
        check.equal(#results > 0, true, folder)
        for _, result in ipairs(results) do
            check_result(result)
        end
    end)
end
