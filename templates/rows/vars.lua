-- Variables of the table lookups whose byte lanes are rows.

local sums_rows = require("rows.sums")

local vars_rows = {}

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
        chunk_k = sums_rows.chunk(record.format, record.mode),
    }
end

return vars_rows
