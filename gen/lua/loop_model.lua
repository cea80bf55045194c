-- Models the hot loops of kernels: compiles them as a library does, cuts the loops out of the
-- assembly and gives them to llvm-mca.
local assembly = require("assembly")
local check = require("fail").check
local emit_kernels = require("emit_kernels")
local fail = require("fail").fail
local files = require("files")
local home = require("home")
local host = require("host")
local isa = require("isa")
local loops = require("loops")
local mca = require("mca")
local programs = require("programs")
local space = require("space")

local loop_model = {}

-- llvm-mca's command.
local function simulator()
    return programs.find("llvm-mca-19") and "llvm-mca-19"
        or programs.find("llvm-mca") and "llvm-mca"
        or fail("llvm-mca is not installed: install the package llvm-19")
end

-- The compiler's words; its assembly is clang's.
local function compiler()
    local command = programs.compiler()
    if not programs.is_clang(command) then
        fail("CC is '%s': loops are modelled as clang compiles them; set CC=clang-19", command)
    end
    return programs.words(command)
end

-- Runs a command; fails with the first line that has `pattern`. on_line gets each line.
local function run(argv, pattern, on_line)
    local reason
    local code = check(host.run(argv, function(line)
        reason = reason or line:find(pattern) and line
        if on_line then
            on_line(line)
        end
    end))
    if code ~= 0 then
        fail("%s failed (exit code %d): %s", argv[1], code, reason or "it said nothing")
    end
end

-- Writes the C file of the kernels, which share ISA and format, and what it includes; its path.
local function write_sources(kernels, folder)
    local sources = home.sources()
    local context = { sources = sources, files = {}, library = { kernels = kernels, chosen = {},
        isas = { kernels[1].isa }, prepares = {}, probes = {}, version = home.version(),
        command = "lutloom explain --mca" } }
    check(emit_kernels.add(context))
    local texts = { [folder .. "/src/kernel.h"] = sources.runtime["kernel.h"],
        [folder .. "/src/loom.h"] = sources.runtime["loom.h"] }
    for path, text in pairs(context.files) do
        texts[folder .. "/" .. path] = text
    end
    check(files.write_all(texts))
    return folder .. "/" .. emit_kernels.path(kernels[1], false)
end

-- The assembly that the library's own options make of a C file.
local function compile(source, folder, target, level)
    local argv, path = compiler(), source:gsub("c$", "s")
    for _, words in ipairs({ { "--target=" .. target.triple, "-std=c11", "-O3", "-ffp-contract=off",
        "-fPIC", "-DNDEBUG", "-DLOOM_MCA" }, target.flags, level.flags,
        { "-I" .. folder .. "/src", "-S", "-o", path, source } }) do
        table.move(words, 1, #words, #argv + 1, argv)
    end
    run(argv, "error: ")
    return check(files.read(path)), path
end

-- What llvm-mca says about the regions of a file, by name.
local function simulate(path, program, target, iterations)
    local reader = mca.reader()
    run({ program, "-mtriple=" .. target.triple, "-mcpu=" .. target.mca,
        "-iterations=" .. iterations, "-instruction-info=0", path }, "error: ", function(line)
            if line:find("is not a recognized processor", 1, true) then
                fail("target %s: llvm-mca has no model '%s'", target.name, target.mca)
            end
            reader:add(line)
        end)
    return reader.regions
end

-- The hot loops of the kernels by name, and those that have none: name -> reason.
local function split_loops(kernels, text)
    local found, known, unknown = {}, {}, {}
    for _, blocks in ipairs(assembly.functions(text)) do
        local kernel, loop = loops.hot_loop(blocks)
        found[kernel or 0] = loop
    end
    for _, record in ipairs(kernels) do
        local loop = found[record.name]
        if loop and not loop.reason then
            known[record.name] = loop
        else
            unknown[record.name] = loop and loop.reason or "its template marks no loop"
        end
    end
    return known, unknown
end

-- The target's CPU as a model of the kernels' loops.
-- @param kernels records of space.kernels that share ISA and format
-- @param target  a target with `mca` that has that ISA
-- @param folder  where the files go: C, assembly, and what llvm-mca reads
-- @return name -> { rows, k, tokens, macs, cycles, limit }, and name -> why there is no figure
function loop_model.run(kernels, target, folder)
    local program = simulator()
    local text, path = compile(write_sources(kernels, folder), folder, target, kernels[1].isa)
    local known, unknown = split_loops(kernels, text)
    if not next(known) then
        return {}, unknown
    end
    local regions = path:gsub("s$", "mca.s")
    check(files.write(regions, mca.regions(known)))
    local short = simulate(regions, program, target, mca.ITERATIONS[1])
    local long = simulate(regions, program, target, mca.ITERATIONS[2])
    local results = {}
    for name, loop in pairs(known) do
        local result = mca.result(short[name], long[name])
        results[name] = { rows = loop.rows, k = loop.macs // loop.rows // loop.tokens,
            tokens = loop.tokens, macs = loop.macs, cycles = result.cycles, limit = result.limit }
    end
    return results, unknown
end

-- Multiply-adds a cycle; for one token, weights a cycle.
function loop_model.speed(result)
    return result.macs / result.cycles
end

-- Weights a cycle of T-MAC's schedule, its best tile on any level of the target; nil if there is
-- none.
function loop_model.tmac(format, target, folder)
    local best
    for _, name in ipairs(target.isas) do
        local kernels = {}
        local level = isa.by_name[name]
        for _, record in ipairs(space.kernels({ format }, { "table", "table7" }, { level })) do
            kernels[#kernels + 1] = record.tmac and record or nil
        end
        local results = #kernels > 0 and loop_model.run(kernels, target, folder) or {}
        for _, result in pairs(results) do
            best = math.max(best or 0, loop_model.speed(result))
        end
    end
    return best
end

return loop_model
