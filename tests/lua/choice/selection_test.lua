local check = require("check")
local isa = require("input.isa")
local selection = require("choice.selection")

local function kernel(name, op, rank, layout, more)
    more = more or {}
    return { name = name, op = op, rank = rank, cost = more.cost or 1, layout = { name = layout },
        format = { key = "w2g128" }, mode = more.mode or "exact",
        isa = isa.by_name[more.isa or "avx2"], tmac = more.tmac or false, listed = true }
end

local function names(set)
    local list = {}
    for name in pairs(set) do
        list[#list + 1] = name
    end
    table.sort(list)
    return table.concat(list, " ")
end

check.case("selection: the default is the first rank whose layout has both ops", function()
    local kernels = {
        kernel("v1", "gemv", 1, "a"), kernel("v0", "gemv", 0, "b"), kernel("m5", "gemm", 5, "a"),
        kernel("m4", "gemm", 4, "a"), kernel("m0", "gemm", 0, "c"),
    }
    check.equal(names(selection.library(kernels, {})), "m4 v1")
end)

check.case("selection: the default is the pair that costs least, a GEMM 4 times", function()
    local function chosen(gemm_cost)
        return names(selection.library({
            kernel("v1", "gemv", 0, "a", { cost = 1 }), kernel("m1", "gemm", 0, "a"),
            kernel("v2", "gemv", 1, "b", { cost = 2 }),
            kernel("m2", "gemm", 1, "b", { cost = gemm_cost }),
        }, {}))
    end
    check.equal(chosen(0.76), "m1 v1")
    check.equal(chosen(0.74), "m2 v2")
end)

check.case("selection: T-MAC's schedule is no default", function()
    local kernels = {
        kernel("v0", "gemv", 0, "a", { tmac = true }), kernel("v1", "gemv", 1, "a"),
        kernel("m0", "gemm", 0, "a", { tmac = true }), kernel("m1", "gemm", 1, "a"),
    }
    check.equal(names(selection.library(kernels, {})), "m1 v1")
end)

check.case("selection: a default comes without prefetches too where CPUs are faster so", function()
    local function gemv(name, numbers, streams)
        return setmetatable({ name = name, family = "dot", method = "mask", numbers = numbers,
            streams = streams }, { __index = kernel(name, "gemv", numbers.p and 0 or 1, "a") })
    end
    local bare_name = "loom_gemv_w2g128_exact__dot_mask_b2m2n1_avx2"
    local bare, gemm = gemv(bare_name, { b = 2, m = 2, n = 1 }), kernel("m", "gemm", 0, "a")
    local numbers = { b = 2, m = 2, n = 1, p = 2, f = 8 }
    check.equal(names(selection.library({ gemv("v", numbers, true), bare, gemm }, {})),
        bare_name .. " m v")
    check.equal(names(selection.library({ gemv("v", numbers, false), bare, gemm }, {})), "m v")
    check.equal(names(selection.library({ gemv("v", numbers, true), gemm }, {})), "m v")
end)

check.case("selection: winners replace the default of their mode and ISA alone", function()
    local kernels = {
        kernel("v0", "gemv", 0, "a"), kernel("m0", "gemm", 0, "a"),
        kernel("v1", "gemv", 1, "b"), kernel("m1", "gemm", 1, "b"),
        kernel("vc", "gemv", 0, "p", { isa = "c" }), kernel("mc", "gemm", 0, "p", { isa = "c" }),
        kernel("vt", "gemv", 0, "a", { mode = "table" }),
        kernel("mt", "gemm", 0, "a", { mode = "table" }),
    }
    local winners = { { mode = "exact", gemv = "v1", few = "m1", gemm = "m1" } }
    check.equal(names(selection.library(kernels, winners)), "m1 mc mt v1 vc vt")
end)

check.case("selection: what serves a few tokens comes from the layout of the default", function()
    local kernels = {
        kernel("v0", "gemv", 0, "a"), kernel("m0", "gemm", 0, "a"),
        kernel("f2", "few", 2, "a"), kernel("f1", "few", 1, "a"), kernel("f0", "few", 0, "b"),
    }
    check.equal(names(selection.library(kernels, {})), "f1 m0 v0")
end)

check.case("selection: a winner across modes leaves each mode its default", function()
    local kernels = {
        kernel("v0", "gemv", 0, "a"), kernel("m0", "gemm", 0, "a"),
        kernel("v1", "gemv", 1, "a", { mode = "table" }), kernel("m2", "gemm", 2, "a"),
        kernel("m1", "gemm", 1, "a", { mode = "table" }),
    }
    local winners = { { mode = "fastest", gemv = "v1", few = "m2", gemm = "m2" } }
    check.equal(names(selection.library(kernels, winners)), "m0 m1 m2 v0 v1")
end)

-- A kernel of AMX beside the pair of the level it adds to, and another GEMV kernel of its layout.
local function with_amx()
    return {
        kernel("v0", "gemv", 0, "a", { isa = "avx512vbmi" }),
        kernel("m0", "gemm", 0, "a", { isa = "avx512vbmi" }),
        kernel("v1", "gemv", 1, "b", { isa = "avx512vbmi" }),
        kernel("m1", "gemm", 1, "b", { isa = "avx512vbmi" }),
        kernel("x", "gemm", 0, "b", { isa = "amx" }),
    }
end

check.case("selection: a level that adds to another has a default with its kernels", function()
    check.equal(names(selection.library(with_amx(), {})), "m0 v0 v1 x")
end)

check.case("selection: what was measured with it leaves the other its default", function()
    local winners = { { mode = "exact", gemv = "v1", few = "x", gemm = "x" } }
    check.equal(names(selection.library(with_amx(), winners)), "m0 v0 v1 x")
    winners = { { mode = "exact", gemv = "v1", few = "m1", gemm = "m1" } }
    check.equal(names(selection.library(with_amx(), winners)), "m1 v1 x")
end)
