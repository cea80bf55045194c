-- lutloom llama: makes the backend that stock llama.cpp loads.
local compile = require("build.compile")
local fail = require("base.fail").fail
local generate = require("build.generate")
local gguf_types = require("input.gguf_types")
local host = require("base.host")
local library_folder = require("library.folder")
local MODES = require("input.modes").asked
local models = require("source.models")
local remark = require("base.fail").remark
local request = require("library.request")
local say = require("base.say")
local target = require("input.target")

local llama = {}

function llama.options(command)
    command:option("--out", "Folder of the backend; an earlier one there is made again.")
        :argname("<folder>"):count(1):overwrite(false)
    command:option("--target", "CPUs that it is for (default: x86-64, every level), or ARM boards, "
        .. "which are compiled for by crossing."):argname("<target>[,<target>...]")
        :overwrite(false):default("x86-64")
    command:option("--model", "A preset or shapes file whose shapes 'lutloom tune' measures "
        .. "(default: qwen3-8b)."):argname("<model>"):overwrite(false):default("qwen3-8b")
    command:option("--mode", "Numeric mode; fastest (the default) leaves the choice to the "
        .. "measurement."):choices(MODES):overwrite(false)
end

-- The formats of all types that the backend serves.
local function formats()
    local names, seen = {}, {}
    for _, row in ipairs(gguf_types) do
        if not seen[row.format] then
            seen[row.format] = true
            names[#names + 1] = row.format
        end
    end
    return table.concat(names, ",")
end

-- The request; where the backend is for this machine alone, without the level that no host needs.
local function request_of(args)
    local wanted = request.of({ model = { args.model }, format = formats(), target = args.target,
        mode = args.mode })
    wanted.llama = true
    if table.concat(wanted.targets, ",") == "native" then
        wanted.isas = target.native(host.features(), wanted.arch, true).isas
    end
    return wanted
end

function llama.run(args)
    if models.are_weights(args.model) then
        fail("--model %s: is a file of weights, which 'lutloom tune --gguf' measures later; give a "
            .. "preset or a shapes file", args.model)
    end
    local old, folder, lock <close> = library_folder.claim(args.out)
    local wanted = request_of(args)
    local _, _, reason = generate.run(wanted, folder, old)
    if reason then
        remark(reason)
    end
    say("%s: %s", folder, compile.library(folder, { request = wanted }))
    say("GGML_BACKEND_PATH=%s/build/libggml-lutloom.so makes llama.cpp use it", folder)
end

return llama
