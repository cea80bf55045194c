-- Zen 4. README.md says what the fields mean.
return {
    cpu = "EPYC 9004 (Zen 4), 3.7 GHz, clang 19, 2026-11-28",
    dispatch = 6,
    sources = 4.2,
    loads = { zmm = 1.00, ymm = 0.50, broadcast = 0.50 },
    stores = { zmm = 2.00, ymm = 1.00 },
    operations = {
        { pipes = "01", zmm = 1.00, ymm = 0.50, latency = 4, adds = true,
            names = "vpdpbusd vpdpwssd vfmadd132ps vfmadd213ps vfmadd231ps vfmsub132ps "
                .. "vfmsub213ps vfmsub231ps" },
        { pipes = "01", zmm = 1.00, ymm = 0.50, latency = 3,
            names = "vpmaddubsw vpmaddwd vpsadbw vpmultishiftqb vgf2p8affineqb vpopcntb vmulps "
                .. "vmulss vpmulhrsw vpmulld vptestmb vpmovb2m vpcmpnleub vpcmpeqb vpcmpeqd "
                .. "vpcmpgtd" },
        { pipes = "12", zmm = 1.00, ymm = 0.50, latency = 2, names = "vpshufb vpsignb vpackuswb "
            .. "vpacksswb vpackssdw vpalignr vpermilps" },
        { pipes = "12", zmm = 1.00, ymm = 0.50, latency = 5,
            names = "vpermb vpermw vpermd vpermq vpmovzxbw vpmovzxbd vpmovzxwd vpmovsxbd "
                .. "vextracti128 vextracti32x4 vextracti64x4 vinserti128 vinserti32x4 vinserti64x4 "
                .. "vpbroadcastb vpbroadcastw vpbroadcastd vpbroadcastq vbroadcastss" },
        { pipes = "12", zmm = 1.00, ymm = 0.50, latency = 5, adds = true,
            names = "vpermi2b vpermi2w vpermt2b vpermt2w" },
        { pipes = "23", zmm = 1.00, ymm = 0.50, latency = 1,
            names = "vpsllw vpslld vpsrlw vpsrld vpsraw vpsrad" },
        { pipes = "23", zmm = 1.00, ymm = 0.50, latency = 3,
            names = "vaddps vsubps vcvtdq2ps vcvtps2dq vcvtsi2ss vcvtsi2ssl" },
        { pipes = "123", zmm = 1.33, ymm = 0.50, latency = 5, names = "vcvtph2ps" },
        { pipes = "123", zmm = 0.67, ymm = 0.33, latency = 1,
            names = "vpunpcklbw vpunpckhbw vpshufd" },
        { pipes = "0123", zmm = 0.50, ymm = 0.25, latency = 1,
            names = "vpaddb vpaddw vpaddd vpsubb vpsubw vpsubd vpabsb vpand vpandd vpandq vpandn "
                .. "vpandnd vpandnq vpor vpord vporq vpxor vpxord vpxorq vxorps vpblendw vpblendd "
                .. "vpmaxud vpminub" },
        { pipes = "0123", zmm = 0.59, ymm = 0.27, latency = 1, adds = true,
            names = "vpternlogd vpternlogq" },
        { pipes = "01", zmm = 1.00, ymm = 1.00, latency = 1, names = "kmovq" },
    },
}
