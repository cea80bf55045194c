-- The command line: what `lutloom` understands, and which command serves it.
local argparse = require("argparse")
local fail = require("base.fail").fail
local home = require("base.home")
local host = require("base.host")
local say = require("base.say")

local cli = {}

-- name, module and one line each; the modules add their own options.
local COMMANDS = {
    { "shapes", "command.shapes", "List the preset models, or the layers of a model." },
    { "formats", "command.formats", "List formats of weights, and which kernels there are." },
    { "targets", "command.targets", "List the CPUs it knows, and what this machine is." },
    { "dequantize", "command.dequantize", "Write a matrix of a model's file as fp32." },
    { "gen", "command.gen", "Generate a library for a model's layers." },
    { "llama", "command.llama", "Make the backend that llama.cpp loads." },
    { "build", "command.build", "Compile a library and verify every kernel of it." },
    { "bench", "command.bench", "Measure a library's kernels." },
    { "tune", "command.tune", "Measure all candidates and keep the fastest." },
    { "sweep", "command.sweep", "Make the file that measures them on another machine." },
    { "pack", "command.pack", "Pack the weights of a model's files for a library." },
    { "unpack", "command.unpack", "Write a packed matrix as raw files." },
    { "explain", "command.explain", "Say what a kernel is and why it was chosen." },
}

local function new_parser()
    local parser = argparse("lutloom")
        :description("Generates C libraries of matmul kernels for low-bit weights.")
        :epilog("'lutloom COMMAND --help' says more about a command.")
        :command_target("command")
        :help_max_width(80)
    parser:flag("--version", "Print the version and exit."):action(function()
        say("lutloom " .. home.version())
        host.exit(0)
    end)
    for _, entry in ipairs(COMMANDS) do
        local name, module, summary = table.unpack(entry)
        require(module).options(parser:command(name, summary))
    end
    return parser
end

local function module_of(name)
    for _, entry in ipairs(COMMANDS) do
        if entry[1] == name then
            return require(entry[2])
        end
    end
    return nil
end

-- Runs the command that the words say; returns the exit code.
function cli.run(words)
    local module = module_of(words[1])
    local extra = {}
    if module and module.split then
        words, extra = module.split(words)
    end
    local ok, args = new_parser():pparse(words)
    if not ok then
        fail("%s; 'lutloom %s' says what is understood", (args:gsub("\n", "; ")),
            module and words[1] .. " --help" or "--help")
    end
    return module_of(args.command).run(args, extra) or 0
end

return cli
