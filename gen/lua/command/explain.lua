-- lutloom explain: what a kernel is, and why it was chosen or not; problems are
-- explain_problem.lua's.
local check = require("base.fail").check
local explain_mca = require("explain.mca")
local fail = require("base.fail").fail
local files = require("base.files")
local format = require("input.format")
local host = require("base.host")
local isa = require("input.isa")
local library_folder = require("library.folder")
local list = require("base.list")
local modes = require("input.modes")
local name = require("space.name")
local ops = require("input.ops")
local say = require("base.say")
local space = require("space.space")
local space_model = require("mca.space_model")
local tuning = require("choice.tuning")

local explain = {}

function explain.options(command)
    command:argument("what", "A kernel's name, as the benchmark and the manifest have it, or a "
        .. "problem: FORMAT:MxK, such as w2g128:4096x4096.")
    command:argument("folder", "A library's folder, for what was measured there."):args("?")
    command:flag("--mca", "With a kernel: how fast llvm-mca's model of a CPU runs its loop, and "
        .. "what limits it.")
    command:option("--target", "With --mca or a problem: the CPU.")
        :argname("<target>"):overwrite(false)
    command:option("--isa", "With a problem: the ISA level (default: the highest of the CPU).")
        :argname("<isa>"):overwrite(false)
    command:option("--mode", "With a problem: the numeric mode (default: the library's, or "
        .. "fastest)."):choices(modes.asked):overwrite(false)
    command:flag("--all", "With a problem: all candidates, and why others were refused.")
end

-- The format's and the level's record of a kernel's name; an error names the part that is wrong.
local function parts_of(kernel)
    local parts = check(name.parse(kernel))
    local weights = check(format.parse(parts.format))
    local level = isa.by_name[parts.isa]
    if not level then
        fail("%s: unknown ISA '%s'; there are %s", kernel, parts.isa,
            table.concat(list.names(isa.list), ", "))
    end
    return format.kernel_format(weights), level
end

local function find(records, kernel)
    for _, record in ipairs(records) do
        if record.name == kernel then
            return record
        end
    end
    return nil
end

local LETTERS = {
    { "b", "vectors of rows side by side in the layout" },
    { "m", "vectors of rows in a tile" },
    { "n", "tokens in a tile" },
    { "k", "codes along K in a block" },
    { "p", "KiB that weights are prefetched ahead for the level 1 cache" },
    { "f", "KiB that weights are prefetched ahead for the level 2 cache" },
}

local OP_TEXTS = {
    gemv = "GEMV (N = 1)",
    few = "GEMM for a few tokens",
    gemm = "GEMM (N > 1)",
}

local function print_record(record)
    say(record.name)
    say("    computes   %s, weights %s, mode %s",
        OP_TEXTS[record.op], record.format.key, record.mode)
    say("    runs on    %s", record.isa.name)
    say("    family     %s, method %s; activations as %s", record.family, record.method,
        record.act)
    say("    layout     %s: blocks of %d rows", record.layout.name, record.layout.rows)
    for _, entry in ipairs(LETTERS) do
        local number = record.numbers[entry[1]]
        if number then
            say("    %-10s %d %s", entry[1], number, entry[2])
        end
    end
    if not record.listed then
        say("    compiled only where 'gen --candidates' asks for more than usual")
    end
    if record.tmac then
        say("    T-MAC's published schedule: measured to compare with, never chosen")
    end
end

