-- Everything a generated library consists of, as texts by path. Pure: what is read comes in,
-- what is to be written goes out.
--
-- A library is a record (record.lua makes it):
--   version, command  for the files' headers: the generator's, and what writes them again
--   title             the names of its models
--   request           what was asked for, as it stands in the manifest
--   formats           names, as the problems have them
--   isas              ISA records, ascending, portable C first
--   flags             compiler flags beside those of the ISAs
--   problems          { model, role, format, m, k } for each layer and format
--   kernels           kernel records, sorted by name
--   chosen            kernel's name -> true for those in the library; others are candidates
--   prepares, probes  records of space.prepares, space.probes
--   tuned             rows of the tuning file
-- and sources are what it copies:
--   template(name)                text and file name of a template
--   runtime, tools, codec, llama  file name -> text
--   license                       text
local c_code = require("base.c_code")
local library_kernels = require("library.kernels")
local library_project = require("library.project")
local library_tables = require("library.tables")
local hash = require("base.hash")
local names = require("library.names")

local emit = {}

-- Index of each ISA in loom_registry.isas.
local function isa_indices(isas)
    local indices = {}
    for index, isa in ipairs(isas) do
        indices[isa.name] = index - 1
    end
    return indices
end

-- The hash of the kernels, by which a tuning file knows them: of their code alone, since a comment
-- does not change what was measured; in an order that does not depend on which of them are in the
-- library.
local function hash_of(texts)
    local codes = {}
    for index, text in ipairs(texts) do
        codes[index] = c_code.of(text)
    end
    table.sort(codes)
    return hash.of(codes)
end

-- path -> text of all files, and the hash of the kernels; or nil and a message.
function emit.files(library, sources)
    local files = {}
    local context = { library = library, sources = sources, files = files,
        indices = isa_indices(library.isas),
        names = names.of(library, sources.runtime["loom.h"]),
        isa_of = {} }
    for name, text in pairs(sources.runtime) do
        if name ~= "loom.h" then
            files["src/" .. name] = text
        end
    end
    for name, text in pairs(sources.tools) do
        files["tools/" .. name] = text
    end
    for name, text in pairs(sources.codec) do
        files["codec/" .. name] = text
    end
    for name, text in pairs(library.request.llama and sources.llama or {}) do
        files["llama/" .. name] = text
    end
    files["LICENSE"] = sources.license

    local texts, reason = library_kernels.add(context)
    if not texts then
        return nil, reason
    end
    library.hash = hash_of(texts)
    local ok
    for _, add in ipairs({ library_tables.add, names.add, library_project.add }) do
        ok, reason = add(context)
        if not ok then
            return nil, reason
        end
    end
    return files, library.hash
end

return emit
