-- rows.lua ROOT FILE: whether rows of `loom-bench --tuned` are what it promises.
local ROOT, FILE = arg[1], arg[2]
package.path = ROOT .. "/gen/lua/?.lua;" .. package.path

local problems, seen = {}, {}
for _, row in ipairs(require("build.rows").read(FILE)) do
    local problem = ("%s N=%d"):format(row.format, row.n)
    local tmac = row.schedule == "tmac"
    local choice = ("%s %s %s"):format(problem, tmac and "T-MAC" or row.layout,
        tmac and "" or row.mode)
    assert(row.verified and row.seconds > 0 and row.rounds >= 5, choice .. ": was not measured")
    assert(row.read_ratio > 0 and row.dot_peak_ratio > 0, choice .. ": has no limits")
    assert(row.mode ~= "table7", choice .. ": fastest does not take table7")
    assert(not seen[choice], choice .. ": has two rows")
    seen[choice] = true
    assert(row.chosen == false or not tmac, choice .. ": T-MAC's schedule is never chosen")
    local list = problems[problem] or {}
    problems[problem] = list
    assert(not (row.chosen and list.chosen), problem .. ": two are chosen")
    list.chosen = row.chosen and row or list.chosen
    list.least = math.min(list.least or math.huge, tmac and math.huge or row.seconds)
end

local count = 0
for problem, list in pairs(problems) do
    assert(list.chosen, problem .. ": none is chosen")
    assert(list.chosen.seconds == list.least, problem .. ": the chosen one is not the fastest")
    count = count + 1
end
assert(count == 2, "there are not 2 problems")
