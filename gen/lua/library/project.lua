-- What makes the C files a project: build files, README and manifest. The texts are the templates
-- of templates/library/, such as meson.build.in; here are the variables that these use.
local arch = require("input.arch")
local list = require("base.list")
local manifest = require("library.manifest")
local problems = require("choice.problems")
local template = require("base.template")

local library_project = {}

-- Whether a tool's file is a program's main().
local function is_program(path)
    return path:match("^tools/.*%f[%w]main%.c$") ~= nil
end

-- Whether a tool's file is compiled only where the user has ggml.
local function needs_ggml(path)
    return path:match("^tools/bench/ggml") ~= nil
end

-- Whether a tool's file is of loom-pack, which needs none of the others' tables.
local function packs(path)
    return path:match("^tools/pack/") ~= nil
end

-- The sorted paths of the C files in `folder`, at any depth.
local function c_files(files, folder)
    local paths = {}
    for path in pairs(files) do
        if path:match("^([^/]+)/.+%.c$") == folder then
            paths[#paths + 1] = path
        end
    end
    table.sort(paths)
    return paths
end

-- Splits paths into those of each ISA (name -> list) and the rest, which no ISA's flags are for.
local function by_isa(paths, isa_of)
    local of_isa, rest = {}, {}
    for _, path in ipairs(paths) do
        local isa = isa_of[path]
        if isa then
            of_isa[isa] = of_isa[isa] or {}
        end
        table.insert(isa and of_isa[isa] or rest, path)
    end
    return of_isa, rest
end

-- All items of two lists; the second may be nil.
local function joined(first, second)
    local items = table.move(first, 1, #first, 1, {})
    return table.move(second or {}, 1, #(second or {}), #items + 1, items)
end

-- Paths of the tools by their folder, in order, each with its name.
local function by_room(paths)
    local rooms, of_name = {}, {}
    for _, path in ipairs(paths) do
        local name = path:match("^tools/([^/]+)/") or "tables"
        if not of_name[name] then
            of_name[name] = { name = name, sources = {} }
            rooms[#rooms + 1] = of_name[name]
        end
        table.insert(of_name[name].sources, path)
    end
    return rooms
end

-- The meson file's view of an ISA.
local function isa_targets(library, sources, tool_sources, candidates)
    local targets = {}
    for index, isa in ipairs(library.isas) do
        targets[index] = {
            name = isa.name,
            flags = isa.packs and joined(isa.flags, { "-DLOOM_PACKER=loom_packer_" .. isa.name })
                or isa.flags,
            sources = joined(sources[isa.name] or {}, isa.packs and { "src/layout.c" }),
            tool_sources = joined(candidates[isa.name] or {}, tool_sources[isa.name]),
        }
    end
    return targets
end

-- For how many pairs of shape and format there is a measured choice, and on which CPU; 0 and nil
-- without any.
local function measured(tuned)
    local seen, count = {}, 0
    for _, row in ipairs(tuned) do
        local key = problems.text(row)
        count = count + (seen[key] and 0 or 1)
        seen[key] = true
    end
    return count, tuned[1] and tuned[1].cpu
end

local function variables(context)
    local library, files, isa_of = context.library, context.files, context.isa_of
    local measured_count, measured_on = measured(library.tuned)
    local sources, runtime_sources = by_isa(c_files(files, "src"), isa_of)
    local tool_sources, shared_tools = by_isa(c_files(files, "tools"), isa_of)
    local candidates = by_isa(c_files(files, "candidates"), isa_of)
    local tools, ggml_sources, pack_sources = {}, {}, {}
    for _, path in ipairs(shared_tools) do
        if needs_ggml(path) then
            ggml_sources[#ggml_sources + 1] = path
        elseif packs(path) then
            pack_sources[#pack_sources + 1] = path
        elseif not is_program(path) then
            tools[#tools + 1] = path
        end
    end
    return {
        version = library.version,
        for_board = library.request.arch ~= "x86_64" and arch.by_name[library.request.arch],
        command = library.command,
        arch = #library.isas > 1 and arch.by_name[library.request.arch],
        names = context.names,
        inner = context.names.prefix ~= "" and "-include names.h " or "",
        title = library.title,
        formats = library.formats,
        problems = library.problems,
        measured_count = measured_count,
        measured_on = measured_on,
        unit_count = #library.kernels + #library.prepares,
        flags = library.flags,
        isa_names = table.concat(list.names(library.isas), ", "),
        isas = isa_targets(library, sources, tool_sources, candidates),
        runtime_sources = runtime_sources,
        portable_sources = joined(runtime_sources, sources.c),
        tool_rooms = by_room(tools),
        codec_sources = c_files(files, "codec"),
        pack_sources = pack_sources,
        llama_sources = library.request.llama and c_files(files, "llama") or {},
        ggml_sources = ggml_sources,
    }
end

-- Adds the files to context.files; true, or nil and a message.
function library_project.add(context)
    local load = context.sources.template
    local vars = variables(context)
    local names = { "meson.build", "README.md", vars.for_board and "BOARD.md" or nil }
    for _, name in ipairs(names) do
        local source, filename = load(("library/%s.in"):format(name))
        local text, reason = template.render(source, filename, vars, load)
        if not text then
            return nil, reason
        end
        context.files[name] = text
    end
    context.files["meson_options.txt"] = load("library/meson_options.txt")
    context.files["manifest.json"] = manifest.text(context.library, context.files)
    return true
end

return library_project
