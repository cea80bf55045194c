-- lutloom gen: generates a library. gen.run, at the end, is all that happens, in order: it reads
-- the request, claims the folder, and has the library generated.
local compiling = require("choice.compiling")
local fail = require("base.fail").fail
local generate = require("build.generate")
local library_folder = require("library.folder")
local MODES = require("input.modes").asked
local names = require("library.names")
local remark = require("base.fail").remark
local request = require("library.request")
local say = require("base.say")

local gen = {}

local function candidates(text)
    local value = text == compiling.FIRST and text
        or text:find("^%d+$") and #text <= 4 and math.tointeger(tonumber(text))
    return value or nil, ("--candidates: '%s' is no number from 0 to 9999, nor '%s'"):format(text,
        compiling.FIRST)
end

local function name(text)
    local reason = names.error(text)
    return not reason and text or nil, reason and "--name: " .. reason
end

function gen.options(command)
    command:option("--model", "A preset's name or a shapes file, with formats of its own after a "
        .. "colon where --format is not meant; or a file or folder of weights (GGUF, safetensors), "
        .. "which says the formats; may be said several times.")
        :count("*"):argname("<model>[:<format>,...]")
    command:option("--format", "Formats of the weights, such as w2g128 or t,w4g128; needed where "
        .. "the layers have none of their own."):argname("<format>[,<format>...]")
        :overwrite(false)
    command:option("--target", "CPUs that the library is for (default: native)."):argname(
        "<target>[,<target>...]"):overwrite(false)
    command:option("--mode", "Numeric mode; fastest (the default) leaves the choice to the "
        .. "measurement."):choices(MODES):overwrite(false)
    command:option("--candidates", "Compile so many more candidates for each op, format, mode and "
        .. "ISA, the first by the model (default: 0); or 'first': of each method one alone, less "
        .. "than half of the code. 'lutloom explain' counts them.")
        :argname("<count>"):convert(candidates):overwrite(false)
    command:flag("--mca", "Rank candidates by llvm-mca's models of the targets, corrected where "
        .. "that was measured (gen/corrections), instead of by the analytic model.")
    command:option("--name", "What the library is called, and its functions by the linker, so that "
        .. "it can live in one program with others (default: loom).")
        :argname("<name>"):convert(name):overwrite(false)
    command:option("--out", "Folder of the library; an earlier library there is generated again, "
        .. "as before where --model is not said."):argname("<folder>"):count(1):overwrite(false)
end

-- The request of an earlier generation, when nothing but its folder was said.
local function request_again(args, old)
    if not old then
        fail("--model is missing: give a preset's name ('lutloom shapes' lists them), a shapes "
            .. "file or a file of weights")
    elseif args.format or args.target or args.mode or args.candidates
        or args.mca or args.name then
        fail("--model is missing: without it %s is generated as before, and --format, --target, "
            .. "--mode, --candidates, --mca and --name have no place", args.out)
    end
    return old.request
end

-- One line on what was generated.
local function summary(record, folder, changed)
    local chosen = 0
    for _ in pairs(record.chosen) do
        chosen = chosen + 1
    end
    return ("%s: %d kernels in the library, %d candidates, %s; %d files changed"):format(folder,
        chosen, #record.kernels - chosen, table.concat(record.request.isas, " "), changed)
end

function gen.run(args)
    local wanted = #args.model > 0 and request.of(args)
    local old, folder, lock <close> = library_folder.claim(args.out)
    wanted = wanted or request_again(args, old)
    local record, changed, reason = generate.run(wanted, folder, old)
    if reason then
        remark(reason)
    end
    say(summary(record, folder, changed))
end

return gen
