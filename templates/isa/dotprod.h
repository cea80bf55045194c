/* Vocabulary of the dot product extension of ARMv8.2, beside NEON. */
#ifndef ISA_DOTPROD_H
#define ISA_DOTPROD_H

#ifndef __ARM_FEATURE_DOTPROD
#error "compile this file with -march=armv8.2-a+dotprod"
#endif

#include "isa_aarch64.h"
#include "isa_vector_neon.h"

/* acc + the sum of 4 neighbouring products, codes (below 128) by signed bytes, in 32 bits. */
static inline v_int v_dot4(v_int acc, v_int u, v_int s) {
    return v_bytes_s32(vdotq_s32(v_s32(acc), v_s8(u), v_s8(s)));
}

/* The same with lane `lane`, a constant, of s for all lanes. */
#define v_dot4_lane(acc, u, s, lane)                                                               \
    v_bytes_s32(vdotq_laneq_s32(v_s32(acc), v_s8(u), v_s8(s), lane))
/* The same for unsigned bytes. */
static inline v_int v_dot4_u8(v_int acc, v_int a, v_int b) {
    return vreinterpretq_u8_u32(vdotq_u32(v_u32(acc), a, b));
}

/* The same 4 bytes all over the vector, by way of a general register: the vector units are not
 * busied, and every vector is made anew instead of copied. */
static inline v_int v_spread_4(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    __asm__ volatile("" : "+r"(x));
    v_int spread = v_bytes_s32(vdupq_n_s32(x));
    __asm__("" : "+w"(spread));
    return spread;
}
static inline v_f32 v_spread_f32(const float *p) {
    return vreinterpretq_f32_u8(v_spread_4(p));
}

/* Indices of v_lookup2: the low, or the high, nibbles of x come into the low nibbles of `index`. */
static inline v_int v_index_low(v_int index, v_int x) {
    return v_insert(index, x, v_set_i8(15));
}
static inline v_int v_index_high(v_int index, v_int x) {
    return vsriq_n_u8(index, x, 4);
}
/* The low two bits of `pairs`, or its high two, come into the low two of `index`. */
static inline v_int v_index_pair(v_int index, v_int pairs) {
    return v_insert(index, pairs, v_set_i8(3));
}
static inline v_int v_index_top(v_int index, v_int pairs) {
    return vsriq_n_u8(index, pairs, 6);
}
/* Each byte of `index` picks a byte of two tables, those of the second from 16 on. */
static inline v_int v_lookup2(v_int first, v_int second, v_int index) {
    const uint8x16x2_t tables = {{first, second}};
    return vqtbl2q_u8(tables, index);
}
/* acc + the sums of neighbouring unsigned bytes, in 16 bits. */
static inline v_int v_acc_pairs(v_int acc, v_int x) {
    return vreinterpretq_u8_u16(vpadalq_u8(vreinterpretq_u16_u8(acc), x));
}
/* sum + products of the lower, or the upper, halves of unsigned 16-bit lanes. */
static inline v_int v_madd_low(v_int sum, v_int a, v_int b) {
    return vreinterpretq_u8_u32(vmlal_u16(v_u32(sum), vget_low_u16(vreinterpretq_u16_u8(a)),
                                          vget_low_u16(vreinterpretq_u16_u8(b))));
}
static inline v_int v_madd_high(v_int sum, v_int a, v_int b) {
    return vreinterpretq_u8_u32(
        vmlal_high_u16(v_u32(sum), vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b)));
}
/* sum + (x >> count) of signed 32-bit lanes; the count is a constant. */
#define v_add_shifted(sum, x, count) v_bytes_s32(vsraq_n_s32(v_s32(sum), v_s32(x), count))

#include "isa_sums32.h"

#endif
