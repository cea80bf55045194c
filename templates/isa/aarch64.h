/* NEON as AArch64 has it: what aarch32.h has to do otherwise. */
#ifndef ISA_AARCH64_H
#define ISA_AARCH64_H

#ifndef __aarch64__
#error "compile this file for aarch64"
#endif

#include <arm_neon.h>

/* Table lookup: each byte of `index` picks a byte of `table`, or 0 if it is above 15. */
static inline uint8x16_t v_lookup(uint8x16_t table, uint8x16_t index) {
    return vqtbl1q_u8(table, index);
}
/* All bits of a byte where a and b have a common one. In assembly: compilers make two instructions
 * of it where b is a power of two at either end. */
static inline uint8x16_t v_test(uint8x16_t a, uint8x16_t b) {
    uint8x16_t x;
    __asm__("cmtst %0.16b, %1.16b, %2.16b" : "=w"(x) : "w"(a), "w"(b));
    return x;
}
/* `from` where the bits of mask are set, and else `into`. BIT: compilers make two instructions of
 * its intrinsic. */
static inline uint8x16_t v_insert(uint8x16_t into, uint8x16_t from, uint8x16_t mask) {
    __asm__("bit %0.16b, %1.16b, %2.16b" : "+w"(into) : "w"(from), "w"(mask));
    return into;
}
/* Sums of neighbours, those of a, then those of b. */
static inline int16x8_t v_pairs_s16(int16x8_t a, int16x8_t b) {
    return vpaddq_s16(a, b);
}
static inline int32x4_t v_pairs_s32(int32x4_t a, int32x4_t b) {
    return vpaddq_s32(a, b);
}
static inline int32_t v_reduce_add_i32(uint8x16_t x) {
    return vaddvq_s32(vreinterpretq_s32_u8(x));
}
static inline uint32_t v_reduce_max_u32(uint8x16_t x) {
    return vmaxvq_u32(vreinterpretq_u32_u8(x));
}
/* sum + low + base * high, of the upper 8 bytes. */
static inline int16x8_t v_join_upper(int16x8_t sum, int8x16_t low, int8x16_t high, int base) {
    int8x16_t bases = vdupq_n_s8((int8_t)base);
    __asm__("" : "+w"(bases)); /* not its lower half alone, with EXT for that of `high` */
    return vmlal_high_s8(vaddw_high_s8(sum, low), high, bases);
}

/* fp16 to fp32, exact. */
static inline float32x4_t v_half_to_f32(uint16x4_t half) {
    return vcvt_f32_f16(vreinterpret_f16_u16(half));
}
/* In every lane (|x0| + |x1|) + (|x2| + |x3|). */
static inline float32x4_t v_sum4_magnitudes(float32x4_t x) {
    const float32x4_t a = vabsq_f32(x), pairs = vpaddq_f32(a, a);
    return vpaddq_f32(pairs, pairs);
}
/* To nearest, ties to even. */
static inline uint8x16_t v_rint(float32x4_t x) {
    return vreinterpretq_u8_s32(vcvtnq_s32_f32(x));
}
/* a * b + c rounded once. */
static inline float32x4_t v_fma(float32x4_t a, float32x4_t b, float32x4_t c) {
    return vfmaq_f32(c, a, b);
}

#endif
