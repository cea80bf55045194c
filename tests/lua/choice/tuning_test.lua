local check = require("check")
local files = require("base.files")
local host = require("base.host")
local tuning = require("choice.tuning")

local function row(m, gemv)
    return { format = "w2g128", mode = "fastest", m = m, k = 4096, threads = 1,
        residency = "dram", gemv = gemv, gemv_n = 1, gemv_seconds = 3.25e-05, few = "loom_f",
        few_seconds = 0.0001, few_n = 4, gemm = "loom_b", gemm_seconds = 0.00125, gemm_n = 128 }
end

local function sample(kernel, seconds)
    return { format = "w2g128", m = 4096, k = 4096, n = 1, threads = 2, residency = "cache",
        kernel = kernel, seconds = seconds, noise = 1.5e-07, rounds = 40, quiet = 0 }
end

local function record(rows, samples, failed)
    return { cpu = "A CPU; AVX2; 32K L1", isa = "avx2", compiler = "clang 19.1.7",
        kernels = "0123", rows = rows or {}, samples = samples or {}, failed = failed or {} }
end

local function parse(text)
    return tuning.parse(text, "t.txt")
end

local GOOD = tuning.text(record({ row(4096, "loom_a") }, { sample("loom_a", 2e-05) },
    { { kernel = "loom_x", reason = "signal 11: crashed" } }))

