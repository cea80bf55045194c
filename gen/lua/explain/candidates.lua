-- What `lutloom explain PROBLEM` says of the candidates: for one token, a few and many those that
-- matter, each with the model's rank and cost and what was measured. Pure.
local list = require("base.list")
local name = require("space.name")
local ops = require("input.ops")

local explain_candidates = {}

-- Fastest candidates of each kind that are shown unasked, and refused ones.
local SHOWN, SHOWN_REFUSED = 4, 2

local TITLES = {
    gemv = "GEMV, 1 token",
    few = "GEMM, a few tokens",
    gemm = "GEMM, more tokens",
}

local UNITS = { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" }, { 0, "ns" } }

-- "12.3 us"
function explain_candidates.time(seconds)
    for _, unit in ipairs(UNITS) do
        if seconds >= unit[1] then
            return ("%.4g %s"):format(seconds / (unit[1] > 0 and unit[1] or 1e-9), unit[2])
        end
    end
end

-- The samples of a view (see lines) as op -> kernel's name -> the fastest.
local function samples_of(view)
    local samples = { gemv = {}, few = {}, gemm = {} }
    for _, sample in ipairs(view.samples) do
        local of = samples[ops.of(sample.n)]
        local known = of[sample.kernel]
        of[sample.kernel] = known and known.seconds <= sample.seconds and known or sample
    end
    return samples
end

-- The model's order: that of the ranks, for two ISA levels at once.
local function goes_before(a, b)
    if a.tmac ~= b.tmac then
        return b.tmac
    elseif a.cost ~= b.cost then
        return a.cost < b.cost
    end
    return a.name < b.name
end

-- { kernel =, sample =, note = why there is no sample, or nil } of all that serve `op`, the best
-- first: those for many tokens are measured for a few, too.
local function entries_of(view, op, samples)
    local entries = {}
    for _, kernel in ipairs(view.kernels) do
        local failure = view.failed[kernel.name]
        if kernel.op == op or samples[kernel.name] then
            entries[#entries + 1] = { kernel = kernel, sample = samples[kernel.name],
                note = failure and "failed: " .. failure }
        end
    end
    table.sort(entries, function(a, b)
        local first, second = a.sample, b.sample
        if first and second and first.seconds ~= second.seconds then
            return first.seconds < second.seconds
        elseif not first ~= not second then
            return first ~= nil
        end
        return goes_before(a.kernel, b.kernel)
    end)
    return entries
end

local function measured_text(entry)
    local sample = entry.sample
    if not sample then
        return entry.note or ""
    end
    return ("%10s  %4.1f %%  %4d of %d"):format(explain_candidates.time(sample.seconds),
        100 * sample.noise, sample.quiet, sample.rounds)
end

-- "exact__dot_mask_b2m2n1_avx512vbmi": a kernel's name but for what all in a section have.
local function short(kernel_name)
    return kernel_name:match("^loom_%l+_%w+_(.*)$")
end

local function line_of(view, op, entry)
    local kernel = entry.kernel
    local mark = view.choice and view.choice[op] == kernel and "*"
        or view.default and view.default[op] == kernel and "d" or " "
    return (("  %s %4d %8.4f  %-39s %s"):format(mark, kernel.rank, kernel.cost, short(kernel.name),
        measured_text(entry)):gsub("%s+$", ""))
end

local function is_shown(view, op, entry, place)
    return view.all or place <= SHOWN or entry.note
        or view.choice and view.choice[op] == entry.kernel
        or view.default and view.default[op] == entry.kernel
end

-- The refused candidates for `op` that the view's mode would allow.
local function refused_for(view, op)
    local found = {}
    for _, one in ipairs(view.refused) do
        local parts = name.parse(one.name)
        if parts.op == op and list.contains(view.modes, parts.mode) then
            found[#found + 1] = { text = short(one.name), reason = one.reason }
        end
    end
    return found
end

local function add_refused(lines, refused, all)
    if #refused > SHOWN_REFUSED and not all then
        lines[#lines + 1] = ("    %d refused (--all says why)"):format(#refused)
        return
    end
    for _, one in ipairs(refused) do
        lines[#lines + 1] = ("    refused: %s: %s"):format(one.text, one.reason)
    end
end

-- The candidates for `op` that are ranked and not compiled.
local function add_others(lines, view, op)
    local entries = entries_of({ kernels = view.others, failed = {} }, op, {})
    if #entries > 0 and not view.all then
        lines[#lines + 1] = ("    %d ranked and not compiled (gen --candidates)"):format(#entries)
        return
    end
    for _, entry in ipairs(entries) do
        entry.note = "not compiled"
        lines[#lines + 1] = line_of(view, op, entry)
    end
end

local function add_section(lines, view, op, samples)
    local entries, hidden, measured = entries_of(view, op, samples), 0, 0
    local rows = {}
    for place, entry in ipairs(entries) do
        measured = measured + (entry.sample and 1 or 0)
        if is_shown(view, op, entry, place) then
            rows[#rows + 1] = line_of(view, op, entry)
        else
            hidden = hidden + 1
        end
    end
    lines[#lines + 1] = ("%s (loom_%s_%s_...): %d candidate%s%s"):format(TITLES[op], op,
        view.problem.format.key, #entries, #entries == 1 and "" or "s",
        measured > 0 and (", %d measured"):format(measured) or "")
    table.move(rows, 1, #rows, #lines + 1, lines)
    local choice = view.choice
    if op == "few" and choice and choice.few == choice.gemm and not samples[choice.gemm.name] then
        lines[#lines + 1] = "  * what is taken for more tokens"
    end
    if hidden > 0 then
        lines[#lines + 1] = ("    and %d more (--all lists them)"):format(hidden)
    end
    add_others(lines, view, op)
    add_refused(lines, refused_for(view, op), view.all)
end

-- The lines for a view:
--   problem          as plan.lua has it
--   modes            of the kernels that serve it
--   kernels, others  records of space.lua in these modes that are compiled, and that are not
--   refused          refusals of space.lua
--   samples          those of the tuning file that count for it
--   failed           kernel's name -> reason
--   choice, default  of plan.lua: what a plan gets, and would get if nothing was measured; or nil
--   all              whether all candidates are listed
--   note             what the costs rest on (space_model.lua), or nil
function explain_candidates.lines(view)
    local measured = #view.samples > 0
    local lines = {
        "(* what a plan takes, d what the model would; cost: vector operations a weight and token)",
        "    rank     cost  candidate"
            .. (measured and (" "):rep(37) .. "time   noise  quiet" or ""),
    }
    if view.note then
        table.insert(lines, 2, ("(%s)"):format(view.note))
    end
    local samples = samples_of(view)
    for _, op in ipairs(ops.list) do
        add_section(lines, view, op, samples[op])
    end
    return lines
end

return explain_candidates
