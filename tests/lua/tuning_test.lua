local check = require("check")
local tuning = require("tuning")

local function row(m, gemv)
    return { format = "w2g128", mode = "fastest", m = m, k = 4096, gemv = gemv, gemv_n = 1,
        gemv_seconds = 3.25e-05, few = "loom_f", few_seconds = 0.0001, few_n = 4, gemm = "loom_b",
        gemm_seconds = 0.00125, gemm_n = 128 }
end

local function record(rows)
    return { cpu = "A CPU; avx2; 32K L1", isa = "avx2", compiler = "clang version 19.1.7",
        kernels = "0123", rows = rows }
end

check.case("tuning: a file that is written is read back", function()
    local text = tuning.text(record({ row(4096, "loom_a"), row(11008, "loom_c") }))
    local back = assert(tuning.parse(text, "t.txt"))
    check.equal(back.cpu, "A CPU; avx2; 32K L1")
    check.equal(#back.rows, 2)
    check.equal(back.rows[2].gemv, "loom_a")
    check.equal(back.rows[2].m, 4096)
    check.equal(back.rows[2].gemv_seconds, 3.25e-05)
    check.equal(tuning.text(back), text)
end)

check.case("tuning: of two results for one problem the later one counts", function()
    local text = tuning.text(record({ row(4096, "loom_a"), row(4096, "loom_c") }))
    local back = assert(tuning.parse(text, "t.txt"))
    check.equal(#back.rows, 1)
    check.equal(back.rows[1].gemv, "loom_c")
end)

check.case("tuning: what is malformed is refused with its line", function()
    local good = tuning.text(record({ row(4096, "loom_a") }))
    check.refused("t.txt:1: ", tuning.parse(good:gsub("tuning 2", "tuning 9"), "t.txt"))
    check.refused("t.txt:2: must be 'cpu ...'", tuning.parse(good:gsub("cpu", "gpu"), "t.txt"))
    check.refused("t.txt:6: no result line", tuning.parse(good:gsub("fastest", "best"), "t.txt"))
    check.refused("t.txt:6: no result line", tuning.parse(good:gsub("4096 4096", "4096"), "t.txt"))
    check.refused("t.txt:6: no result line", tuning.parse(good:gsub("128\n", "128 x\n"), "t.txt"))
    for _, number in ipairs({ "0", "99999999999999999999" }) do
        check.refused("t.txt:6: no result line",
            tuning.parse(good:gsub("4096 4096", number .. " 4096"), "t.txt"))
        check.refused("t.txt:6: no result line",
            tuning.parse(good:gsub("128\n", number .. "\n"), "t.txt"))
    end
    check.refused("t.txt: the header is incomplete", tuning.parse("", "t.txt"))
end)

check.case("tuning: a mismatch says what differs", function()
    local some = record({})
    check.equal(tuning.mismatch(some, { kernels = "0123" }), nil)
    check.equal(tuning.mismatch(some, { kernels = "0123", cpu = some.cpu }), nil)
    check.contains(tuning.mismatch(some, { kernels = "9" }), "kernels was '0123' and is '9'")
    check.contains(tuning.mismatch(some, { cpu = "B" }), "cpu was 'A CPU")
end)
