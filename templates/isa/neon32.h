/* Vocabulary of NEON with VFPv4 on 32-bit ARM. */
#ifndef ISA_NEON32_H
#define ISA_NEON32_H

#include "isa_aarch32.h"
#include "isa_vector_neon.h"
/* After the vectors. */
#include "isa_sum.h"

/* Accumulators of dot products of codes (below 128) and int8 with 16 bits, to be flushed to 32
 * before they overflow. */
static inline v_acc v_acc_dot4(v_acc acc, v_int u, v_int s) {
    const int16x8_t low = vmull_s8(vget_low_s8(v_s8(u)), vget_low_s8(v_s8(s)));
    const int16x8_t high = vmull_s8(vget_high_s8(v_s8(u)), vget_high_s8(v_s8(s)));
    return v_bytes_s16(vaddq_s16(v_s16(acc), v_pairs_s16(low, high)));
}
static inline v_int v_acc_flush(v_int sum, v_acc acc) {
    return v_bytes_s32(vpadalq_s16(v_s32(sum), v_s16(acc)));
}
/* sum + the sum of 4 neighbouring products of signed bytes, in 32 bits: two of them fit 16. The
 * same of bytes below 128. */
static inline v_int v_dot4_signed(v_int sum, v_int u, v_int s) {
    return v_acc_flush(sum, v_acc_dot4(v_acc_zero(), u, s));
}
static inline v_int v_dot4_small(v_int sum, v_int u, v_int s) {
    return v_dot4_signed(sum, u, s);
}

#endif
