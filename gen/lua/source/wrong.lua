-- Ends the command on a tensor that is not what its format asks for: one line that names both.
local escaped = require("base.escaped")
local fail = require("base.fail").fail

local function wrong(model, tensor, message, ...)
    fail("%s: %s %s", model.files[tensor.file].path, escaped(tensor.name), message:format(...))
end

return wrong
