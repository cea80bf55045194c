-- The forms of prepared activations (enum loom_act in runtime/activations.h), by name:
--   unit_k, unit_bytes  so many activations of one token, and their bytes
--   bias                entries of tables are stored plus this, so that they are unsigned bytes
return {
    i8 = { unit_k = 4, unit_bytes = 4, bias = 0 },
    i8s = { unit_k = 4, unit_bytes = 4, bias = 0 },
    i8m = { unit_k = 4, unit_bytes = 4, bias = 0 },
    lut8 = { unit_k = 32, unit_bytes = 128, bias = 128 },
    lut7 = { unit_k = 32, unit_bytes = 128, bias = 64 },
    lut16 = { unit_k = 32, unit_bytes = 256, bias = 512 },
    sign16 = { unit_k = 24, unit_bytes = 256, bias = 0 },
    sign8 = { unit_k = 24, unit_bytes = 256, bias = 0 },
}
