local check = require("check")
local tuning = require("tuning")

local HEADER = "lutloom-tuning 3\ncpu A CPU; avx2; 32K L1\nisa avx2\ncompiler clang 19.1.7\n"
    .. "kernels 0123\n"

local function choice(m, gemv, where)
    return ("choice w2g128 fastest %d 4096 %s %s 3.25e-05 1 loom_f 0.0001 4 loom_b 0.00125 128\n")
        :format(m, where or "1 dram", gemv)
end

local function rows_of(...)
    return tuning.preferred(assert(tuning.parse(HEADER .. table.concat({ ... }), "t.txt")).rows)
end

check.case("tuning: choices are read, samples and failures are none", function()
    local record = assert(tuning.parse(HEADER
        .. "sample w2g128 4096 4096 1 1 dram loom_a 3.25e-05 0.01 9 4\n"
        .. "failed loom_z gemv: row 0 token 0: expected 1, got 2\n"
        .. choice(4096, "loom_a") .. choice(11008, "loom_c"), "t.txt"))
    check.equal(record.cpu, "A CPU; avx2; 32K L1")
    check.equal(#record.rows, 2)
    check.equal(record.rows[2].gemv, "loom_c")
    check.equal(record.rows[2].m, 11008)
    check.equal(record.rows[2].gemv_seconds, 3.25e-05)
    check.equal(record.rows[2].few_n, 4)
end)

check.case("tuning: weights from memory and few threads are preferred", function()
    check.equal(rows_of(choice(64, "loom_a", "1 cache"), choice(64, "loom_c"))[1].gemv, "loom_c")
    check.equal(rows_of(choice(64, "loom_c"), choice(64, "loom_a", "1 cache"))[1].gemv, "loom_c")
    check.equal(rows_of(choice(64, "loom_a", "2 dram"), choice(64, "loom_c"))[1].gemv, "loom_c")
    check.equal(#rows_of(choice(64, "loom_a", "2 dram"), choice(64, "loom_c")), 1)
    check.equal(#rows_of(choice(64, "loom_a"), choice(65, "loom_c")), 2)
end)

check.case("tuning: what is malformed is refused with its line", function()
    local good = HEADER .. choice(4096, "loom_a")
    check.refused("t.txt:1: ", tuning.parse(good:gsub("tuning 3", "tuning 9"), "t.txt"))
    check.refused("t.txt:2: must be 'cpu ...'", tuning.parse(good:gsub("cpu", "gpu"), "t.txt"))
    for _, change in ipairs({ { "fastest", "best" }, { "4096 4096", "4096" },
        { "128\n", "128 x\n" }, { "dram", "disk" }, { "choice", "choose" },
        { "4096 4096", "0 4096" },
        { "4096 4096", "99999999999999999999 4096" }, { "128\n", "0\n" } }) do
        check.refused("t.txt:6: no result line",
            tuning.parse((good:gsub(change[1], change[2], 1)), "t.txt"))
    end
    check.refused("t.txt: the header is incomplete", tuning.parse("", "t.txt"))
end)

check.case("tuning: a mismatch says what differs", function()
    local some = assert(tuning.parse(HEADER, "t.txt"))
    check.equal(tuning.mismatch(some, { kernels = "0123" }), nil)
    check.equal(tuning.mismatch(some, { kernels = "0123", cpu = some.cpu }), nil)
    check.contains(tuning.mismatch(some, { kernels = "9" }), "kernels was '0123' and is '9'")
    check.contains(tuning.mismatch(some, { cpu = "B" }), "cpu was 'A CPU")
end)
