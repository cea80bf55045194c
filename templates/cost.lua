-- What methods need: operations and registers.

local method_cost = {}

-- Vectors of the packed stream for 32 codes of the rows that share one vector.
function method_cost.lookups(mode)
    return mode == "exact" and 8 or 4
end

-- A sub-block's sum is multiplied and added, its factor taken out of a byte; two products for the
-- minimums of 4 of them.
local function of_parts(format)
    local subs = format.sub and format.group // format.sub or 0
    return subs * (format.offsets and 4.5 or 4) + (format.offsets and 3 or 0)
end

-- Operations at the end of a group, for one vector of rows and one token; `more` are the
-- method's own.
function method_cost.group(format, isa, more)
    local group = format.group == 0 and 4096 or format.group
    return (isa.group_ops + (format.zero_points and 4 or 0) + (more or 0) + of_parts(format))
        / (group * isa.vector // 4)
end

-- Reasons to refuse, or nil.
function method_cost.even_parts(numbers)
    if numbers.b % numbers.m ~= 0 then
        return ("a tile of %d does not divide a block of %d"):format(numbers.m, numbers.b)
    end
end

function method_cost.whole_block(numbers)
    if numbers.b ~= numbers.m then
        return ("a tile of %d is not the whole block of %d"):format(numbers.m, numbers.b)
    end
end

function method_cost.even_tokens(numbers, isa)
    if isa.panel and numbers.n % 2 ~= 0 then
        return "of an odd number of tokens two steps are no whole vectors of activations"
    end
end

function method_cost.triples(format)
    if not format.ternary then
        return "only ternary codes come three in a symbol"
    elseif format.group > 0 then
        return ("symbols of 3 codes do not end where groups of %d do"):format(format.group)
    elseif format.zero_points then
        return "symbols of 3 codes stand for weights of -1, 0 and 1, whatever the zero points"
    end
end

function method_cost.registers(needed, has)
    if needed > has then
        return ("needs %d vector registers, the ISA has %d"):format(needed, has)
    end
end

-- A dot product of 4 in 32 bits takes 5 cycles and two start in each: fewer than 10 sums wait for
-- one another.
function method_cost.busy(sums, isa)
    if isa.sum_bits == 32 and sums < 10 then
        return ("%d sums wait for one another, 10 would not"):format(sums)
    end
end

return method_cost
