-- Numeric modes: how a product is computed.
local modes = {}

-- Those of kernels.
modes.list = { "exact", "table", "table7" }

-- What may be asked for, in the order of the runtime's enum loom_mode.
modes.asked = { "fastest", table.unpack(modes.list) }

-- The modes of the kernels that a library has which was asked for `mode`.
function modes.of_library(mode)
    return mode == "fastest" and modes.list or { mode }
end

return modes
