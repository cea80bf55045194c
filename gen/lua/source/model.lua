-- A model in the files that people have. Only headers are read, until model:read().
--     path     what the user named
--     disk     where its files are: disk.lua
--     kind     "gguf" or "safetensors"
--     config   config.json, or nil
--     quantization    what it says on how weights are quantised (quantization_config), or what
--                     quantize_config.json, quant_config.json or hf_quant_config.json says; or nil
--     metadata    GGUF's values without arrays, or safetensors' __metadata__; of the first file
--     files    { path =, size = } each, in order
--     tensors  in the order of files and places, without those of no elements; by_name has all by
--              their names:
--         name     UTF-8 without control characters
--         file     the place of its file in `files`
--         at       its first byte in that file
--         bytes    exactly; of a GGUF type without a rule (TL1, TL2) up to the tensor behind it
--         shape    sizes, outermost first
--         type     a dtype of safetensors, or the number of a GGUF type
--         type_name    in words: "Q4_K", "type 99", or the dtype
--         row      of input/gguf_types.lua, or nil
local check = require("base.fail").check
local escaped = require("base.escaped")
local fail = require("base.fail").fail
local gguf = require("source.gguf")
local gguf_split = require("source.gguf_split")
local model_config = require("source.model_config")
local model_files = require("source.model_files")
local safetensors = require("source.safetensors")
local source_disk = require("source.disk")

local model = {}

local READERS = { gguf = gguf, safetensors = safetensors }

local Model = {}
Model.__index = Model

-- So many bytes of a tensor from its byte `first` on, the first is 0.
function Model:read(tensor, first, bytes)
    local file = self.files[tensor.file]
    if first < 0 or bytes < 0 or bytes > tensor.bytes - first then
        fail("%s: %s has %d bytes, and not %d from %d on", file.path, escaped(tensor.name),
            tensor.bytes, bytes, first)
    end
    local text = check(file:read(tensor.at + first, bytes))
    if #text < bytes then
        fail("%s: %s is cut: it ends before byte %d", file.path, escaped(tensor.name),
            tensor.at + first + bytes)
    end
    return text
end

-- What stands in a clone of a repository in the place of a large file.
local POINTER = "version https://git-lfs"

local function check_is_here(file)
    if file:read(0, #POINTER) == POINTER then
        fail("%s: is a pointer to the file: 'git lfs pull' brings the file itself", file.path)
    end
end

local function add_tensors(self, tensors)
    local file = #self.files
    for _, tensor in ipairs(tensors) do
        local other = self.by_name[tensor.name]
        if other then
            fail("%s: has the tensor %s, which %s has too", self.files[file].path,
                escaped(tensor.name), self.files[other.file].path)
        end
        tensor.file = file
        self.by_name[tensor.name] = tensor
        self.tensors[#self.tensors + 1] = tensor.bytes > 0 and tensor or nil
    end
end

-- Every tensor that an index names is in the file that it says.
local function check_index(self, found)
    local wanted = {}
    for name in pairs(found.map) do
        wanted[#wanted + 1] = name
    end
    table.sort(wanted)
    for _, name in ipairs(wanted) do
        local tensor = self.by_name[name]
        local path = found.folder .. found.map[name]
        if not tensor or self.files[tensor.file].path ~= path then
            fail("%s: %s is not in %s, where the index has it", found.index, escaped(name), path)
        end
    end
end

-- The model at a path, in the files of `disk` (disk.lua; those of this machine where it is nil). It
-- ends the command with one line where a file is missing or wrong.
function model.open(path, disk)
    disk = disk or source_disk
    local found = model_files.of(disk, path)
    local self = setmetatable({ path = path, disk = disk, kind = found.kind, files = {},
        tensors = {}, by_name = {} }, Model)
    local values = {}
    for index, part in ipairs(found.paths) do
        local file = check(disk.open(part))
        local tensors
        self.files[index] = file
        check_is_here(file)
        values[index], tensors = READERS[found.kind].read(file)
        file:close()
        add_tensors(self, tensors)
    end
    if found.kind == "gguf" then
        gguf_split.check(self, values)
    else
        self.config, self.quantization = model_config.find(disk, found.folder, found.stem)
    end
    if found.map then
        check_index(self, found)
    end
    self.metadata = values[1]
    return self
end

return model
