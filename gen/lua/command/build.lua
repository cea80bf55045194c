-- lutloom build: compiles a library and verifies it.
local compile = require("compile")
local library_folder = require("library_folder")
local say = require("say")

local build = {}

function build.options(command)
    command:argument("folder", "The library's folder, as 'lutloom gen --out' made it.")
end

function build.run(args)
    local manifest, folder = library_folder.open(args.folder)
    say("%s: %s", folder, compile.library(folder, manifest))
end

return build