-- Kernels that serve the same calls: one op, format and ISA, whatever the mode. Of those that no
-- method lists only the kernel itself is said.
local function print_rank(record, kernels, model)
    local rivals, others = {}, 0
    for _, other in ipairs(kernels) do
        if other.op == record.op and other.isa.name == record.isa.name then
            local said = other.listed or other == record
            rivals[#rivals + 1] = said and other or nil
            others = others + (said and 0 or 1)
        end
    end
    table.sort(rivals, function(a, b)
        return a.rank < b.rank
    end)
    say("The model's order for %s %s on %s, by cost (vector operations a weight and token):",
        record.op, record.format.key, record.isa.name)
    if model then
        say("(%s)", model.note)
    end
    for _, other in ipairs(rivals) do
        say("  %s %3d  %.4f  %s", other.name == record.name and "*" or " ", other.rank,
            other.cost, other.name)
    end
    if others > 0 then
        say("    %d others differ from these in a tile, a block or prefetch distances.", others)
    end
end

local function print_refused(record, refused)
    local suffix = "_" .. record.isa.name
    local prefix = ("loom_%s_"):format(record.op)
    local found = {}
    for _, other in ipairs(refused) do
        if other.name:sub(1, #prefix) == prefix and other.name:sub(-#suffix) == suffix then
            found[#found + 1] = other
        end
    end
    say(#found == 0 and "No candidate for it was refused." or "Refused candidates:")
    for _, other in ipairs(found) do
        say("    %s: %s", other.name, other.reason)
    end
end

-- The rows of the tuning file in `folder`, or nil if there is none.
local function measured_rows(folder)
    local path = folder .. "/tuning.txt"
    return host.path_kind(path) and check(tuning.parse(check(files.read(path)), path)).rows
end

local function print_measured(kernel, folder, rows)
    if not rows then
        say("Nothing was measured in %s ('lutloom tune %s' does).", folder, folder)
        return
    end
    local found = false
    for _, row in ipairs(rows) do
        for _, op in ipairs(ops.list) do
            if row[op] == kernel then
                found = true
                say("Measured as the choice for %s %dx%d, mode %s: %.3g s for %d tokens (%s, %d "
                    .. "threads)", row.format, row.m, row.k, row.mode, row[op .. "_seconds"],
                    row[op .. "_n"], row.residency, row.threads)
            end
        end
    end
    if not found then
        say("Measured in %s, and chosen for no problem.", folder)
    end
end

-- What a library's folder says of the kernel of a format: the folder's plain path, the manifest's
-- entry, what was measured, and the model that ranks it, if any and if `ranked`.
local function open_library(given, kernel, weights, ranked)
    local manifest, folder, lock <close> = library_folder.open_to_rank(given)
    local entry = find(manifest.kernels, kernel)
    if not entry then
        fail("%s: was generated without %s; its manifest.json lists the kernels", folder, kernel)
    end
    return { folder = folder, entry = entry, rows = measured_rows(folder),
        model = ranked and manifest.request.mca
            and space_model.of(manifest.request, folder, { weights }) or nil }
end

local function print_place(library)
    local entry = library.entry
    say("In %s it is %s.", library.folder, entry.in_library and "part of the library"
        or "a candidate, for the tools alone")
    print_measured(entry.name, library.folder, library.rows)
end

-- The record of a kernel of a format and level, and all that were considered with it; an error if
-- it is none of them. `model` is what ranks them, or nil.
local function look_up(kernel, weights, level, model)
    local kernels, refused = space.kernels({ weights }, modes.list, { level },
        model)
    local record, candidate = find(kernels, kernel), find(refused, kernel)
    if not record then
        fail("%s: %s", kernel, candidate and "was refused: " .. candidate.reason
            or ("no such schedule of %s on %s; manifest.json of a library lists its kernels")
                :format(weights.key, level.name))
    end
    return record, kernels, refused
end

local function explain_kernel(args)
    if args.target and not args.mca then
        fail("--target %s: belongs to --mca or a problem", args.target)
    end
    local weights, level = parts_of(args.what)
    local library = args.folder and open_library(args.folder, args.what, weights, not args.mca)
    local model = library and library.model
    local record, kernels, refused = look_up(args.what, weights, level, model)
    local modelled = args.mca and explain_mca.lines(record, args.target)
    print_record(record)
    if library then
        print_place(library)
    end
    for _, line in ipairs(modelled or {}) do
        say("%s", line)
    end
    if not modelled then
        print_rank(record, kernels, model)
        print_refused(record, refused)
    end
end

-- A kernel's name has no colon, and a problem has one.
function explain.run(args)
    if args.what:find(":", 1, true) then
        if args.mca then
            fail("--mca: models a kernel; 'lutloom explain %s' names some", args.what)
        end
        return require("command.explain_problem").run(args)
    end
    for _, option in ipairs({ "isa", "mode", "all" }) do
        if args[option] then
            fail("--%s: belongs to a problem, such as w2g128:4096x4096", option)
        end
    end
    return explain_kernel(args)
end

return explain
