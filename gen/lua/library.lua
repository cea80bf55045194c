-- Generates a library into a folder, with the choices of the tuning file that stands there.
local check = require("fail").check
local emit = require("emit")
local files = require("files")
local generate = require("generate")
local home = require("home")
local library_folder = require("library_folder")
local machine = require("machine")
local tuning = require("tuning")

local library = {}

-- nil, or why the rows cannot be used: an ISA or a kernel that this library does not have.
local function unknown_name(record, isas, kernels)
    local known = {}
    for _, name in ipairs(isas) do
        known[name] = true
    end
    if not known[record.isa] then
        return ("there is no ISA %s"):format(record.isa)
    end
    for _, kernel in ipairs(kernels) do
        known[kernel.name] = true
    end
    for _, row in ipairs(record.rows) do
        row.isa = record.isa
        for _, op in ipairs({ "gemv", "gemm" }) do
            if not known[row[op]] then
                return ("there is no kernel %s"):format(row[op])
            end
        end
    end
    return nil
end

-- The tuned rows that stand in `folder` and are valid for the kernels, and the reason when a
-- file is there that is not.
local function tuned_rows(folder, request, kernels, hash)
    local path = folder .. "/tuning.txt"
    local text = files.read(path)
    if not text then
        return {}
    end
    local record, reason = tuning.parse(text, path)
    if record then
        local native = request.targets[1] == "native"
        reason = tuning.mismatch(record, { kernels = hash, cpu = native and machine.identity() })
            or unknown_name(record, request.isas, kernels)
    end
    if reason then
        return {}, ("%s is ignored: %s"):format(path, reason)
    end
    return record.rows
end

-- Generates what `request` (see generate.lua) says into `folder`; `old` is the manifest that
-- stands there, or nil. Returns the library's record, how many files have changed, and a
-- remark or nil.
function library.generate(request, folder, old)
    local sources, version = home.sources(), home.version()
    local record = check(generate.library(request, {}, version))
    local texts, hash = emit.files(record, sources)
    check(texts, hash)
    local rows, remark = tuned_rows(folder, request, record.kernels, hash)
    if #rows > 0 then
        record = check(generate.library(request, rows, version))
        texts = check(emit.files(record, sources))
    end
    return record, library_folder.write(folder, texts, old), remark
end

return library
