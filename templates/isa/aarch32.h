/* NEON as 32-bit ARM has it. Its floats have no subnormal numbers: what is below 2^-126 counts as
 * zero, in operands and in results, whatever the program asks for. VFP, which works on the lanes of
 * q0 to q7 one by one, has them, and does what may meet them. That is in assembly, and takes whole
 * vectors: the compiler must not join lanes to vectors again, and clang 19 has been seen to load
 * single lanes of a vector in memory from the wrong place. Nowhere else in the vocabulary does a
 * subnormal number matter:
 *   v_scale_sum, v_mul of a sum   an activation scale is 0 or above 2^-108
 *   v_add_magnitudes              what would be lost is less than half a unit in the last place of
 *                                 a sum above 2^-100, below which the sum does not count
 *   v_mul of an activation        what would be lost is rounded to 0 afterwards
 *   v_half_to_f32                 those of fp16 are kept, and are normal numbers of fp32 */
#ifndef ISA_AARCH32_H
#define ISA_AARCH32_H

#if !defined(__arm__) || !defined(__ARM_NEON) || !defined(__ARM_FEATURE_FMA)
#error "compile this file for 32-bit ARM with -march=armv7-a -mfpu=neon-vfpv4"
#endif

#include <arm_neon.h>

/* Table lookup: each byte of `index` picks a byte of `table`, or 0 if it is above 15. */
static inline uint8x16_t v_lookup(uint8x16_t table, uint8x16_t index) {
    const uint8x8x2_t halves = {{vget_low_u8(table), vget_high_u8(table)}};
    return vcombine_u8(vtbl2_u8(halves, vget_low_u8(index)), vtbl2_u8(halves, vget_high_u8(index)));
}
/* All bits of a byte where a and b have a common one. */
static inline uint8x16_t v_test(uint8x16_t a, uint8x16_t b) {
    return vtstq_u8(a, b);
}
/* `from` where the bits of mask are set, and else `into`. */
static inline uint8x16_t v_insert(uint8x16_t into, uint8x16_t from, uint8x16_t mask) {
    return vbslq_u8(mask, from, into);
}
/* Sums of neighbours, those of a, then those of b. */
static inline int16x8_t v_pairs_s16(int16x8_t a, int16x8_t b) {
    return vcombine_s16(vpadd_s16(vget_low_s16(a), vget_high_s16(a)),
                        vpadd_s16(vget_low_s16(b), vget_high_s16(b)));
}
static inline int32x4_t v_pairs_s32(int32x4_t a, int32x4_t b) {
    return vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)),
                        vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
}
static inline int32_t v_reduce_add_i32(uint8x16_t x) {
    const int32x4_t lanes = vreinterpretq_s32_u8(x);
    const int32x2_t pairs = vpadd_s32(vget_low_s32(lanes), vget_high_s32(lanes));
    return vget_lane_s32(vpadd_s32(pairs, pairs), 0);
}
static inline uint32_t v_reduce_max_u32(uint8x16_t x) {
    const uint32x4_t lanes = vreinterpretq_u32_u8(x);
    const uint32x2_t pairs = vpmax_u32(vget_low_u32(lanes), vget_high_u32(lanes));
    return vget_lane_u32(vpmax_u32(pairs, pairs), 0);
}
/* sum + low + base * high, of the upper 8 bytes. */
static inline int16x8_t v_join_upper(int16x8_t sum, int8x16_t low, int8x16_t high, int base) {
    const int16x8_t words = vaddw_s8(sum, vget_high_s8(low));
    return vmlal_s8(words, vget_high_s8(high), vdup_n_s8((int8_t)base));
}

/* fp16 to fp32, exact. In assembly, because gcc has its intrinsic with an option that clang does
 * not have. */
static inline float32x4_t v_half_to_f32(uint16x4_t half) {
    float32x4_t x;
    __asm__("vcvt.f32.f16 %q0, %P1" : "=w"(x) : "w"(half));
    return x;
}

/* In every lane (|x0| + |x1|) + (|x2| + |x3|). */
static inline float32x4_t v_sum4_magnitudes(float32x4_t x) {
    register float32x4_t sum __asm__("q0") = vabsq_f32(x); /* s0 to s3 */
    __asm__("vadd.f32 s0, s0, s1\n\t"
            "vadd.f32 s2, s2, s3\n\t"
            "vadd.f32 s0, s0, s2"
            : "+w"(sum));
    return vdupq_lane_f32(vget_low_f32(sum), 0);
}
/* To nearest, ties to even, for |x| < 2^22: one conversion there is cuts off. */
static inline uint8x16_t v_rint(float32x4_t x) {
    const float32x4_t moved = vaddq_f32(x, vdupq_n_f32(12582912.0f));
    return vreinterpretq_u8_s32(vsubq_s32(vreinterpretq_s32_f32(moved), vdupq_n_s32(0x4b400000)));
}

/* a * b + c rounded once. */
static inline float32x4_t v_fma(float32x4_t a, float32x4_t b, float32x4_t c) {
    register float32x4_t sum __asm__("q0") = c, left __asm__("q1") = a, right __asm__("q2") = b;
    __asm__("vfma.f32 s0, s4, s8\n\t"
            "vfma.f32 s1, s5, s9\n\t"
            "vfma.f32 s2, s6, s10\n\t"
            "vfma.f32 s3, s7, s11"
            : "+w"(sum)
            : "w"(left), "w"(right));
    return sum;
}

#endif
