local bounds = require("bounds")
local check = require("check")
local code_parts = require("parts")
local methods = require("methods")
local format = require("input.format")
local isa = require("input.isa")
local kernel_cost = require("space.kernel_cost")
local space = require("space.space")

local MODES = { "exact", "table", "table7" }

-- The formats of all kernels, but for the kind of scale and for groups without zero points of their
-- own, whose sums are no larger.
local function all_formats()
    local list = {}
    for _, base in ipairs({ "w1", "w2", "w3", "w4", "t" }) do
        for _, rest in ipairs({ "g32z", "g64z", "g128z", "g256z", "row", "rowz" }) do
            list[#list + 1] = assert(format.parse(base .. rest))
        end
    end
    for _, name in ipairs({ "w5g256z", "w6g256m", "w8g256z", "w4g256s32x6m", "w2g256s16x4m",
        "w6g256s16x8", "w8g256s16x8", "w3g256s16x6", "iq4g256", "iq4g256s32x8", "fp4row", "fp4g16",
        "iq4g16", "w2g16z", "w6g16z", "w8g16z" }) do
        list[#list + 1] = assert(format.parse(name))
    end
    return list
end

local function entry_of(record)
    for _, entry in ipairs(methods.list) do
        if entry.family == record.family and entry.name == record.method
            and entry.template == record.template and entry.modes[record.mode]
            and entry.isas[record.isa.name] then
            return entry
        end
    end
    error("no method of " .. record.name)
end

-- The sum of a kernel by its name, or nil.
local function sum_of(record, name)
    for _, sum in ipairs(bounds.sums(entry_of(record), record)) do
        if sum.name == name then
            return sum
        end
    end
end

local kernels, refused = space.kernels(all_formats(), MODES, isa.list)

-- Of the kernels that differ in nothing but prefetch distances, which no sum depends on, one each.
local function one_for_each_loop()
    local found, seen = {}, {}
    for _, record in ipairs(kernels) do
        local loop = kernel_cost.loop(record)
        found[#found + 1] = not seen[loop] and record or nil
        seen[loop] = true
    end
    return found
end

local loops = one_for_each_loop()

-- A kernel by the end of its name.
local function kernel_named(name)
    for _, record in ipairs(kernels) do
        if record.name:sub(-#name) == name then
            return record
        end
    end
    error("no kernel is named " .. name)
end

check.case("bounds: no sum of any kernel overflows, at the longest group or row", function()
    for _, record in ipairs(loops) do
        for _, sum in ipairs(bounds.sums(entry_of(record), record)) do
            check.equal(bounds.reach(sum) <= sum.most and record.name, record.name)
        end
    end
end)

check.case("bounds: kernels flush their sums, none is refused for them", function()
    for _, record in ipairs(refused) do
        check.equal(record.reason:find("reaches", 1, true) and record.name .. ": " .. record.reason,
            nil)
    end
end)

check.case("bounds: chunks of twice the length are refused", function()
    for _, name in ipairs({ "w2row_exact__dot_mask_b2m2n1_avx512vbmi",
        "w3row_exact__dot_mask_b2m2n1_avx512vbmi", "w4row_exact__dot_mask_b2m2n1_avx512vbmi",
        "trow_exact__dot_trit_b2m2n1_avx512vbmi", "w4row_exact__dot_fields_b4m4n1_dotprod",
        "w4row_table__lut_rows_b1m1n1_neon", "trow_table__lut_sign_b1m1n1_avx2" }) do
        local record = kernel_named(name)
        local longer = setmetatable({ vars = { chunk_k = 2 * record.vars.chunk_k } },
            { __index = record })
        check.equal(bounds.refuse(entry_of(record), record), nil)
        check.equal(bounds.refuse(entry_of(record), longer) and name, name)
    end
end)

check.case("bounds: fields that are summed in place over a whole row are refused", function()
    for name, reason in pairs({
        w2row = "the sum of field 2 reaches 3196059648 in 1048576 codes, 2147483647 is the most",
        w4row = "the sum of field 1 reaches 15980298240 in 1048576 codes, 2147483647 is the most",
    }) do
        local record = kernel_named(name .. "_exact__dot_mask_b2m2n1_avx512vbmi")
        local whole = setmetatable({ vars = { chunk_k = false } }, { __index = record })
        check.equal(bounds.refuse(entry_of(record), whole), reason)
    end
end)

check.case("bounds: chunks of fields in place are those that were found by trying", function()
    -- At 64 codes more the last field's sum of the largest codes and activations is wrong.
    for name, k in pairs({ w2row = 352256, w3row = 603904, w4row = 140896 }) do
        local record = kernel_named(name .. "_exact__dot_mask_b2m2n1_avx512vbmi")
        check.equal(record.vars.chunk_k, k)
    end
    check.equal(kernel_named("w1row_exact__dot_mask_b2m2n1_avx512vbmi").vars.chunk_k, false)
end)

check.case("bounds: what overflows in a round of a loop is a chunk of that, and refused", function()
    check.equal(bounds.half_of_codes(1 << 20, 4, bounds.I16, 256), 32)
    local record = kernel_named("w4row_exact__dot_shift_b2m2n1_avx2")
    local wide = setmetatable({ vars = { chunk_k = 32 },
        format = setmetatable({ bits = 8 }, { __index = record.format }) }, { __index = record })
    check.equal(bounds.refuse(entry_of(record), wide):find("reaches", 1, true) ~= nil, true)
end)

check.case("bounds: which products of a group of 16 are summed in 16 bits", function()
    for name, fits in pairs({ fp4g16_avx2 = true, fp4g16_neon = true, iq4g16_avx2 = false,
        iq4g16_neon = false, w6g16z_avx2 = false, w6g16z_neon = true, w2g16z_avx2 = true,
        w8g16z_neon = false, fp4row_avx2 = false, fp4g16_dotprod = false }) do
        local key, level = name:match("^(.*)_(.*)$")
        local record = kernel_named(("%s_exact__dot_shift_b2m2n1_%s"):format(key, level))
        check.equal(record.vars.sums_of_16_bits, fits, name)
    end
end)

-- The variables of a format's kernel for one token.
local function gemv_vars(name, level)
    local list = space.kernels({ format.parse(name) }, MODES, { isa.by_name[level] })
    for _, record in ipairs(list) do
        if record.op == "gemv" then
            return record.vars
        end
    end
end

check.case("bounds: how sub-blocks end", function()
    -- The most steps of 4 codes whose products fit 16 bits, and room for start values beside them.
    for name, steps in pairs({ w2g256s16x4m = 4, w3g256s16x6 = 4, w4g256s32x6m = 8,
        w5g256s32x6m = 4, w6g256s16x8 = 2, iq4g256s32x6 = 1, w6g256s32x8 = false }) do
        local vars = gemv_vars(name, "avx2")
        check.equal(vars.flush_steps, steps, name)
        check.equal(vars.start_in_acc, name == "w3g256s16x6", name)
    end
    for name, pairs_fit in pairs({ w2g256s16x4m = true, w3g256s16x6 = true, w4g256s32x6 = true,
        w4g256s32x6m = false, w6g256s16x8 = false }) do
        check.equal(gemv_vars(name, "avx512vbmi").pair_sums, pairs_fit, name)
    end
end)

check.case("bounds: two sub-blocks of fields fit a lane, or are added one by one", function()
    for name, pairs_fit in pairs({ w2g256s16x4m = true, w4g256s32x6m = false }) do
        local record = kernel_named(name .. "_exact__dot_fields_b4m4n1_avx512vbmi")
        check.equal(record.vars.pair_sums, pairs_fit, name)
        local longer = setmetatable({ vars = { pair_sums = true } }, { __index = record })
        check.equal(bounds.refuse(entry_of(record), longer) == nil, pairs_fit, name)
    end
end)

check.case("bounds: a panel has codes times factors where these are bytes", function()
    for name, bias in pairs({ w2g256s16x4m = 0, w3g256s16x6 = 124, w4g256s32x4m = 0,
        w4g256s32x6m = false, w2g256s16x6 = 62, w1g256s16x8 = false, iq4g256s32x4 = false }) do
        local of = format.parse(name)
        local record = { format = of, loop = "dot", isa = isa.by_name.avxvnni }
        check.equal(code_parts.fold_bias(record) or false, bias, name)
    end
end)

-- The verification copies so many codes to make the longest row.
check.case("bounds: whole units of all layouts are 960 codes (verify/longest.c)", function()
    for _, record in ipairs(kernels) do
        check.equal(960 % record.layout.unit_k == 0 and record.name, record.name)
    end
end)

check.case("bounds: the sum of a group", function()
    local row = sum_of(kernel_named("w4rowz_exact__dot_shift_b2m2n1_avx512vbmi"),
        "the sum of a group")
    check.equal(bounds.reach(row), 16 * 127 << 20)
    local group = sum_of(kernel_named("w4g256z_exact__dot_shift_b2m2n1_avx512vbmi"),
        "the sum of a group")
    check.equal(bounds.reach(group), 16 * 127 * 256)
    check.equal(group.most, bounds.I32)
    local symbols = sum_of(kernel_named("trow_table__lut_sign_b1m1n1_avx2"), "the sum of a group")
    check.equal(bounds.reach(symbols), 127 * 349526)
end)

-- Of 128 * 127 in 256 codes: 4161536, below 2^22. Others are converted as any integer.
check.case("bounds: which sums of a group one FMA converts", function()
    for name, is_small in pairs({ w4g256z = true, w8g256 = true, w8g256z = false, w4row = false,
        w4g256s32x6m = false, w2g256s16x4 = false, iq4g256 = true, w4g32m = true }) do
        check.equal(bounds.is_small(format.parse(name)), is_small, name)
    end
end)

check.case("bounds: factors and numbers count in the sum of a group", function()
    local factors = sum_of(kernel_named("w6g256s16x8_exact__dot_shift_b2m2n1_avx512vbmi"),
        "the sum of a group")
    check.equal(bounds.reach(factors), 32 * 128 * 127 * 256)
    local minimums = sum_of(kernel_named("w4g256s32x6m_exact__dot_shift_b2m2n1_avx512vbmi"),
        "the sum of a group")
    check.equal(bounds.reach(minimums), 15 * 63 * 127 * 256)
    local numbers = sum_of(kernel_named("iq4g256_exact__dot_shift_b2m2n1_avx512vbmi"),
        "the sum of a group")
    check.equal(bounds.reach(numbers), 127 * 127 * 256)
end)
