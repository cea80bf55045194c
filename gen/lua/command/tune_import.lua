-- lutloom tune --import: bakes what another machine has measured into a library.
local check = require("base.fail").check
local compile = require("build.compile")
local fail = require("base.fail").fail
local files = require("base.files")
local host = require("base.host")
local generate = require("build.generate")
local gguf_problems = require("command.gguf_problems")
local library_folder = require("library.folder")
local problems = require("choice.problems")
local remark = require("base.fail").remark
local say = require("base.say")
local tuning = require("choice.tuning")
local tuning_file = require("choice.tuning_file")

local tune_import = {}

-- The record of the file; an error where it is not for the library in `folder`. The CPU may be any.
local function read(path, folder, request)
    local record = tuning_file.read(path)
    local reason = tuning.mismatch(record, { compiler = compile.compiler_of(request) })
        or generate.tuning_error(request, folder, record)
    if reason then
        fail("%s: is not for %s: %s", path, folder, reason)
    end
    return record
end

-- What stands at `path` with the results of `record` after its own, or `record` alone where the two
-- do not go together.
local function extend(path, record)
    if not host.path_kind(path) then
        return record
    end
    local own, reason = tuning.parse(check(files.read(path)), path)
    reason = reason or tuning.mismatch(own, record)
    if reason then
        remark(("%s is replaced: %s"):format(path, reason))
        return record
    end
    tuning.append(own, record)
    return own
end

-- Names those of the problems that nobody has measured yet.
local function say_missing(folder, all, record)
    local missing = problems.without_choice(all, record.rows)
    if #missing > 0 then
        remark(("%s: %d of %d problems are not done: %s"):format(folder, #missing, #all,
            table.concat(missing, ", ")))
    end
end

-- `bake` is tune's: it generates, builds and verifies a library with its tuning file's choices.
function tune_import.run(args, bake)
    local manifest, folder, lock <close> = library_folder.open_alone(args.folder)
    local all = gguf_problems.asked(args, folder, manifest)
    local path = folder .. "/tuning.txt"
    local record = extend(path, read(args.import, folder, manifest.request))
    check(files.write(path, tuning.text(record)))
    local verified = bake(folder)
    say("%s: has the choices of %s; %s", folder, args.import, verified)
    say_missing(folder, all, record)
end

return tune_import
