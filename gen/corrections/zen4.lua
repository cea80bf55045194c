-- Measured time over the model's, zen4's: by ISA level, op and method.
-- 'lutloom tune DIR --correction' wrote it.
return {
    cpu = "AMD EPYC; "
        .. "SSSE3 AVX2 AVX512 AVX512VBMI AVX512VNNI STREAMS; "
        .. "32K L1, 1024K L2, 32768K L3",
    factors = {
        avx2 = {
            gemm = {
                dot_panel = 1.076,
                lut_panel = 1.204,
                lut_sign = 1.098,
                veclut_pair = 0.914,
            },
            gemv = {
                dot_shift = 0.921,
                lut_pair = 0.981,
                lut_sign = 1.000,
            },
        },
        avx512vbmi = {
            gemm = {
                dot_panel = 0.894,
                dot_trit = 0.848,
                lut_panel = 1.147,
                lut_quadsign = 1.093,
            },
            gemv = {
                dot_mask = 0.966,
                dot_shift = 1.000,
                dot_trit = 1.141,
                lut_quad = 0.932,
                lut_quadsign = 1.017,
            },
        },
    },
}
