-- Variables of the table lookups whose byte lanes are rows.

local vars_rows = {}

local LARGEST = { table = 255, table7 = 127, exact = 1020 } -- entries (enum loom_act in kernel.h)
local MOST_K = 256

-- The low parts of exact entries add up in a byte.
local LOW_LARGEST, LOW_K = 7, 128
assert(LOW_K // 4 * LOW_LARGEST <= 255)

-- The most k, a power of two, whose sums of all planes fit 16 bits.
local function chunk_of(format, mode)
    local largest = LARGEST[mode] * ((1 << format.bits) - 1) * format.step
    local chunk = mode == "exact" and LOW_K or MOST_K
    while chunk // 4 * largest > 65535 do
        chunk = chunk // 2
    end
    assert(chunk >= 32, "16-bit sums would overflow")
    return chunk
end

-- Vectors of sums for 16 rows and a token: 16 bits, and for exact entries a byte.
function vars_rows.sums(format, mode)
    return (mode == "exact" and 3 or 2) * format.bits
end

-- A C expression: the address of a vector; every other one has a base of its own (v_apart).
local function address(base, offset, vector)
    if offset // vector % 2 == 1 then
        return ("%s_odd + %d"):format(base, offset - vector)
    end
    return ("%s + %d"):format(base, offset)
end

-- The variables of one kernel.
function vars_rows.of(record)
    return {
        address = function(base, offset)
            return address(base, offset, record.isa.vector)
        end,
        chunk_k = chunk_of(record.format, record.mode),
    }
end

return vars_rows
