-- A method's list of numbers, widened by tiles and distances that it does not have. Pure.
local distance = require("space.distance")
local tile = require("space.tile")

local function key_of(numbers, near, far)
    return ("%s %s %s %s %s %s"):format(numbers.b, numbers.m, numbers.n, numbers.k, near, far)
end

-- The list of a method for `op` and after it what is near, each once, as
--   numbers
--   listed    whether the list has it
--   loop      the same for all that differ in their distances alone
--   factor    of the cost: a guess, over the nearest of the list
return function(list, op)
    local widened, by_key = {}, {}
    local function add(choice)
        local numbers = choice.numbers
        local key = key_of(numbers, numbers.p, numbers.f)
        local known = by_key[key]
        if not known then
            by_key[key] = choice
            choice.loop = key_of(numbers, numbers.p ~= nil, numbers.f ~= nil)
            widened[#widened + 1] = choice
        else
            known.factor = math.min(known.factor, choice.factor)
        end
    end
    for _, numbers in ipairs(list) do
        add({ numbers = numbers, listed = true, factor = 1 })
    end
    for _, numbers in ipairs(list) do
        for _, choice in ipairs(distance.others(numbers)) do
            add({ numbers = choice.numbers, listed = false, factor = choice.factor })
        end
        for _, choice in ipairs(tile.others(numbers, op)) do
            add({ numbers = choice.numbers, listed = false, factor = choice.factor })
        end
    end
    return widened
end
