-- Measured time over the model's, sapphire-rapids's: by ISA level, op and method.
-- 'lutloom tune DIR --correction' wrote it.
return {
    cpu = "Intel(R) Xeon(R) Processor; "
        .. "SSSE3 AVX2 AVXVNNI AVX512 AVX512VBMI AVX512VNNI AMX; "
        .. "48K L1, 2048K L2, 491520K L3",
    factors = {
        amx = {
            gemm = {
                dot_amx = 1.825,
                dot_tritamx = 1.553,
            },
        },
        avx2 = {
            few = {
                dot_shift = 0.946,
                lut_pair = 0.964,
                lut_sign = 1.035,
            },
            gemm = {
                dot_panel = 0.984,
                lut_panel = 1.099,
                lut_sign = 1.181,
                veclut_pair = 1.125,
            },
            gemv = {
                dot_shift = 0.942,
                lut_pair = 0.959,
                lut_sign = 1.016,
            },
        },
        avx512vbmi = {
            few = {
                dot_shift = 0.669,
                dot_trit = 0.939,
                lut_quad = 1.030,
                lut_quadsign = 1.151,
            },
            gemm = {
                dot_panel = 0.663,
                dot_trit = 0.604,
                lut_panel = 1.346,
                lut_quadsign = 1.577,
            },
            gemv = {
                dot_mask = 0.969,
                dot_shift = 0.820,
                dot_trit = 0.987,
                lut_quad = 1.000,
                lut_quadsign = 1.137,
            },
        },
    },
}
