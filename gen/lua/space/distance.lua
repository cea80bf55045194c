-- Prefetch distances that methods do not list: the numbers p and f (name.lua) around those that
-- they do. Pure.
--
-- The model cannot tell distances apart. That prefetching helps is measured, and how little its
-- distance does: w2g128, 4096 x 4096, in DRAM, one thread of a server with AVX-512 VBMI: 22 GEMV
-- kernels of lut_quad that differ in it took 280 to 292 us with 0.5 to 1.1 % of noise, the two
-- without it 327 and 349 us. That another distance than a listed one costs more, the further it
-- is the more, is a guess.
local name = require("space.name")

local distance = {}

-- KiB ahead, for the level 1 and for the level 2 cache.
local NEAR, FAR = { 1, 2, 4 }, { 4, 8, 16, 32 }

-- Of the cost, for twice or half a distance.
local GUESS = 0.0005

-- How often one distance is to be doubled or halved for another.
local function doublings(from, to)
    return from and math.abs(math.log(to / from, 2)) or 0
end

-- The numbers with all distances that they may have instead of their own, as { numbers =, factor =
-- of the cost }; none where they have none.
function distance.others(numbers)
    local found = {}
    for _, near in ipairs(numbers.p and NEAR or {}) do
        for _, far in ipairs(numbers.f and FAR or { false }) do
            if not far or far > near then
                found[#found + 1] = { numbers = name.with(numbers, { p = near, f = far }),
                    factor = 1 + GUESS
                        * (doublings(numbers.p, near) + doublings(numbers.f, far)) }
            end
        end
    end
    return found
end

return distance
