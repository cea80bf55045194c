-- compare.lua STOCK OURS VOCABULARY MOST: are our logits what int8 activations explain? Two files
-- of fp32, a row a position. The squared error over the squared stock logits is at most MOST.
local function read(path)
    local file <close> = assert(io.open(path, "rb"))
    return file:read("a")
end

local function rows(text, width)
    return #text // (4 * width)
end

local stock, ours, width, most = read(arg[1]), read(arg[2]), tonumber(arg[3]), tonumber(arg[4])
assert(#stock == #ours and #stock > 0 and #stock % (4 * width) == 0, "files of different sizes")
local squares, errors, same = 0, 0, 0
for row = 0, rows(stock, width) - 1 do
    local top, top_ours, best, best_ours = 0, 0, -math.huge, -math.huge
    for i = 0, width - 1 do
        local at = 4 * (row * width + i) + 1
        local a, b = string.unpack("<f", stock, at), string.unpack("<f", ours, at)
        squares, errors = squares + a * a, errors + (a - b) * (a - b)
        if a > best then
            top, best = i, a
        end
        if b > best_ours then
            top_ours, best_ours = i, b
        end
    end
    same = same + (top == top_ours and 1 or 0)
end
local error_ratio = errors / squares
print(("%s: %.1e of the square, %d of %d tops the same"):format(arg[2]:match("[^/]+$"), error_ratio,
    same, rows(stock, width)))
os.exit(error_ratio <= most)
