-- lutloom build: compiles a library and verifies it.
local compile = require("compile")
local fail = require("fail").fail
local files = require("files")
local library_folder = require("library_folder")
local say = require("say")

local build = {}

function build.options(command)
    command:argument("folder", "The library's folder, as 'lutloom gen --out' made it.")
    command:option("--ggml", "Folder where ggml was installed (its include/ and lib/): from now on "
        .. "loom-bench measures ggml's types too; with '' no longer."):argname("<folder>")
        :overwrite(false)
end

-- The absolute path of ggml's folder; '' as it is.
local function ggml_folder(path)
    if path == "" then
        return path
    end
    return files.absolute(path) or fail("--ggml %s: no such folder", path)
end

function build.run(args)
    local manifest, folder = library_folder.open(args.folder)
    say("%s: %s", folder, compile.library(folder, manifest,
        args.ggml and ggml_folder(args.ggml)))
end

return build
