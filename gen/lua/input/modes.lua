-- Numeric modes: how a product is computed.
local modes = {}

-- Those of kernels.
modes.list = { "exact", "table", "table7" }

-- What may be asked for, in the order of the runtime's enum loom_mode.
modes.asked = { "fastest", table.unpack(modes.list) }

-- The modes of the kernels that a library has which was asked for `mode`. The backend for llama.cpp
-- offers no 7-bit tables.
function modes.of_library(mode, is_llama)
    return mode ~= "fastest" and { mode } or is_llama and { "exact", "table" } or modes.list
end

-- The modes of the kernels that serve who asks such a library for `mode`: 7-bit tables are for
-- those who ask for them.
function modes.serving(mode, of_library)
    if mode ~= "fastest" then
        return { mode }
    end
    return of_library == "fastest" and { "exact", "table" } or { of_library }
end

return modes
