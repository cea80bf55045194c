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

/* Bytes shifted, by a constant count. */
#define v_shr_u8(x, count) vshrq_n_u8(x, count)

/* Unsigned lanes of the lower, or the upper, half of x added to lanes twice as wide. */
static inline v_int v_add_low_u8(v_int sum, v_int x) {
    return vreinterpretq_u8_u16(vaddw_u8(vreinterpretq_u16_u8(sum), vget_low_u8(x)));
}
static inline v_int v_add_high_u8(v_int sum, v_int x) {
    return vreinterpretq_u8_u16(vaddw_high_u8(vreinterpretq_u16_u8(sum), x));
}
static inline v_int v_add_low_u16(v_int sum, v_int x) {
    const uint16x8_t words = vreinterpretq_u16_u8(x);
    return vreinterpretq_u8_u32(vaddw_u16(v_u32(sum), vget_low_u16(words)));
}
static inline v_int v_add_high_u16(v_int sum, v_int x) {
    return vreinterpretq_u8_u32(vaddw_high_u16(v_u32(sum), vreinterpretq_u16_u8(x)));
}

#endif
