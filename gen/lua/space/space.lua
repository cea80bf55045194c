-- The space of kernels: every candidate as a plain record, ranked, and the refused ones with
-- a reason. Pure: no I/O.

local bounds = require("bounds")
local kernel_cost = require("space.kernel_cost")
local keyed = require("base.list").keyed
local methods = require("methods")
local name = require("space.name")
local ops = require("input.ops")
local prepare_vars = require("prepare.vars")
local vars = require("vars")
local widen = require("space.widen")

local space = {}

local ACT_OF_MODE = { table = "lut8", table7 = "lut7", exact = "lut16" }
local ACTS = { "i8", "i8s", "i8m", "lut8", "lut7", "lut16", "sign16", "sign8" }

-- int8, with the sums that the format needs.
local function int8_form(format)
    return format.sub and (format.offsets and "i8m" or "i8s") or "i8"
end

-- The variables of a kernel's template are there when they are first asked for: of most kernels
-- nobody asks.
local Record = {}

function Record.__index(record, key)
    if key == "vars" then
        record.vars = vars.of(record)
        return record.vars
    end
end

local function make_record(entry, op, numbers, format, mode, isa)
    local record = {
        op = op,
        format = format,
        mode = mode,
        isa = isa,
        family = entry.family,
        method = entry.name,
        loop = entry.loop,
        method_note = entry.note,
        numbers = numbers,
        schedule = name.schedule(entry.family, entry.name, numbers),
        act = entry.act or entry.family == "lut" and ACT_OF_MODE[mode] or int8_form(format),
        template = entry.template,
        tmac = entry.tmac or false,
        tokens = numbers.n or 1,
        few_tokens = op == "gemm" and (entry.few_tokens or ops.FEW_TOKENS) or 0,
    }
    record.name = name.make(record)
    return setmetatable(record, Record)
end

-- A reason against tables of bit planes where mode table means those of symbols, or nil.
local function refuse_form(record)
    if record.mode == "table" and record.format.triples and record.act ~= "sign8" then
        return "8-bit tables of these codes hold sums of three"
    end
end

-- A reason against codes of more than 4 bits, books, offsets, factors, scales of a byte or groups
-- of 16 where the method does not know them, or nil.
local function refuse_parts(entry, format)
    if format.group == 16 and not entry.parts then
        return "groups of 16 end inside its units"
    elseif format.has_parts and not entry.parts then
        return "it takes codes of 1 to 4 bits with a scale of fp16 or fp32 and zero points alone"
    elseif format.sub and format.offsets and format.factor_bits == 8 then
        return "factors of 8 bits are signed: they have no minimums beside them"
    elseif format.sub and format.offsets and format.bits == 8 then
        return "codes of 8 bits may be signed bytes, which need whole sums of sub-blocks: "
            .. "with minimums these are in two parts"
    elseif format.sub and format.zero_points then
        return "factors and stored zero points have no kernels together"
    end
end

-- What is so of a kernel whatever its prefetch distances: { reason = } where it is refused, or
-- { layout =, ops = }.
local function judge(entry, record, model)
    local format, mode, numbers, isa = record.format, record.mode, record.numbers, record.isa
    local reason = refuse_form(record) or refuse_parts(entry, format)
        or entry.refuse(format, mode, numbers, isa)
    if not reason then
        record.layout, reason = entry.layout(format, numbers, isa)
    end
    reason = reason or bounds.refuse(entry, record)
    return reason and { reason = reason } or { layout = record.layout,
        ops = kernel_cost.core(record, model, entry.cost(format, mode, numbers, isa)) }
end

-- Fills in the record of a kernel that is not refused.
local function complete(record, judgement, choice)
    record.layout, record.ops, record.listed = judgement.layout, judgement.ops, choice.listed
    record.cost = choice.factor * (record.op == "gemm" and record.ops
        or kernel_cost.from_memory(record.ops, record.layout, record.tokens,
            record.numbers.p ~= nil))
    record.streams = record.isa.streams and kernel_cost.streams(record)
    return record
