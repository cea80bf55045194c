-- The format of whole codes with a scale, and maybe a zero point, for a group.
local granularity = require("source.granularity")

local integer_format = {}

-- How far a scale goes, as formats say it. One for a row, or for all, is repeated for groups of 256
-- where no library has kernels otherwise (runtime/loom.h).
local function reach_of(layout)
    if layout.whole then
        return layout.bits <= 4 and layout.whole or "g256"
    end
    -- The last group of a row may be shorter.
    local group = layout.group
    local reach, why = granularity.of(group, -(-layout.k // group) * group)
    if reach and layout.ordered and reach ~= "g" .. group then
        return nil, ("columns are sorted into groups of 32, 64, 128 or 256, not %d"):format(group)
    end
    return reach, why
end

-- The format, or nil and why.
--     bits, k    of the matrix
--     group      of columns with one scale
--     whole      in its place: "row" or "tensor" where a scale goes as far as that
--     zeros      whether each has a zero point of its own
--     scales     the tensor of the scales
--     ordered    whether columns are to be sorted by their groups
function integer_format.of(layout)
    if layout.bits == 7 then
        return nil, "no library has kernels for 7 bits"
    end
    local reach, why = reach_of(layout)
    return reach and ("w%d%s%s%s"):format(layout.bits, reach, layout.zeros and "z" or "",
        layout.scales.type == "F16" and "" or "f32"), why
end

return integer_format
