-- summary.lua LOG...: counts the results in meson's test logs (one JSON object a line).

local json = require("dkjson")

local counts = { OK = 0, SKIP = 0, failed = 0 }
for _, path in ipairs(arg) do
    for line in io.lines(path) do
        local result = json.decode(line).result
        local name = counts[result] and result or "failed"
        counts[name] = counts[name] + 1
    end
end
print(("%d passed, %d failed, %d skipped"):format(counts.OK, counts.failed, counts.SKIP))
os.exit(counts.failed == 0 and counts.OK > 0)
