/* 16 bytes, 4 rows a vector: what all levels of NEON share, after aarch64.h or aarch32.h. */
#ifndef ISA_VECTOR_NEON_H
#define ISA_VECTOR_NEON_H

#include <arm_neon.h>

#include "kernel.h"

typedef uint8x16_t v_int;
typedef float32x4_t v_f32;
enum { V_BYTES = 16, V_ROWS = 4 };

/* The same bits as lanes of another kind. */
static inline v_int v_bytes_s8(int8x16_t x) {
    return vreinterpretq_u8_s8(x);
}
static inline v_int v_bytes_s16(int16x8_t x) {
    return vreinterpretq_u8_s16(x);
}
static inline v_int v_bytes_s32(int32x4_t x) {
    return vreinterpretq_u8_s32(x);
}
static inline int8x16_t v_s8(v_int x) {
    return vreinterpretq_s8_u8(x);
}
static inline int16x8_t v_s16(v_int x) {
    return vreinterpretq_s16_u8(x);
}
static inline int32x4_t v_s32(v_int x) {
    return vreinterpretq_s32_u8(x);
}
static inline uint32x4_t v_u32(v_int x) {
    return vreinterpretq_u32_u8(x);
}

/* Loads, stores and constants. */
static inline v_int v_load(const void *p) {
    return vld1q_u8(p);
}
static inline void v_store(void *p, v_int x) {
    vst1q_u8(p, x);
}
static inline v_f32 v_load_f32(const float *p) {
    return vld1q_f32(p);
}
static inline void v_store_f32(float *p, v_f32 x) {
    vst1q_f32(p, x);
}
static inline v_f32 v_load_half(const uint16_t *p) {
    return v_half_to_f32(vld1_u16(p));
}
/* The same 4 or 16 bytes all over the vector. */
static inline v_int v_load_4(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return v_bytes_s32(vdupq_n_s32(x));
}
static inline v_int v_load_16(const void *p) {
    return v_load(p);
}
/* The lower 7 bits of bytes, which are E4M3 numbers, and 0 for 0x7f, as bits of fp16: they are 2^7
 * times too small for a half of those numbers. */
static inline uint16x8_t v_ue4m3_halves(uint8x8_t bytes) {
    const uint8x8_t nan = vdup_n_u8(0x7f);
    return vshll_n_u8(vbic_u8(vand_u8(bytes, nan), vceq_u8(bytes, nan)), 7);
}
/* 4 such bytes, halved, and twice as many. */
static inline v_f32 v_load_ue4m3(const uint8_t *p) {
    const uint16x8_t halves = v_ue4m3_halves(vget_low_u8(v_load_4(p)));
    return vmulq_n_f32(v_half_to_f32(vget_low_u16(halves)), 128.0f);
}
static inline void v_load_two_ue4m3(const uint8_t *p, v_f32 *a, v_f32 *b) {
    const uint16x8_t halves = v_ue4m3_halves(vld1_u8(p));
    *a = vmulq_n_f32(v_half_to_f32(vget_low_u16(halves)), 128.0f);
    *b = vmulq_n_f32(v_half_to_f32(vget_high_u16(halves)), 128.0f);
}
/* 4 bytes as 32-bit integers; the same of 16 bits. */
static inline v_int v_load_u8_i32(const uint8_t *p) {
    const uint8x8_t x = vget_low_u8(v_load_4(p));
    return vreinterpretq_u8_u32(vmovl_u16(vget_low_u16(vmovl_u8(x))));
}
static inline v_int v_load_u16_i32(const uint16_t *p) {
    return vreinterpretq_u8_u32(vmovl_u16(vld1_u16(p)));
}
static inline v_int v_set_i8(int x) {
    return vdupq_n_u8((uint8_t)x);
}
static inline v_int v_set_i16(int x) {
    return v_bytes_s16(vdupq_n_s16((int16_t)x));
}
static inline v_int v_set_i32(int32_t x) {
    return v_bytes_s32(vdupq_n_s32(x));
}
static inline v_int v_set_i64(int64_t x) {
    return vreinterpretq_u8_s64(vdupq_n_s64(x));
}
static inline v_f32 v_set_f32(float x) {
    return vdupq_n_f32(x);
}
static inline v_int v_zero(void) {
    return vdupq_n_u8(0);
}

