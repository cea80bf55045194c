-- lutloom unpack: a matrix of a .loom file as raw files again.
local fail = require("base.fail").fail
local library_folder = require("library.folder")
local loom_file = require("library.loom_file")
local loom_pack = require("build.loom_pack")

local command_unpack = {}

function command_unpack.options(command)
    command:argument("file", "A file that 'lutloom pack' wrote.")
    command:option("--tensor", "The matrix's name."):argname("<name>"):count(1):overwrite(false)
    command:option("--out", "What the names of the raw files begin with: PREFIX.codes, "
        .. "PREFIX.scales, ..."):argname("<prefix>"):count(1):overwrite(false)
    command:option("--library", "Folder of the library that it was packed for (default: where that "
        .. "was then)."):argname("<folder>"):overwrite(false)
end

function command_unpack.run(args)
    local library = loom_file.library(args.file)
    local manifest, folder, lock <close> = library_folder.open_alone(args.library or library.folder)
    if manifest.hash ~= library.hash then
        fail("%s: was packed for another library than the one in %s; --library names its folder",
            args.file, folder)
    end
    return loom_pack.run(folder, manifest, { "unpack", args.file, "--tensor=" .. args.tensor,
        "--out=" .. args.out })
end

return command_unpack
