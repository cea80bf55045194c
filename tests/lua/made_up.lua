-- Models that a test makes up: files in a folder of its own, opened as those of users are.
local check = require("check")
local command_line = require("command_line")
local json = require("base.json")
local matrices = require("source.matrices")
local model = require("source.model")
local safetensors_text = require("safetensors_text")

local made_up = {}

-- Functions that write into a new folder; close() removes it.
function made_up.new()
    local line = command_line.new()
    local self = { folder = line.folder, close = line.close, line = line }

    -- The bytes of numbers: each as string.pack takes it.
    function self.pack(kind, values)
        local parts = {}
        for index, value in ipairs(values) do
            parts[index] = ("<" .. kind):pack(value)
        end
        return table.concat(parts)
    end

    -- The quantised matrices of a safetensors file with these tensors and this config.
    function self.safetensors(tensors, config, options)
        line.write("made-up.safetensors", safetensors_text.file(tensors))
        line.write("made-up.config.json", json.encode(config))
        return matrices.of(model.open(self.folder .. "/made-up.safetensors"), options)
    end

    -- The same of a GGUF file's text.
    function self.gguf(text, options)
        line.write("made-up.gguf", text)
        return matrices.of(model.open(self.folder .. "/made-up.gguf"), options)
    end

    -- The call ends with one line that has `part`.
    function self.refuses(part, call, ...)
        local ok, reason = pcall(call, ...)
        check.refused(part, ok or nil, tostring(reason))
    end
    return self
end

return made_up