check.case("tuning: a file that is written is read back", function()
    local text = tuning.text(record({ row(4096, "loom_a"), row(11008, "loom_c") }))
    local back = assert(parse(text))
    check.equal(back.cpu, "A CPU; AVX2; 32K L1")
    check.equal(back.kernels, "0123")
    check.equal(#back.rows, 2)
    check.equal(back.rows[2].gemv, "loom_a")
    check.equal(back.rows[2].m, 4096)
    check.equal(back.rows[2].threads, 1)
    check.equal(back.rows[2].residency, "dram")
    check.equal(back.rows[2].gemv_seconds, 3.25e-05)
    check.equal(back.rows[2].gemm_n, 128)
    check.equal(tuning.text(back), text)
end)

check.case("tuning: every kind of line is read, in any order", function()
    local header, lines = GOOD:match("^(.*kernels 0123\n)(.*)$")
    check.equal(lines, "choice w2g128 fastest 4096 4096 1 dram loom_a 3.25e-05 1 loom_f 0.0001 4 "
        .. "loom_b 0.00125 128\nfailed loom_x signal 11: crashed\n"
        .. "sample w2g128 4096 4096 1 2 cache loom_a 2e-05 1.5e-07 40 0\n")
    local choice, failed, measured = lines:match("^(.-\n)(.-\n)(.-\n)$")
    local back = assert(parse(header .. measured .. choice .. failed))
    check.equal(back.samples[1].noise, 1.5e-07)
    check.equal(back.samples[1].quiet, 0)
    check.equal(back.failed[1].kernel, "loom_x")
    check.equal(back.failed[1].reason, "signal 11: crashed")
    check.equal(tuning.text(back), GOOD)
    check.equal(tuning.text(assert(parse(header))), header)
end)

check.case("tuning: of two choices for one problem the later stays", function()
    local other = row(4096, "loom_d")
    other.threads = 2
    local text = tuning.text(record({ row(4096, "loom_a"), other, row(4096, "loom_c") }))
    local back = assert(parse(text))
    check.equal(#back.rows, 2)
    check.equal(back.rows[1].gemv, "loom_c")
    check.equal(back.rows[2].gemv, "loom_d")
end)

check.case("tuning: of two samples of one kernel the faster stays", function()
    for _, seconds in ipairs({ { 3, 2, 4 }, { 2, 3, 4 }, { 4, 3, 2 } }) do
        local samples = { sample("loom_b", 9) }
        for _, value in ipairs(seconds) do
            table.insert(samples, sample("loom_a", value))
        end
        local back = assert(parse(tuning.text(record({}, samples))))
        check.equal(#back.samples, 2)
        check.equal(back.samples[1].seconds, 2.0)
    end
end)

check.case("tuning: of two failures of one kernel the later stays", function()
    local text = tuning.text(record({}, {}, { { kernel = "a", reason = "one" },
        { kernel = "a", reason = "two" } }))
    check.equal(text:match("0123\n(.*)$"), "failed a two\n")
end)

check.case("tuning: results are appended to others", function()
    local one = record({ row(4096, "loom_a") }, { sample("loom_a", 2) })
    tuning.append(one, record({ row(4096, "loom_c"), row(1, "loom_a") }, { sample("loom_a", 1) },
        { { kernel = "a", reason = "one" } }))
    local back = assert(parse(tuning.text(one)))
    check.equal(#back.rows, 2)
    check.equal(back.rows[2].gemv, "loom_c")
    check.equal(back.samples[1].seconds, 1.0)
    check.equal(#back.failed, 1)
end)

check.case("tuning: what is malformed is refused with its line", function()
    local function refuses(message, pattern, with)
        local text, count = GOOD:gsub(pattern, with, 1)
        check.equal(count, 1, pattern)
        check.refused(message, parse(text))
    end
    refuses("t.txt:1: must be 'lutloom-tuning 3'", "tuning 3", "tuning 2")
    refuses("t.txt:2: must be 'cpu ...'", "cpu", "gpu")
    refuses("t.txt:2: must be 'cpu ...'", "cpu [^\n]*", "cpu")
    refuses("t.txt:5: must be 'kernels ...'", "kernels [^\n]*\n", "")
    refuses("t.txt:6: is no result", "choice", "chance")
    refuses("t.txt:6: is no result", "fastest", "best")
    refuses("t.txt:6: is no result", "dram", "disk")
    refuses("t.txt:6: is no result", "4096 4096", "4096")
    refuses("t.txt:6: is no result", "128\n", "128 x\n")
    refuses("t.txt:6: is no result", "128\n", "128 \n")
    refuses("t.txt:6: is no result", " dram", "  dram")
    refuses("t.txt:6: is no result", "3.25e%-05", "nan")
    refuses("t.txt:6: is no result", "3.25e%-05", "0x1")
    refuses("t.txt:6: is no result", "3.25e%-05", "1e999")
    refuses("t.txt:6: is no result", "3.25e%-05", "-1")
    for _, number in ipairs({ "0", "-1", "1.5", "1e3", "9999999999" }) do
        refuses("t.txt:6: is no result", "4096 4096", number .. " 4096")
        refuses("t.txt:6: is no result", "128\n", number .. "\n")
    end
    refuses("t.txt:7: is no result", " signal[^\n]*", "")
    refuses("t.txt:7: is no result", "signal", "sig\0nal")
    refuses("t.txt:7: is no result", "signal", ("x"):rep(4096))
    refuses("t.txt:8: is no result", " 40 ", " 4.5 ")
    refuses("t.txt:8: is not complete", "\n$", "")
    refuses("t.txt:9: is no result", "$", "\n")
    check.refused("t.txt: the header is incomplete", parse(""))
    check.refused("t.txt: the header is incomplete", parse("lutloom-tuning 3\ncpu x\n"))
end)

-- A file that ends early is read where it ends with a line after the header, and nowhere else.
check.case("tuning: a file is cut at every byte, and every byte spoiled", function()
    local head = #GOOD:match("^.*kernels 0123\n")
    for count = 0, #GOOD do
        local text = GOOD:sub(1, count)
        local valid = count >= head and text:sub(-1) == "\n"
        check.equal(parse(text) ~= nil, valid, ("%d bytes"):format(count))
    end
    for index = 1, #GOOD do
        for _, mask in ipairs({ 0x01, 0x10, 0x80 }) do
            local text = GOOD:sub(1, index - 1) .. string.char(GOOD:byte(index) ~ mask)
                .. GOOD:sub(index + 1)
            local back, reason = parse(text)
            check.equal(back == nil, reason ~= nil)
            if back then
                assert(parse(tuning.text(back)))
            end
        end
    end
end)

check.case("tuning: a mismatch says what differs", function()
    local some = record()
    check.equal(tuning.mismatch(some, { kernels = "0123" }), nil)
    check.equal(tuning.mismatch(some, { kernels = "0123", cpu = some.cpu }), nil)
    check.contains(tuning.mismatch(some, { kernels = "9" }), "kernels was '0123' and is '9'")
    check.contains(tuning.mismatch(some, { cpu = "B" }), "cpu was 'A CPU")
    check.equal(tuning.difference(some, record()), nil)
    for _, field in ipairs({ "cpu", "isa", "compiler", "kernels" }) do
        local other = record()
        other[field] = "other"
        check.equal(tuning.difference(some, other), field)
    end
end)

check.case("tuning: the profiles that are shipped are tuning files with choices", function()
    local folder = check.root .. "/gen/profiles/"
    local count = 0
    for _, name in ipairs(host.list_dir(folder)) do
        if name:match("%.tuning$") then
            local profile = assert(tuning.parse(assert(files.read(folder .. name)), name))
            check.equal(#profile.rows > 0, true)
            count = count + 1
        end
    end
    check.equal(count > 0, true)
end)
