-- lutloom build: compiles a library and verifies it.
local compile = require("build.compile")
local library_folder = require("library.folder")
local say = require("base.say")

local build = {}

function build.options(command)
    command:argument("folder", "The library's folder, as 'lutloom gen --out' made it.")
    command:option("--ggml", "Folder where ggml was installed (its include/ and lib/): from now on "
        .. "loom-bench measures ggml's types too; with '' no longer."):argname("<folder>")
        :overwrite(false)
end

function build.run(args)
    local manifest, folder, lock <close> = library_folder.open_alone(args.folder)
    local options = args.ggml and { compile.ggml_option(args.ggml) }
    say("%s: %s", folder, compile.library(folder, manifest, options))
end

return build
