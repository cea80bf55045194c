-- Types of scales and offsets (enum loom_scale in runtime/loom.h): the one table of the generator.
-- Names of formats are tried for these in this order.
--   name    in a format's name; fp16 has none, and so comes last
--   enum    the rest of LOOM_SCALE_
--   bytes   of one
--   type    of one in C
--   load    what makes a vector of floats of them (templates/isa)
--   load_two  the same of twice as many, two vectors, where that is less than twice the work
--   value   what makes one float of one in portable C; nil where it is one

local scales = {}

scales.list = {
    { name = "f32", enum = "FP32", bytes = 4, type = "float", load = "v_load_f32" },
    { name = "e8m0", enum = "E8M0", bytes = 1, type = "uint8_t", load = "v_load_e8m0",
        value = "v_e8m0" },
    { name = "ue4m3", enum = "UE4M3", bytes = 1, type = "uint8_t", load = "v_load_ue4m3",
        load_two = "v_load_two_ue4m3", value = "v_ue4m3" },
    { name = "", enum = "FP16", bytes = 2, type = "uint16_t", load = "v_load_half",
        value = "v_half" },
}

scales.by_name = {}
for _, scale in ipairs(scales.list) do
    scales.by_name[scale.name] = scale
end

return scales
