-- fixtures.lua LUTLOOM WORK [PART]: dequantizes the matrices of every fixture of a format of
-- weights (tests/lua/fixtures.lua), packs those that a format of the library holds, and compares
-- both with the weights of the format's own code. Prints a table of what became of each. With PART
-- those whose names have it.
local ROOT = arg[0]:match("^(.*)/tests/pack/[^/]*$") or "."
package.path = table.concat({ ROOT .. "/gen/lua/?.lua", ROOT .. "/templates/?.lua",
    ROOT .. "/tests/lua/?.lua", ROOT .. "/tests/pack/?.lua", package.path }, ";")
require("check").root = ROOT
local fixtures = require("fixtures")
local list = require("base.list")
local round_trip = require("round_trip")

local LUTLOOM, WORK, PART = arg[1], arg[2], arg[3] or ""

local function is_held(matrix)
    return matrix.format ~= nil and not matrix.looked_up
end

-- { case =, matrices = } of all fixtures, and the formats that hold some.
local function find_cases()
    local found, formats = {}, {}
    for _, folder in ipairs(fixtures.folders) do
        for _, case in ipairs(fixtures.cases(folder)) do
            if case.name:find(PART, 1, true) then
                found[#found + 1] = { case = case, matrices = fixtures.matrices(case) }
            end
        end
    end
    for _, of_case in ipairs(found) do
        for _, matrix in ipairs(of_case.matrices) do
            formats[#formats + 1] = is_held(matrix) and not list.contains(formats, matrix.format)
                and matrix.format or nil
        end
    end
    return found, formats
end

-- What is wrong with the matrix after packing, "" for nothing, and what is to be said of it.
local function packed_result(trip, found, matrix, fault)
    if not is_held(matrix) then
        return "", matrix.why or "its rows are looked up"
    elseif fault ~= "" then
        return fault
    end
    local of_matrix, note = trip:fault_of(matrix, fixtures.weights(found.case, matrix))
    return of_matrix, "equal" .. (note or "")
end

-- A row of the table; whether all is well.
local function check_matrix(trip, found, matrix, file_fault)
    local result = fixtures.result(found.case, matrix)
    local fault, said = packed_result(trip, found, matrix, file_fault)
    local refusal = result.refused and result.refused:match("[^:]*$"):gsub("^ ", "")
    print(("| %s | %s | %s | %s | %s | %s | %s |"):format(found.case.name, matrix.name, matrix.kind,
        matrix.format or "", result.weights or "", refusal or result.differ == 0 and "equal"
        or result.differ .. " differ", fault == "" and said or fault))
    return (result.differ or 0) == 0 and fault == ""
end

-- Whether all matrices of a case are right.
local function check_case(trip, found)
    local fault, ok = "", true
    for _, matrix in ipairs(found.matrices) do
        if is_held(matrix) then
            fault = trip:pack(found.case.path, found.case.options.i2s)
            break
        end
    end
    for _, matrix in ipairs(found.matrices) do
        ok = check_matrix(trip, found, matrix, fault) and ok
    end
    return ok
end

if not fixtures.exist() then
    print("skipped: there are no fixtures beside the project")
    os.exit(77)
end
local cases, formats = find_cases()
print("| case | matrix | weights are | held as | weights | dequantized | packed, unpacked |")
print("| --- | --- | --- | --- | --- | --- | --- |")
local trip, all_ok = round_trip.new(LUTLOOM, WORK, formats), #cases > 0
for _, found in ipairs(cases) do
    all_ok = check_case(trip, found) and all_ok
end
os.exit(all_ok)
