-- What a generation is asked for: from texts to the record that library/record.lua takes.
local check = require("base.fail").check
local fail = require("base.fail").fail
local format = require("input.format")
local list = require("base.list")
local models = require("source.models")
local target = require("input.target")
local targets = require("input.targets")

local request = {}

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
    if name and models.are_weights(name) then
        fail("--model %s: the file says the formats; say none after a colon", text)
    end
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
        plain[index] = text:match("([^/]+)/*$")
        if seen[records[index].name] then
            fail("--model %s: a model named %s was given before", text, records[index].name)
        end
        seen[records[index].name] = true
    end
    return records, plain
end

-- Fails where no layer could take the formats of --format.
local function check_place(texts)
    for _, text in ipairs(texts) do
        if not models.are_weights(text) then
            return
        end
    end
    fail("--format: has no place where the files of --model say the formats of all matrices")
end

-- The request (see library/record.lua) of the command's options.
function request.of(args)
    local formats = args.format and check_formats(split_list(args.format, "--format")) or {}
    local target_names = split_list(args.target or "native", "--target")
    local found = {}
    for index, name in ipairs(target_names) do
        found[index] = targets.find(name)
    end
    local joined = check(target.join(found))
    if args.format then
        check_place(args.model)
    end
    local records, names = read_models(args.model)
    return {
        models = records,
        model_names = names,
        formats = formats,
        mode = args.mode or "fastest",
        candidates = args.candidates,
        mca = args.mca,
        name = args.name,
        targets = target_names,
        arch = joined.arch,
        triple = joined.triple,
        flags = joined.flags,
        isas = list.names(joined.isas),
    }
end

return request
