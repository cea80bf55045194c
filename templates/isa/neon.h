/* Vocabulary of ARMv8.0: no dot product, no fp16 arithmetic. */
#ifndef ISA_NEON_H
#define ISA_NEON_H

#include "isa_vector_neon.h"

/* Accumulators of dot products of codes (below 128) and int8 with 16 bits, to be flushed to 32
 * before they overflow. */
static inline v_int v_acc_dot4(v_int acc, v_int u, v_int s) {
    const int16x8_t low = vmull_s8(vget_low_s8(v_s8(u)), vget_low_s8(v_s8(s)));
    return v_bytes_s16(vaddq_s16(v_s16(acc), vpaddq_s16(low, vmull_high_s8(v_s8(u), v_s8(s)))));
}
static inline v_int v_acc_flush(v_int sum, v_int acc) {
    return v_bytes_s32(vpadalq_s16(v_s32(sum), v_s16(acc)));
}

#endif
