-- Generates a library into a folder, with the choices of the tuning file that stands there.
local check = require("base.fail").check
local emit = require("library.emit")
local files = require("base.files")
local library_record = require("library.record")
local home = require("base.home")
local host = require("base.host")
local library_folder = require("library.folder")
local OPS = require("input.ops").list
local remark = require("base.fail").remark
local space_model = require("mca.space_model")
local tuning = require("choice.tuning")

local generate = {}

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

-- nil, or why the choices cannot be used: an ISA or kernels that the library does not have.
local function rows_error(tuned, isas, kernels)
    local known, by_name = {}, {}
    for _, name in ipairs(isas) do
        known[name] = true
    end
    if not known[tuned.isa] then
        return ("there is no ISA %s"):format(tuned.isa)
    end
    for _, kernel in ipairs(kernels) do
        by_name[kernel.name] = kernel
    end
    local reason
    for _, row in ipairs(tuned.rows) do
        reason = reason or row_error(row, by_name)
    end
    return reason
end

-- The model that ranks the library of a request in `folder`, or nil.
local function model_of(request, folder)
    return request.mca
        and space_model.of(request, folder, check(library_record.formats(request))) or nil
end

-- The record of the request with the choices `rows` in it, its texts, and its kernels' hash.
local function make(request, rows, model)
    local record = check(library_record.of(request, rows, home.version(), model))
    local texts, hash = emit.files(record, home.sources())
    check(texts, hash)
    return record, texts, hash
end

-- nil, or why the record of a tuning file is not for the library `record` of these kernels.
local function mismatch(tuned, record, hash)
    local native = record.request.targets[1] == "native"
    return tuning.mismatch(tuned, { kernels = hash, cpu = native and host.identity() })
        or rows_error(tuned, record.request.isas, record.kernels)
end

-- The same for the library that `request` generates in `folder`.
function generate.tuning_error(request, folder, tuned)
    local record, _, hash = make(request, {}, model_of(request, folder))
    return mismatch(tuned, record, hash)
end

-- The choices that stand in `folder` and are valid for the library, each with the ISA it was
-- measured for and the CPU it was measured on, and the reason when a file is there that is not.
local function tuned_rows(folder, record, hash)
    local path = folder .. "/tuning.txt"
    if not host.path_kind(path) then
        return {}
    end
    local tuned, reason = tuning.parse(check(files.read(path)), path)
    reason = reason or mismatch(tuned, record, hash)
    if reason then
        return {}, ("%s is ignored: %s"):format(path, reason)
    end
    for _, row in ipairs(tuned.rows) do
        row.isa, row.cpu = tuned.isa, tuned.cpu
    end
    return tuned.rows
end

-- Generates what `request` (see library/record.lua) says into `folder`; `old` is the manifest that
-- stands there, or nil. Returns the library's record, how many files have changed, and a
-- remark or nil.
function generate.run(request, folder, old)
    local model = model_of(request, folder)
    if model then
        remark(model.note)
    end
    local record, texts, hash = make(request, {}, model)
    local rows, reason = tuned_rows(folder, record, hash)
    if #rows > 0 then
        record, texts = make(request, rows, model)
    end
    return record, library_folder.write(folder, texts, old), reason
end

return generate
