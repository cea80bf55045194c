/* Vocabulary of AVX-VNNI, beside AVX2, FMA and F16C. */
#ifndef ISA_AVXVNNI_H
#define ISA_AVXVNNI_H

#ifndef __AVXVNNI__
#error "compile this file with -mavx2 -mfma -mf16c -mavxvnni"
#endif

#include "isa_vector256.h"
/* After the vectors. */
#include "isa_sign.h"
#include "isa_x86.h"

/* acc + the sum of 4 neighbouring products, unsigned by signed bytes, in 32 bits. */
static inline v_int v_dot4(v_int acc, v_int u, v_int s) {
    return _mm256_dpbusd_avx_epi32(acc, u, s);
}
/* The lower halves of the 32-bit lanes of a, and above them those of b. */
static inline v_int v_halves(v_int a, v_int b) {
    return _mm256_blend_epi16(a, v_shl_i32(b, 16), 0xaa);
}
/* sum + the sum of two neighbouring products of 16 bits, in 32. */
static inline v_int v_add_dot2_i16(v_int sum, v_int a, v_int b) {
    return _mm256_dpwssd_avx_epi32(sum, a, b);
}

#include "isa_sums32.h"

#endif
