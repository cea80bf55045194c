-- Generates a library into a folder, with the choices of the tuning file that stands there.
local check = require("fail").check
local emit = require("emit")
local files = require("files")
local generate = require("generate")
local home = require("home")
local host = require("host")
local library_folder = require("library_folder")
local machine = require("machine")
local OPS = require("name").OPS
local tuning = require("tuning")

local library = {}

-- nil, or why the kernels of a row cannot serve its problem.
local function row_error(row, kernels)
    local gemv = kernels[row.gemv]
    for _, op in ipairs(OPS) do
        local kernel = kernels[row[op]]
        if not kernel then
            return ("there is no kernel %s"):format(row[op])
        elseif (kernel.op == "gemv") ~= (op == "gemv") or op == "gemm" and kernel.op ~= "gemm"
            or kernel.layout.name ~= gemv.layout.name or kernel.format.key ~= row.format then
            return ("%s and %s do not go together for %s"):format(row.gemv, row[op], row.format)
        end
    end
    return nil
end

-- nil, or why the rows cannot be used: an ISA or kernels that this library does not have.
local function rows_error(record, isas, kernels)
    local known, by_name = {}, {}
    for _, name in ipairs(isas) do
        known[name] = true
    end
    if not known[record.isa] then
        return ("there is no ISA %s"):format(record.isa)
    end
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    local reason
    for _, row in ipairs(record.rows) do
        row.isa = record.isa
        reason = reason or row_error(row, by_name)
    end
    return reason
end

-- The tuned rows that stand in `folder` and are valid for the kernels, and the reason when a
-- file is there that is not.
local function tuned_rows(folder, request, kernels, hash)
    local path = folder .. "/tuning.txt"
    if not host.path_kind(path) then
        return {}
    end
    local record, reason = tuning.parse(check(files.read(path)), path)
    if record then
        local native = request.targets[1] == "native"
        reason = tuning.mismatch(record, { kernels = hash, cpu = native and machine.identity() })
            or rows_error(record, request.isas, kernels)
    end
    if reason then
        return {}, ("%s is ignored: %s"):format(path, reason)
    end
    return tuning.preferred(record.rows)
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
