/* Vocabulary of the dot product extension of ARMv8.2, beside NEON. */
#ifndef ISA_DOTPROD_H
#define ISA_DOTPROD_H

#ifndef __ARM_FEATURE_DOTPROD
#error "compile this file with -march=armv8-a+dotprod"
#endif

#include "isa_aarch64.h"
#include "isa_vector_neon.h"

/* acc + the sum of 4 neighbouring products, codes (below 128) by signed bytes, in 32 bits. */
static inline v_int v_dot4(v_int acc, v_int u, v_int s) {
    return v_bytes_s32(vdotq_s32(v_s32(acc), v_s8(u), v_s8(s)));
}

#include "isa_sums32.h"

#endif
