-- NVIDIA ModelOpt, whose settings are in hf_quant_config.json or have its name. NVFP4 is read
-- (packed_fp4.lua); modules of another algorithm are not.
local fail = require("base.fail").fail
local packed_fp4 = require("source.packed_fp4")
local shown = require("source.shown")

local modelopt = {}

-- The matrices of a model, or nil where it is none of ModelOpt.
function modelopt.find(model)
    local settings = model.quantization
    if model.kind ~= "safetensors" or not settings or not settings.quant_algo then
        return nil
    elseif settings.quant_algo ~= "NVFP4" then
        fail("%s: has ModelOpt's algorithm %s; NVFP4 is read", model.path,
            shown(settings.quant_algo))
    end
    local matrices = {}
    for _, tensor in ipairs(model.tensors) do
        local name = tensor.name:match("^(.*)%.weight_scale_2$")
        if name then
            matrices[#matrices + 1] = packed_fp4.modelopt(model, name)
        end
    end
    return matrices[1] and matrices or nil
end

return modelopt
