-- Kernel names: loom_<op>_<format>_<mode>__<schedule>_<isa>. Left of `__` is what is computed,
-- right of it how. A schedule is <family>_<method>_ and its numbers, each after one letter:
-- b row blocks side by side in the layout, m and n the tile (vectors of rows, tokens), k the
-- block along K, p and f how many KiB weights are prefetched ahead, for the level 1 and for the
-- level 2 cache.

local name = {}

local ORDER = { "b", "m", "n", "k", "p", "f" }

-- "lut_quad": what a schedule's name starts with.
function name.method(family, method)
    return family .. "_" .. method
end

-- "lut_quad_b8m8n1" for family "lut", method "quad", numbers { b = 8, m = 8, n = 1 }.
function name.schedule(family, method, numbers)
    local parts = {}
    for _, letter in ipairs(ORDER) do
        if numbers[letter] then
            parts[#parts + 1] = letter .. numbers[letter]
        end
    end
    return name.method(family, method) .. "_" .. table.concat(parts)
end

-- A copy of numbers with some of them changed.
function name.with(numbers, changes)
    local copy = {}
    for _, letter in ipairs(ORDER) do
        copy[letter] = changes[letter] or numbers[letter]
    end
    return copy
end

function name.make(record)
    return ("loom_%s_%s_%s__%s_%s"):format(record.op, record.format.key, record.mode,
        record.schedule, record.isa.name)
end

-- The fields of a kernel's name as strings and numbers, or nil and the reason.
function name.parse(text)
    local op, format, mode, schedule, isa =
        text:match("^loom_(%l+)_(%w+)_(%w+)__(%w+_%w+_%w+)_(%w+)$")
    if not op then
        return nil, ("'%s' is no kernel's name: loom_<op>_<format>_<mode>__<schedule>_<isa>")
            :format(text)
    end
    local family, method, digits = schedule:match("^(%w+)_(%w+)_(%w+)$")
    local numbers = {}
    for letter, number in digits:gmatch("(%l)(%d+)") do
        numbers[letter] = math.tointeger(tonumber(number))
    end
    return { op = op, format = format, mode = mode, schedule = schedule, isa = isa,
        family = family, method = method, numbers = numbers }
end

return name
