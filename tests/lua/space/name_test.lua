local check = require("check")
local format = require("input.format")
local isa = require("input.isa")
local name = require("space.name")
local space = require("space.space")

local MODES = { "exact", "table", "table7" }

local function all_kernels()
    local formats = {}
    for index, text in ipairs({ "w1g32", "w2g128", "w3row", "w4g64zf32", "t" }) do
        formats[index] = format.kernel_format(assert(format.parse(text)))
    end
    return space.kernels(formats, MODES, isa.list)
end

check.case("name: the fields of every kernel come back from its name", function()
    for _, kernel in ipairs(all_kernels()) do
        local parts = assert(name.parse(kernel.name))
        check.equal(parts.op, kernel.op)
        check.equal(parts.format, kernel.format.key)
        check.equal(parts.mode, kernel.mode)
        check.equal(parts.schedule, kernel.schedule)
        check.equal(parts.isa, kernel.isa.name)
        check.equal(parts.family, kernel.family)
        check.equal(parts.method, kernel.method)
        for letter, number in pairs(kernel.numbers) do
            check.equal(parts.numbers[letter], number, kernel.name)
        end
        for letter in pairs(parts.numbers) do
            check.equal(kernel.numbers[letter] ~= nil, true, kernel.name)
        end
    end
end)

check.case("name: names are distinct, sorted, and C identifiers", function()
    local last = ""
    for _, kernel in ipairs(all_kernels()) do
        check.equal(last < kernel.name, true, kernel.name)
        check.equal(kernel.name:find("^loom_[%w_]+$"), 1, kernel.name)
        last = kernel.name
    end
end)

check.case("name: what is no kernel's name is refused", function()
    check.refused("'foo' is no kernel's name", name.parse("foo"))
    check.refused("is no kernel's name", name.parse("loom_gemv_w2g128_exact_lut_quad_b1_c"))
end)
