-- How large sums become. Integers wrap where they overflow, and adding goes on rightly: what counts
-- is that a sum fits where it is read as a number, that is where it is shifted to the right,
-- widened, added with saturation or converted. Pure.
--
-- A method lists the sums that a kernel of it reads so (`sums` in methods.lua), each as
--   name      what it is, for messages
--   adds, of  `of` codes along K, or fewer, add at most so much to its magnitude
--   k         codes along K after which it is read
--   most      the largest magnitude that is read rightly
-- The sum that a group comes to, which all methods convert, is listed here.
local model = require("input.model")

local bounds = {}

bounds.I8, bounds.U8, bounds.I16, bounds.U16 = 127, 255, 32767, 65535
bounds.I32 = (1 << 31) - 1

-- Sums that v_scale_sum takes (templates/isa).
local SMALL = (1 << 22) - 1

-- An activation of 8 bits; entries of tables, and what they are stored as: with a bias, exact ones
-- in two parts (enum loom_act in activations.h).
bounds.ACT = 127
bounds.ENTRY = { table = 127, table7 = 63 }
bounds.STORED = { exact = 1020, table = 255, table7 = 127 }
bounds.LOW, bounds.HIGH = 7, 127

function bounds.sum(name, adds, of, k, most)
    return { name = name, adds = adds, of = of, k = k, most = most }
end

-- What a sum reaches.
function bounds.reach(sum)
    return sum.adds * ((sum.k + sum.of - 1) // sum.of)
end

-- The most codes along K, a multiple of `of`, after which a sum is read rightly.
function bounds.codes(adds, of, most)
    return most // adds * of
end

-- The same as a half, a quarter and so on of `limit`, or that; at least a round of the loops over
-- codes, which is refused where it is too much.
function bounds.half_of_codes(adds, of, most, limit)
    while limit > 32 and limit > bounds.codes(adds, of, most) do
        limit = limit // 2
    end
    return limit
end

-- The most codes of a row.
bounds.ROW = model.MAX_DIM

local function group_k(format)
    return format.group > 0 and format.group or bounds.ROW
end

-- Codes along K that a kernel sums before it flushes: a group, or a chunk of it (tile/sums.c.in).
function bounds.chunk_k(record)
    local k = group_k(record.format)
    return math.min(record.vars.chunk_k or k, k)
end

-- Two entries of a table that add in a byte, where they do.
function bounds.entries_in_byte(mode)
    if mode == "table" then
        return {}
    end
    local entry = mode == "exact" and bounds.HIGH or bounds.STORED.table7
    return { bounds.sum("the sum of two entries", entry, 4, 8, bounds.U8) }
end

function bounds.none()
    return {}
end

-- The largest magnitude of what an activation is multiplied by: a code less its zero point, or a
-- number, times a factor.
local function largest_weight(format)
    local lowest = format.zero_points and 0 or format.zero
    local highest = format.zero_points and 1 << format.bits or format.zero
    local largest = math.max(format.step * ((1 << format.bits) - 1) - lowest, highest)
    largest = format.largest_number or largest
    if not format.sub then
        return largest
    end
    return largest * (format.offsets and (1 << format.factor_bits) - 1
        or 1 << format.factor_bits - 1)
end

-- True where v_scale_sum takes the exact sum of a group.
function bounds.is_small(format)
    return format.group > 0 and not format.sub
        and largest_weight(format) * bounds.ACT * format.group <= SMALL
end

-- isum of kernel.h.
local function of_group(format, mode)
    local lowest = format.zero_points and 0 or format.zero
    local highest = format.zero_points and 1 << format.bits or format.zero
    local planes, name, k = (1 << format.bits) - 1, "the sum of a group", group_k(format)
    if mode == "exact" then
        return bounds.sum(name, largest_weight(format) * bounds.ACT, 1, k, bounds.I32)
    end
    local most = format.group > 0 and SMALL or bounds.I32
    if mode == "table" and format.triples then
        return bounds.sum(name, bounds.ENTRY.table, 3, k, most)
    end
    local entries, entry = format.step * planes, bounds.ENTRY[mode]
    local factor = math.max(entries - 2 * lowest, 2 * highest - entries)
    -- The sum of the activations is rounded by itself.
    return bounds.sum(name, entries * entry + factor * (entry + 1), 4, k, most)
end

-- All sums of a kernel of the method `entry`.
function bounds.sums(entry, record)
    local own = entry.sums(record)
    return table.move(own, 1, #own, 2, { of_group(record.format, record.mode) })
end

-- The reason against a kernel one of whose sums does not fit, or nil.
function bounds.refuse(entry, record)
    for _, sum in ipairs(bounds.sums(entry, record)) do
        local reach = bounds.reach(sum)
        if reach > sum.most then
            return ("%s reaches %d in %d codes, %d is the most"):format(sum.name, reach, sum.k,
                sum.most)
        end
    end
end

return bounds
