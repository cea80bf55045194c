-- Every fixture has the weights of its .f32, bit for bit.
local check = require("check")
local fixtures = require("fixtures")

-- Cases whose weights are not computed, by the beginning of their name, and why.
local REFUSED = {
    ["gguf/iq1_"] = "codebook", ["gguf/iq2_"] = "codebook", ["gguf/iq3_"] = "codebook",
    ["gguf/prism-pq2_0"] = "142", ["gguf/prism-ptq1_0"] = "143",
}

local function wanted_refusal(name)
    for start, words in pairs(REFUSED) do
        if name:sub(1, #start) == start then
            return words
        end
    end
    return nil
end

local function check_result(result)
    local words = wanted_refusal(result.case)
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