end

local function by_name(a, b)
    return a.name < b.name
end

-- What comes last in the order: T-MAC's schedule, which is there to compare with, and 7-bit
-- tables, whose error is larger and which are taken by name only.
local function last_resort(record)
    return record.tmac and 2 or record.mode == "table7" and 1 or 0
end

local function is_before(a, b)
    if last_resort(a) ~= last_resort(b) then
        return last_resort(a) < last_resort(b)
    elseif a.cost ~= b.cost then
        return a.cost < b.cost
    end
    return a.name < b.name
end

-- Ranks count from 0 among the kernels of one ISA, format and op, whatever their mode.
local function rank(kernels)
    local problems = {}
    for _, record in ipairs(kernels) do
        local problem = record.isa.name .. " " .. record.format.key .. " " .. record.op
        table.insert(keyed(problems, problem, {}), record)
    end
    for _, problem in ipairs(problems) do
        table.sort(problem, is_before)
        for index, record in ipairs(problem) do
            record.rank = index - 1
        end
    end
end

-- All kernels for the formats' keys, sorted by name, and what was refused. A kernel is `listed`
-- where its numbers stand in a method's list; shortlist.lua says which are compiled.
-- @param formats records of format.lua with distinct keys
-- @param modes   names: exact, table, table7
-- @param isas    records of isa.lua
-- @param model   that kernels are ranked by (kernel_cost.lua), or nil
function space.kernels(formats, modes, isas, model)
    local kernels, refused = {}, {}
    local function consider(entry, format, isa, mode, op, choices)
        local judgements = {}
        for _, choice in ipairs(choices) do
            local record = make_record(entry, op, choice.numbers, format, mode, isa)
            local known = judgements[choice.loop]
            local judgement = known or judge(entry, record, model)
            judgements[choice.loop] = judgement
            if not judgement.reason then
                kernels[#kernels + 1] = complete(record, judgement, choice)
            elseif choice.listed or not known then
                refused[#refused + 1] = { name = record.name, reason = judgement.reason }
            end
        end
    end
    local function consider_formats(entry, isa, mode)
        for _, op in ipairs(ops.list) do
            local choices = widen(entry[op] or {}, op)
            for _, format in ipairs(formats) do
                consider(entry, format, isa, mode, op, choices)
            end
        end
    end
    for _, entry in ipairs(methods.list) do
        for _, isa in ipairs(isas) do
            for _, mode in ipairs(modes) do
                if entry.isas[isa.name] and entry.modes[mode] then
                    consider_formats(entry, isa, mode)
                end
            end
        end
    end
    rank(kernels)
    table.sort(kernels, by_name)
    table.sort(refused, by_name)
    return kernels, refused
end

-- Without the levels that add to another: what that one has serves them too.
local function whole_levels(isas)
    local levels = {}
    for _, isa in ipairs(isas) do
        if not isa.adds_to then
            levels[#levels + 1] = isa
        end
    end
    return levels
end

-- The kernels that prepare activations, for every ISA and form, sorted by name.
function space.prepares(isas)
    local list = {}
    for _, isa in ipairs(whole_levels(isas)) do
        for _, act in ipairs(ACTS) do
            local values = prepare_vars(act, isa)
            list[#list + 1] = { name = values.name, act = act, isa = isa,
                template = "prepare/prepare.c.in", vars = values }
        end
    end
    table.sort(list, by_name)
    return list
end

-- The probes of the machine's limits, one file an ISA.
function space.probes(isas)
    local list = {}
    for _, isa in ipairs(whole_levels(isas)) do
        local plain = isa.name == "c"
        list[#list + 1] = { name = "loom_probe_" .. isa.name, isa = isa,
            template = plain and "probe/plain.c.in" or "probe/probe.c.in",
            vars = { isa = isa.name, macs = isa.vector, prefetch = not plain } }
    end
    return list
end

return space