/* Integers. */
static inline v_int v_and(v_int a, v_int b) {
    return vandq_u8(a, b);
}
static inline v_int v_or(v_int a, v_int b) {
    return vorrq_u8(a, b);
}
static inline v_int v_xor(v_int a, v_int b) {
    return veorq_u8(a, b);
}
static inline v_int v_add_i8(v_int a, v_int b) {
    return vaddq_u8(a, b);
}
static inline v_int v_add_i16(v_int a, v_int b) {
    return v_bytes_s16(vaddq_s16(v_s16(a), v_s16(b)));
}
static inline v_int v_sub_i16(v_int a, v_int b) {
    return v_bytes_s16(vsubq_s16(v_s16(a), v_s16(b)));
}
static inline v_int v_add_i32(v_int a, v_int b) {
    return v_bytes_s32(vaddq_s32(v_s32(a), v_s32(b)));
}
static inline v_int v_sub_i32(v_int a, v_int b) {
    return v_bytes_s32(vsubq_s32(v_s32(a), v_s32(b)));
}
static inline v_int v_mul_i32(v_int a, v_int b) {
    return v_bytes_s32(vmulq_s32(v_s32(a), v_s32(b)));
}
/* Shifts need a constant count. */
#define v_shr_u8(x, count) vshrq_n_u8(x, count)
#define v_shr_u16(x, count) vreinterpretq_u8_u16(vshrq_n_u16(vreinterpretq_u16_u8(x), count))
#define v_shl_u16(x, count) vreinterpretq_u8_u16(vshlq_n_u16(vreinterpretq_u16_u8(x), count))
#define v_shr_u32(x, count) vreinterpretq_u8_u32(vshrq_n_u32(vreinterpretq_u32_u8(x), count))
#define v_shl_i32(x, count) vreinterpretq_u8_u32(vshlq_n_u32(vreinterpretq_u32_u8(x), count))

#define v_shr_i32(x, count) v_bytes_s32(vshrq_n_s32(v_s32(x), count))

/* Sums of neighbouring products, unsigned by signed bytes, in 16 bits. */
static inline v_int v_dot2(v_int u, v_int s) {
    const int16x8_t low =
        vmulq_s16(vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(u))), vmovl_s8(vget_low_s8(v_s8(s))));
    const int16x8_t high = vmulq_s16(vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(u))),
                                     vmovl_s8(vget_high_s8(v_s8(s))));
    return v_bytes_s16(v_pairs_s16(low, high));
}
/* Sums of neighbouring products of 16-bit lanes, in 32 bits. */
static inline v_int v_dot2_i16(v_int a, v_int b) {
    const int32x4_t low = vmull_s16(vget_low_s16(v_s16(a)), vget_low_s16(v_s16(b)));
    const int32x4_t high = vmull_s16(vget_high_s16(v_s16(a)), vget_high_s16(v_s16(b)));
    return v_bytes_s32(v_pairs_s32(low, high));
}

/* The bytes of the lower, or the upper, half, those of a and b in turn. */
static inline v_int v_zip_low_i8(v_int a, v_int b) {
    return vzipq_u8(a, b).val[0];
}
static inline v_int v_zip_high_i8(v_int a, v_int b) {
    return vzipq_u8(a, b).val[1];
}
/* The nibbles of 16 bytes: of part 0 the low ones, of part 1 the high ones. */
static inline v_int v_load_nibbles(const void *p, int part) {
    const v_int x = v_load(p);
    return part ? vshrq_n_u8(x, 4) : vandq_u8(x, vdupq_n_u8(15));
}
/* Half a vector at twice the width. */
static inline v_int v_widen_low_u8(v_int x) {
    return vreinterpretq_u8_u16(vmovl_u8(vget_low_u8(x)));
}
static inline v_int v_widen_high_u8(v_int x) {
    return vreinterpretq_u8_u16(vmovl_u8(vget_high_u8(x)));
}
static inline v_int v_widen_low_u16(v_int x) {
    return vreinterpretq_u8_u32(vmovl_u16(vget_low_u16(vreinterpretq_u16_u8(x))));
}
static inline v_int v_widen_high_u16(v_int x) {
    return vreinterpretq_u8_u32(vmovl_u16(vget_high_u16(vreinterpretq_u16_u8(x))));
}

/* Lanes of the lower, or the upper, half of x added to lanes twice as wide. */
static inline v_int v_add_low_u8(v_int sum, v_int x) {
    return vreinterpretq_u8_u16(vaddw_u8(vreinterpretq_u16_u8(sum), vget_low_u8(x)));
}
static inline v_int v_add_high_u8(v_int sum, v_int x) {
    return vreinterpretq_u8_u16(vaddw_u8(vreinterpretq_u16_u8(sum), vget_high_u8(x)));
}
static inline v_int v_add_low_u16(v_int sum, v_int x) {
    const uint16x8_t words = vreinterpretq_u16_u8(x);
    return vreinterpretq_u8_u32(vaddw_u16(v_u32(sum), vget_low_u16(words)));
}
static inline v_int v_add_high_u16(v_int sum, v_int x) {
    const uint16x8_t words = vreinterpretq_u16_u8(x);
    return vreinterpretq_u8_u32(vaddw_u16(v_u32(sum), vget_high_u16(words)));
}
static inline v_int v_add_low_i16(v_int sum, v_int x) {
    return v_bytes_s32(vaddw_s16(v_s32(sum), vget_low_s16(v_s16(x))));
}
static inline v_int v_add_high_i16(v_int sum, v_int x) {
    return v_bytes_s32(vaddw_s16(v_s32(sum), vget_high_s16(v_s16(x))));
}

/* Makes the compiler forget what *x holds. */
static inline void v_opaque(v_int *x) {
    __asm__ volatile("" : "+w"(*x));
}

