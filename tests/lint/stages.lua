-- stages.lua FILE...: whether each of the generator's modules requires its own stage and those
-- above it alone. The stages, and their order, are those of the table in gen/README.md.

local function read(path)
    local file = assert(io.open(path))
    local text = file:read("a")
    file:close()
    return text
end

local order, count = {}, 0
for stage in read("gen/README.md"):gmatch("\n| `lua/(%l+)/` |") do
    count = count + 1
    order[stage] = count
end
assert(count > 0, "gen/README.md has no table of stages")

local wrong = 0
local function complain(...)
    print(string.format(...))
    wrong = wrong + 1
end

for _, path in ipairs(arg) do
    local own = path:match("gen/lua/(%l+)/")
    if own and not order[own] then
        complain("%s: the table in gen/README.md has no stage %s", path, own)
    end
    for module in read(path):gmatch('require%("([%w_.]+)"%)') do
        local stage = module:match("^(%l+)%.")
        if own and order[stage] and order[stage] > (order[own] or count) then
            complain("%s: %s is of a later stage", path, module)
        end
    end
end
os.exit(wrong == 0)
