-- Ends the command on a tensor that is not what its format asks for: one line that names both.
local fail = require("base.fail").fail

local function wrong(model, tensor, message, ...)
    fail("%s: %s " .. message, model.files[tensor.file].path, tensor.name, ...)
end

return wrong
