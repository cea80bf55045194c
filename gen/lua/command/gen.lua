-- lutloom gen: generates a library.
local check = require("fail").check
local fail = require("fail").fail
local format = require("format")
local generate = require("generate")
local library = require("library")
local library_folder = require("library_folder")
local list = require("list")
local models = require("models")
local remark = require("fail").remark
local say = require("say")
local target = require("target")
local targets = require("targets")

local gen = {}

local function count(text)
    local value = text:find("^%d+$") and #text <= 4 and math.tointeger(tonumber(text))
    return value or nil, ("--candidates: '%s' is no number from 0 to 9999"):format(text)
end

function gen.options(command)
    command:option("--model", "A preset's name or a shapes file, with formats of its own after a "
        .. "colon where --format is not meant; may be said several times.")
        :count("*"):argname("<model>[:<format>,...]")
    command:option("--format", "Formats of the weights, such as w2g128 or t,w4g128; needed where "
        .. "the layers have none of their own."):argname("<format>[,<format>...]")
        :overwrite(false)
    command:option("--target", "CPUs that the library is for (default: native)."):argname(
        "<target>[,<target>...]"):overwrite(false)
    command:option("--mode", "Numeric mode; fastest (the default) leaves the choice to the "
        .. "measurement."):choices(generate.MODES):overwrite(false)
    command:option("--candidates", "Compile so many more candidates for each op, format, mode and "
        .. "ISA, the first by the model (default: 0); 'lutloom explain' counts them.")
        :argname("<count>"):convert(count):overwrite(false)
    command:flag("--mca", "Rank candidates by llvm-mca's models of the targets, corrected where "
        .. "that was measured (gen/corrections), instead of by the analytic model.")
    command:option("--out", "Folder of the library; an earlier library there is generated again, "
        .. "as before where --model is not said."):argname("<folder>"):count(1):overwrite(false)
end

-- The words of a list with commas, each once.
local function split_list(text, option)
    local words, seen = {}, {}
    for word in (text .. ","):gmatch("([^,]*),") do
        if word == "" then
            fail("%s: '%s' has an empty word; write it like a,b", option, text)
        elseif not seen[word] then
            seen[word] = true
            words[#words + 1] = word
        end
    end
    return words
end

local function check_formats(names)
    for _, name in ipairs(names) do
        check(format.parse(name))
    end
    return names
end

-- The model that `text` names, with the formats after its colon.
local function read_model(text)
    local name, formats = text:match("^(.+):([^:/]*)$")
    local record = models.read(name or text)
    if name then
        record.formats = check_formats(split_list(formats, "--model " .. name))
    end
    return record
end

local function read_models(texts)
    local records, plain, seen = {}, {}, {}
    for index, text in ipairs(texts) do
        records[index] = read_model(text)
        plain[index] = text:match("[^/]+$")
        if seen[records[index].name] then
            fail("--model %s: a model named %s was given before", text, records[index].name)
        end
        seen[records[index].name] = true
    end
    return records, plain
end

-- The request (see generate.lua) of the command's options.
function gen.request(args)
    local formats = args.format and check_formats(split_list(args.format, "--format")) or {}
    local target_names = split_list(args.target or "native", "--target")
    local found = {}
    for index, name in ipairs(target_names) do
        found[index] = targets.find(name)
    end
    local joined = check(target.join(found))
    local records, names = read_models(args.model)
    return {
        models = records,
        model_names = names,
        formats = formats,
        mode = args.mode or "fastest",
        candidates = args.candidates,
        mca = args.mca,
        targets = target_names,
        arch = joined.arch,
        triple = joined.triple,
        flags = joined.flags,
        isas = list.names(joined.isas),
    }
end

-- The request of an earlier generation, when nothing but its folder was said.
local function request_again(args, old)
    if not old then
        fail("--model is missing: give a preset's name ('lutloom shapes' lists them) or a shapes "
            .. "file")
    elseif args.format or args.target or args.mode or args.candidates
        or args.mca then
        fail("--model is missing: without it %s is generated as before, and --format, --target, "
            .. "--mode, --candidates and --mca have no place", args.out)
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
    local old, folder = library_folder.claim(args.out)
    local request = #args.model > 0 and gen.request(args) or request_again(args, old)
    local record, changed, reason = library.generate(request, folder, old)
    if reason then
        remark(reason)
    end
    say(summary(record, folder, changed))
end

return gen
