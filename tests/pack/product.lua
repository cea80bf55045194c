-- A matrix of a .loom file, multiplied by the program that the top README shows
-- (tests/example/model.c).
local check = require("check")
local host = require("base.host")

local product = {}

-- The output of a program and whether it ended well.
local function run(words)
    local lines = {}
    local code = assert(host.run(words, function(line)
        lines[#lines + 1] = line
    end))
    return table.concat(lines, "; "), code == 0
end

-- The program, compiled in the folder `work` with the library there, which has to be built.
local function program_of(work)
    local program, library = work .. "/model", work .. "/library"
    if host.path_kind(program) ~= "file" then
        local said, ok = run({ os.getenv("CC") or "clang-19", "-std=c11", "-Wall", "-Wextra",
            "-Werror", "-I" .. library .. "/include", check.root .. "/tests/example/model.c",
            library .. "/build/libloom.a", "-pthread", "-lm", "-o", program })
        assert(ok, said)
    end
    return program
end

-- y[0] is off by what activations of 8 bits leave; numbers below fp32's normal ones may be 0.
local MOST_OFF, TINY = 0.002, 2.0 ^ -122

-- What is wrong with y[0] of a matrix of `packed`, whose weights, as text of fp32, are `wanted`; or
-- "". The program's activation k is k / K.
function product.fault_of(work, packed, matrix, wanted)
    local said = run({ program_of(work), packed, matrix.name })
    local y, k = tonumber(said:match("y%[0%] = (%S+)$")), matrix.k
    local sum, weights, activations = 0, 0, 0
    for column = 0, k - 1 do
        local weight, x = ("<f"):unpack(wanted, 4 * column + 1), column / k
        sum, weights, activations = sum + weight * x, weights + weight ^ 2, activations + x ^ 2
    end
    local most = MOST_OFF * math.sqrt(weights * activations) + k * TINY
    return y and math.abs(y - sum) <= most and "" or ("y[0] is %g, not '%s'"):format(sum, said)
end

return product
