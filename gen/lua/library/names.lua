-- What the linker knows a library's functions as. Two libraries may come into one program: those
-- with a name (--name) have all their functions under it; of those without one, and of two with
-- the same, each user's file asks for the library whose loom.h it included, by its formats.
local hash = require("base.hash")
local template = require("base.template")

local names = {}

-- Names that lib<name>.a, or a target of the build, must not have.
local TAKEN = {
    ["the C library"] = { "anl", "c", "crypt", "dl", "m", "mvec", "nsl", "pthread", "resolv", "rt",
        "util" },
    ["the compiler"] = { "asan", "atomic", "gcc", "gcc_eh", "gcc_s", "gomp", "hwasan", "itm",
        "lsan", "omp", "quadmath", "ssp", "tsan", "ubsan", "unwind" },
    ["llama.cpp"] = { "ggml", "llama" },
    ["the library's own build"] = { "all", "benchmark", "candidates", "clean", "codecs", "coverage",
        "dist", "distcheck", "install", "loom_tools", "phony", "reconfigure", "test", "uninstall" },
}

local function owner_of(name)
    for owner, taken in pairs(TAKEN) do
        for _, other in ipairs(taken) do
            if other == name then
                return owner
            end
        end
    end
    return nil
end

-- Why `name` is no name for a library, or nil. It becomes part of C names and of file names.
function names.error(name)
    local owner = owner_of(name)
    if owner then
        return ("'%s' is no library's name: %s has something of that name; write another one")
            :format(name, owner)
    end
    if name == "loom" or not name:find("^%l[%l%d_]*$") or #name > 32 then
        return ("'%s' is no library's name: write at most 32 of a-z, 0-9 and _, a letter first; "
            .. "'loom' is what one without a name is called"):format(name)
    end
    return nil
end

-- Of libraries with the same tag each can stand in for the other.
local function tag_of(library)
    local formats, seen = {}, {}
    for _, kernel in ipairs(library.kernels) do
        if not seen[kernel.format.key] then
            seen[kernel.format.key] = true
            formats[#formats + 1] = kernel.format.key
        end
    end
    table.sort(formats)
    local request = library.request
    return hash.of({ request.name or "", request.mode, table.concat(formats, ",") }):sub(1, 8)
end

-- A function that makes plans: its name, its parameters, and what a call hands on.
local function maker(name, parameters)
    local arguments = {}
    for argument in (parameters .. ","):gmatch("([%w_]+),") do
        arguments[#arguments + 1] = argument
    end
    return { name = name, parameters = (parameters:gsub("\n%s+", "\n    ")),
        arguments = table.concat(arguments, ", ") }
end

-- The names of the functions that loom.h declares, and those functions of them that make plans.
local function functions_of(header)
    local functions, makers = {}, {}
    for name, parameters in header:gmatch("\nLOOM_API [^;]-(loom_[%w_]+)(%b())") do
        if name:find("^loom_plan_create") then
            makers[#makers + 1] = maker(name, parameters:sub(2, -2))
        else
            functions[#functions + 1] = name
        end
    end
    return functions, makers
end

-- The names of a library:
--   library   of its files and of its packages
--   header    as a program includes it, and the folder that its own files find it in
--   prefix    before the functions' names in loom.h
--   tag       after those that a program can have no plan without
--   functions, makers  what loom.h declares: the names of most functions; those that make plans
function names.of(library, header)
    local name = library.request.name
    local functions, makers = functions_of(header)
    return {
        library = name or "loom",
        header = name and name .. "/loom.h" or "loom.h",
        folder = name and "include/" .. name or "include",
        prefix = name and name .. "_" or "",
        tag = tag_of(library),
        functions = functions,
        makers = makers,
    }
end

-- The sorted words of the library's C files that begin as its names do and that loom.h has not.
local function inner_words(files, header)
    local seen, words = {}, {}
    for word in header:gmatch("[%w_]+") do
        seen[word] = true
    end
    for path, text in pairs(files) do
        for word in (path:find("%.[ch]$") and text or ""):gmatch("%f[%w_]loom_[%w_]+") do
            if not seen[word] then
                seen[word] = true
                words[#words + 1] = word
            end
        end
    end
    table.sort(words)
    return words
end

local function render(context, name, vars)
    local load = context.sources.template
    local source, filename = load(name)
    return template.render(source, filename, vars, load)
end

-- Adds the public header, and the file of names that a library with a name is compiled with. Comes
-- after all C files; true, or nil and a message.
function names.add(context)
    local header = context.sources.runtime["loom.h"]
    local vars = { functions = context.names.functions, makers = context.names.makers,
        prefix = context.names.prefix, tag = context.names.tag,
        version = context.library.version, command = context.library.command }
    local block, reason = render(context, "library/header_names.h.in", vars)
    if block and context.names.prefix ~= "" then
        vars.words = inner_words(context.files, header)
        context.files["src/names.h"], reason = render(context, "library/names.h.in", vars)
    end
    if reason then
        return nil, reason
    end
    local before, rest = header:match("^(.-)(#ifndef LOOM_H\n.*)$")
    context.files["include/" .. context.names.header] = before .. block .. rest
    return true
end

return names
