-- A method's list of numbers, widened by tiles and distances that it does not have. Pure.
local distance = require("space.distance")
local tile = require("space.tile")

local function key_of(numbers)
    return ("%s %s %s %s %s %s"):format(numbers.b, numbers.m, numbers.n, numbers.k, numbers.p,
        numbers.f)
end

-- The list of a method for `op` and after it what is near, each once, as
--   numbers
--   listed    whether the list has it
--   loop      whether it has another loop than all before, not just other distances
--   factor    of the cost: a guess, over the nearest of the list
return function(list, op)
    local widened, by_key = {}, {}
    local function add(choice)
        local key = key_of(choice.numbers)
        local known = by_key[key]
        if not known then
            by_key[key] = choice
            widened[#widened + 1] = choice
        else
            known.factor = math.min(known.factor, choice.factor)
        end
    end
    for _, numbers in ipairs(list) do
        add({ numbers = numbers, listed = true, loop = true, factor = 1 })
    end
    for _, numbers in ipairs(list) do
        for _, choice in ipairs(distance.others(numbers)) do
            add({ numbers = choice.numbers, listed = false, loop = false, factor = choice.factor })
        end
        for _, choice in ipairs(tile.others(numbers, op)) do
            add({ numbers = choice.numbers, listed = false, loop = true, factor = choice.factor })
        end
    end
    return widened
end
