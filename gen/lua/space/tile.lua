-- Tiles and blocks that methods do not list: the numbers b, m, n and k (name.lua) a step away from
-- those that they do. Pure.
--
-- Lists hold what measuring has left, so that a tile which is not listed is guessed to be worse,
-- whatever a method's cost says of it.
local name = require("space.name")

local tile = {}

-- Of the cost.
local GUESS = 0.02

-- Tokens that an op's kernel may have in a tile.
local TOKENS = { gemv = { 1, 1 }, few = { 2, 8 }, gemm = { 2, 64 } }

-- The numbers a step from `number`: half and twice as much and, of the small ones, one less and
-- one more. Each once.
local function steps(number)
    local found = number % 2 == 0 and { number // 2, 2 * number } or { 2 * number }
    if number > 2 and number < 10 then
        found[#found + 1] = number // 2 ~= number - 1 and number - 1 or nil
        found[#found + 1] = number + 1
    end
    return found
end

-- Blocks a step away; a tile that is the whole block stays so.
local function other_blocks(numbers, add)
    for _, b in ipairs(steps(numbers.b)) do
        add({ b = b, m = numbers.m == numbers.b and b or numbers.m })
    end
end

-- Parts of the same block; one token takes it whole, so that it is read in one stream.
local function other_parts(numbers, op, add)
    for m = 1, op ~= "gemv" and numbers.m and numbers.b or 0 do
        if numbers.b % m == 0 and m ~= numbers.m then
            add({ m = m })
        end
    end
end

local function other_tokens(numbers, op, add)
    for _, n in ipairs(numbers.n and steps(numbers.n) or {}) do
        if n >= TOKENS[op][1] and n <= TOKENS[op][2] then
            add({ n = n })
        end
    end
end

local function other_lengths(numbers, add)
    for _, k in ipairs(numbers.k and { numbers.k // 2, 2 * numbers.k } or {}) do
        add({ k = k })
    end
end

-- The tiles a step from `numbers` of a kernel for `op`, as { numbers =, factor = of the cost }.
function tile.others(numbers, op)
    local found = {}
    local function add(changes)
        found[#found + 1] = { numbers = name.with(numbers, changes), factor = 1 + GUESS }
    end
    other_blocks(numbers, add)
    other_parts(numbers, op, add)
    other_tokens(numbers, op, add)
    other_lengths(numbers, add)
    return found
end

return tile
