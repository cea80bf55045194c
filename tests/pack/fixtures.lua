-- fixtures.lua LUTLOOM WORK [PART]: packs every fixture of a format of weights
-- (tests/lua/fixtures.lua) whose matrices a format of the library holds, and compares what comes
-- back with the weights of the format's own code. Prints what became of each. With PART those whose
-- names have it.
local ROOT = arg[0]:match("^(.*)/tests/pack/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", ROOT .. "/tests/pack/?.lua", package.path }, ";")
require("check").root = ROOT
local fixtures = require("fixtures")
local list = require("base.list")
local round_trip = require("round_trip")

local LUTLOOM, WORK, PART = arg[1], arg[2], arg[3] or ""

-- The matrices of a case that a format holds; their formats are added.
local function held_matrices(case, formats)
    local held = {}
    for _, matrix in ipairs(fixtures.matrices(case)) do
        if matrix.format and not matrix.looked_up then
            held[#held + 1] = matrix
            formats[#formats + 1] = not list.contains(formats, matrix.format) and matrix.format
                or nil
        end
    end
    return held
end

-- { case =, matrices = } of all fixtures of which something is held, and all formats.
local function find_cases()
    local found, formats = {}, {}
    for _, folder in ipairs(fixtures.folders) do
        for _, case in ipairs(fixtures.cases(folder)) do
            local held = case.name:find(PART, 1, true) and held_matrices(case, formats) or {}
            found[#found + 1] = held[1] and { case = case, matrices = held } or nil
        end
    end
    return found, formats
end

-- Whether all matrices of a case come back.
local function check_case(trip, found)
    local fault, ok = trip:pack(found.case.path, found.case.options.i2s), true
    for _, matrix in ipairs(found.matrices) do
        local of_matrix = fault ~= "" and fault
            or trip:fault_of(matrix, fixtures.weights(found.case, matrix))
        ok = round_trip.say(found.case.name, matrix, of_matrix) and ok
    end
    return ok
end

if not fixtures.exist() then
    print("skipped: there are no fixtures beside the project")
    os.exit(77)
end
local cases, formats = find_cases()
local trip, all_ok = round_trip.new(LUTLOOM, WORK, formats), #cases > 0
for _, found in ipairs(cases) do
    all_ok = check_case(trip, found) and all_ok
end
os.exit(all_ok)