/* Preparing activations. */

/* The first `count` (1 to V_ROWS) floats at p, then zeros; reads no further. */
static inline v_f32 v_load_f32_first(const float *p, size_t count) {
    float lanes[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    memcpy(lanes, p, count * sizeof *lanes);
    return vld1q_f32(lanes);
}
/* |x| as bits, ordered like the values; the larger of two of them. */
static inline v_int v_magnitude(v_f32 x) {
    return vreinterpretq_u8_f32(vabsq_f32(x));
}
static inline v_int v_max_u32(v_int a, v_int b) {
    return vreinterpretq_u8_u32(vmaxq_u32(v_u32(a), v_u32(b)));
}
/* sum + |x|. */
static inline v_f32 v_add_magnitudes(v_f32 sum, v_f32 x) {
    return vaddq_f32(sum, vabsq_f32(x));
}
static inline void v_store_i8(int8_t *p, v_int x) {
    const int16x4_t words = vqmovn_s32(v_s32(x));
    const int32_t bytes =
        vget_lane_s32(vreinterpret_s32_s8(vqmovn_s16(vcombine_s16(words, words))), 0);
    memcpy(p, &bytes, sizeof bytes);
}
/* Neighbouring 32-bit lanes change places. */
static inline v_int v_swap_pairs(v_int x) {
    return v_bytes_s32(vrev64q_s32(v_s32(x)));
}
/* The lanes of a at half the width, then those of b, saturated. */
static inline v_int v_pack_i16(v_int a, v_int b) {
    return v_bytes_s16(vcombine_s16(vqmovn_s32(v_s32(a)), vqmovn_s32(v_s32(b))));
}
static inline v_int v_pack_u8(v_int a, v_int b) {
    return vcombine_u8(vqmovun_s16(v_s16(a)), vqmovun_s16(v_s16(b)));
}
static inline v_int v_pack_i8(v_int a, v_int b) {
    return v_bytes_s8(vcombine_s8(vqmovn_s16(v_s16(a)), vqmovn_s16(v_s16(b))));
}
/* a * b / 2^15, to the nearest. */
static inline v_int v_mul_round_i16(v_int a, v_int b) {
    return v_bytes_s16(vqrdmulhq_s16(v_s16(a), v_s16(b)));
}

/* Floats. */
static inline v_f32 v_zero_f32(void) {
    return vdupq_n_f32(0.0f);
}
static inline v_f32 v_mul(v_f32 a, v_f32 b) {
    return vmulq_f32(a, b);
}
static inline v_f32 v_as_f32(v_int x) {
    return vreinterpretq_f32_u8(x);
}
static inline v_f32 v_to_f32(v_int x) {
    return vcvtq_f32_s32(v_s32(x));
}
/* scale * (sum - V_SUM_START) for |sum - V_SUM_START| < 2^22, with offset = scale * V_SUM_OFFSET,
 * which is exact: the bits of such a sum are those of a float, -V_SUM_OFFSET higher. */
#define V_SUM_START 0x4b400000
#define V_SUM_OFFSET (-12582912.0f)
static inline v_f32 v_scale_sum(v_int sum, v_f32 scale, v_f32 offset) {
    return vfmaq_f32(offset, vreinterpretq_f32_u8(sum), scale);
}

/* 3-bit codes: the low two bits of each byte of `low`, and bit 2 of `high`. */
static inline v_int v_join3(v_int low, v_int high) {
    return v_and(v_insert(high, low, v_set_i8(3)), v_set_i8(7));
}
/* The same of 5 and 6 bits: the low four, and the others. */
static inline v_int v_join5(v_int low, v_int high) {
    return v_and(v_insert(high, low, v_set_i8(15)), v_set_i8(31));
}
static inline v_int v_join6(v_int low, v_int high) {
    return v_and(v_insert(high, low, v_set_i8(15)), v_set_i8(63));
}

/* Bytes e as 2^(e - 128), or 0 below 2^-126: e - 1, which stays 0, is the exponent of fp32. */
static inline v_f32 v_load_e8m0(const uint8_t *p) {
    const uint8x8_t exponents = vqsub_u8(vget_low_u8(v_load_4(p)), vdup_n_u8(1));
    const uint16x4_t upper = vget_low_u16(vshll_n_u8(exponents, 8));
    return vreinterpretq_f32_u32(vshll_n_u16(upper, 15));
}

/* Asks for the line at p, for the level 1 cache or for the level 2; p may be anywhere. */
static inline void v_prefetch_near(const uint8_t *p) {
    __builtin_prefetch(p, 0, 3);
}
static inline void v_prefetch_far(const uint8_t *p) {
    __builtin_prefetch(p, 0, 2);
}

#include "isa_shared.h"
/* After the vectors. */
#include "isa_sign_neon.h"

/* p as a base of its own, for every other vector of a row of them: no LDP loads two then, which
 * takes the Cortex-A55 6 cycles where two LDR take 2. */
static inline const uint8_t *v_apart(const uint8_t *p) {
    return v_address(p);
}

#endif
