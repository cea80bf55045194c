-- lutloom bench: measures a library, or all that a suite asks for; prints, writes and draws it.
local check = require("base.fail").check
local cross = require("build.cross")
local fail = require("base.fail").fail
local host = require("base.host")
local library_folder = require("library.folder")
local loom_bench = require("build.loom_bench")

local bench = {}

local function seconds(text)
    local value = tonumber(text)
    if not value or not (value > 0 and value <= 3600) then
        return nil, ("--seconds: '%s' is no number above 0, at most 3600"):format(text)
    end
    return value
end

function bench.options(command)
    command:argument("folder", "The library's folder; 'lutloom build' comes first."):args("?")
    command:argument("option", "Passed on, but for --plot: FOLDER/build/loom-bench --help says "
        .. "which there are."):args("*")
    command:option("--plot", "Draw the rows as an SVG: after a folder's name those that are "
        .. "measured (default: FOLDER/bench.svg), with --from those of a file."):args("?")
        :argname("<file>"):overwrite(false)
    command:option("--suite", "Instead of a library measure the figures of a suite, such as wall, "
        .. "in libraries of its own, and compare them with its bars.")
        :argname("<name>"):overwrite(false)
    command:option("--from", "With --plot or --suite: take the rows that an earlier --json wrote.")
        :argname("<file>"):overwrite(false)
    command:option("--json", "With --suite: the file for the measured rows.")
        :argname("<file>"):overwrite(false)
    command:option("--out", "With --suite: the folder for its libraries (default: out/NAME).")
        :argname("<folder>"):overwrite(false)
    command:option("--ggml", "With --suite: where a ggml to compare with is installed.")
        :argname("<prefix>"):overwrite(false)
    command:option("--seconds", "With --suite: measuring time for each problem (default: 6).")
        :argname("<seconds>"):convert(seconds):overwrite(false)
end

-- Options after the folder are loom-bench's own.
function bench.split(words)
    local second = words[2]
    if not second or second:sub(1, 1) == "-" then
        return words, {}
    end
    return { words[1], second }, table.move(words, 3, #words, 1, {})
end

-- Takes `--plot [FILE]` or `--plot=FILE` out of loom-bench's options. Returns the file, "" where
-- none is named, or nil, and the other options.
local function take_plot(options)
    local plot, others = nil, {}
    local index = 1
    while index <= #options do
        local word, following = options[index], options[index + 1]
        if word == "--plot" and following and following:sub(1, 1) ~= "-" then
            plot, index = following, index + 1
        elseif word == "--plot" or word:find("^%-%-plot=") then
            plot = word:sub(#"--plot=" + 1)
        else
            others[#others + 1] = word
        end
        index = index + 1
    end
    return plot, others
end

-- Runs loom-bench with the options, its output being ours; its exit code.
local function run_library(folder, options)
    local argv = { loom_bench.program(folder) }
    local code = check(host.run(table.move(options, 1, #options, 2, argv)))
    if code > 128 then
        fail("%s: loom-bench was ended by signal %d", folder, code - 128)
    end
    return code
end

local function bench_library(args, extra)
    local manifest, folder = library_folder.open(args.folder)
    cross.must_run(folder, manifest.request, "lutloom bench")
    local plot, options = take_plot(extra)
    plot = plot or args.plot and args.plot[1]
    if not plot then
        return run_library(folder, options)
    end
    return require("command.bench_plot").measure(folder, options, plot, run_library)
end

local function draw_file(args)
    if not args.plot then
        fail("--from %s: needs --plot or --suite, which say what to make of the rows", args.from)
    elseif args.folder then
        fail("--from %s: %s has no place beside it", args.from, args.folder)
    end
    return require("command.bench_plot").draw(args.from, args.plot[1] or "")
end

local SUITE_ONLY = { "json", "out", "ggml", "seconds" }

function bench.run(args, extra)
    if args.suite then
        return require("command.bench_suite").run(args)
    end
    for _, name in ipairs(SUITE_ONLY) do
        if args[name] then
            fail("--%s: belongs to --suite; options of a library's benchmark come after its folder",
                name)
        end
    end
    if args.from then
        return draw_file(args)
    elseif not args.folder then
        fail("a library's folder is missing; or say --suite NAME, or --plot FILE --from ROWS")
    end
    return bench_library(args, extra)
end

return bench
