/* Vocabulary of SSSE3: 16 bytes, 4 rows a vector. */
#ifndef ISA_SSSE3_H
#define ISA_SSSE3_H

#ifndef __SSSE3__
#error "compile this file with -mssse3"
#endif

#include <tmmintrin.h>

#include "kernel.h"

typedef __m128i v_int;
typedef __m128 v_f32;
enum { V_BYTES = 16, V_ROWS = 4 };

/* Loads, stores and constants. */
static inline v_int v_load(const void *p) {
    return _mm_loadu_si128((const __m128i *)p);
}
static inline void v_store(void *p, v_int x) {
    _mm_storeu_si128((__m128i *)p, x);
}
static inline v_f32 v_load_f32(const float *p) {
    return _mm_loadu_ps(p);
}
static inline void v_store_f32(float *p, v_f32 x) {
    _mm_storeu_ps(p, x);
}
/* 4 bytes as 32-bit integers; the same of 16 bits. */
static inline v_int v_load_u8_i32(const uint8_t *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    const __m128i zero = _mm_setzero_si128();
    return _mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(x), zero), zero);
}
static inline v_int v_load_u16_i32(const uint16_t *p) {
    return _mm_unpacklo_epi16(_mm_loadl_epi64((const __m128i *)p), _mm_setzero_si128());
}
/* The same 4 or 16 bytes all over the vector. */
static inline v_int v_load_4(const void *p) {
    int32_t x;
    memcpy(&x, p, sizeof x);
    return _mm_set1_epi32(x);
}
static inline v_int v_load_16(const void *p) {
    return v_load(p);
}
static inline v_int v_set_i8(int x) {
    return _mm_set1_epi8((char)x);
}
static inline v_int v_set_i16(int x) {
    return _mm_set1_epi16((short)x);
}
static inline v_int v_set_i64(int64_t x) {
    return _mm_set1_epi64x(x);
}
static inline v_int v_set_i32(int32_t x) {
    return _mm_set1_epi32(x);
}
static inline v_f32 v_set_f32(float x) {
    return _mm_set1_ps(x);
}
static inline v_int v_zero(void) {
    return _mm_setzero_si128();
}

/* Integers. */
static inline v_int v_and(v_int a, v_int b) {
    return _mm_and_si128(a, b);
}
static inline v_int v_or(v_int a, v_int b) {
    return _mm_or_si128(a, b);
}
static inline v_int v_xor(v_int a, v_int b) {
    return _mm_xor_si128(a, b);
}
static inline v_int v_add_i8(v_int a, v_int b) {
    return _mm_add_epi8(a, b);
}
/* a - b of unsigned 16 bits, or 0. */
static inline v_int v_sub_u16_to_0(v_int a, v_int b) {
    return _mm_subs_epu16(a, b);
}
static inline v_int v_add_i16(v_int a, v_int b) {
    return _mm_add_epi16(a, b);
}
static inline v_int v_sub_i16(v_int a, v_int b) {
    return _mm_sub_epi16(a, b);
}
static inline v_int v_add_i32(v_int a, v_int b) {
    return _mm_add_epi32(a, b);
}
static inline v_int v_sub_i32(v_int a, v_int b) {
    return _mm_sub_epi32(a, b);
}
/* Lanes 0 and 2, then 1 and 3: the instruction multiplies every other lane, to 64 bits. */
static inline v_int v_mul_i32(v_int a, v_int b) {
    const __m128i even = _mm_mul_epu32(a, b);
    const __m128i odd = _mm_mul_epu32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32));
    return _mm_unpacklo_epi32(_mm_shuffle_epi32(even, 0x08), _mm_shuffle_epi32(odd, 0x08));
}
/* Shifts need a constant count. */
#define v_shr_u16(x, count) _mm_srli_epi16(x, count)
#define v_shl_u16(x, count) _mm_slli_epi16(x, count)
#define v_shr_u32(x, count) _mm_srli_epi32(x, count)
#define v_shl_i32(x, count) _mm_slli_epi32(x, count)
#define v_shr_i32(x, count) _mm_srai_epi32(x, count)
#define v_shr_i16(x, count) _mm_srai_epi16(x, count)

/* Table lookup: each byte of `index` picks a byte of `table`, or 0 if it is negative. */
static inline v_int v_lookup(v_int table, v_int index) {
    return _mm_shuffle_epi8(table, index);
}
/* Sums of neighbouring products, unsigned by signed bytes, in 16 bits. */
static inline v_int v_dot2(v_int u, v_int s) {
    return _mm_maddubs_epi16(u, s);
}
/* Sums of neighbouring 16-bit lanes, times constants, in 32 bits. */
static inline v_int v_dot2_i16(v_int a, v_int b) {
    return _mm_madd_epi16(a, b);
}

/* The bytes of the lower, or the upper, half of each 16 bytes, those of a and b in turn. */
static inline v_int v_zip_low_i8(v_int a, v_int b) {
    return _mm_unpacklo_epi8(a, b);
}
static inline v_int v_zip_high_i8(v_int a, v_int b) {
    return _mm_unpackhi_epi8(a, b);
}
/* a where the sign is positive, -a where it is negative, 0 where it is 0. */
static inline v_int v_sign_i8(v_int a, v_int sign) {
    return _mm_sign_epi8(a, sign);
}
/* -a where `sign` is negative, a or 0 elsewhere; |x|. */
static inline v_int v_signed_as(v_int a, v_int sign) {
    return v_sign_i8(a, sign);
}
static inline v_int v_abs_i8(v_int x) {
    return _mm_abs_epi8(x);
}

/* Makes the compiler forget what *x holds. */
static inline void v_opaque(v_int *x) {
    __asm__ volatile("" : "+x"(*x));
}

/* Preparing activations. */

/* The first `count` (1 to V_ROWS) floats at p, then zeros; reads no further. */
static inline v_f32 v_load_f32_first(const float *p, size_t count) {
    float lanes[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    memcpy(lanes, p, count * sizeof *lanes);
    return _mm_loadu_ps(lanes);
}
/* |x| as bits, ordered like the values; the larger of two of them, none of which is negative. */
static inline v_int v_magnitude(v_f32 x) {
    return _mm_and_si128(_mm_castps_si128(x), _mm_set1_epi32(0x7fffffff));
}
static inline v_int v_max_u32(v_int a, v_int b) {
    const __m128i larger = _mm_cmpgt_epi32(a, b);
    return _mm_or_si128(_mm_and_si128(larger, a), _mm_andnot_si128(larger, b));
}
static inline uint32_t v_reduce_max_u32(v_int x) {
    x = v_max_u32(x, _mm_shuffle_epi32(x, 0x4e));
    x = v_max_u32(x, _mm_shuffle_epi32(x, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(x);
}
static inline int32_t v_reduce_add_i32(v_int x) {
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1));
    return _mm_cvtsi128_si32(x);
}
/* sum + |x|. */
static inline v_f32 v_add_magnitudes(v_f32 sum, v_f32 x) {
    return _mm_add_ps(sum, _mm_castsi128_ps(v_magnitude(x)));
}
/* In every lane (|x0| + |x1|) + (|x2| + |x3|) of its 4 neighbours. */
static inline v_f32 v_sum4_magnitudes(v_f32 x) {
    const __m128 a = _mm_castsi128_ps(v_magnitude(x));
    const __m128 pairs = _mm_add_ps(a, _mm_shuffle_ps(a, a, 0xb1));
    return _mm_add_ps(pairs, _mm_shuffle_ps(pairs, pairs, 0x4e));
}
/* To nearest, ties to even. */
static inline v_int v_rint(v_f32 x) {
    return _mm_cvtps_epi32(x);
}
static inline void v_store_i8(int8_t *p, v_int x) {
    const __m128i words = _mm_packs_epi32(x, x);
    const int32_t bytes = _mm_cvtsi128_si32(_mm_packs_epi16(words, words));
    memcpy(p, &bytes, sizeof bytes);
}
/* Neighbouring 32-bit lanes change places. */
static inline v_int v_swap_pairs(v_int x) {
    return _mm_shuffle_epi32(x, 0xb1);
}
/* The lanes of a at half the width, then those of b, saturated. */
static inline v_int v_pack_i16(v_int a, v_int b) {
    return _mm_packs_epi32(a, b);
}
static inline v_int v_pack_u8(v_int a, v_int b) {
    return _mm_packus_epi16(a, b);
}
static inline v_int v_pack_i8(v_int a, v_int b) {
    return _mm_packs_epi16(a, b);
}
/* a * b / 2^15, to the nearest. */
static inline v_int v_mul_round_i16(v_int a, v_int b) {
    return _mm_mulhrs_epi16(a, b);
}

/* Floats. */
static inline v_f32 v_zero_f32(void) {
    return _mm_setzero_ps();
}
static inline v_f32 v_mul(v_f32 a, v_f32 b) {
    return _mm_mul_ps(a, b);
}
static inline v_f32 v_as_f32(v_int x) {
    return _mm_castsi128_ps(x);
}
static inline v_f32 v_to_f32(v_int x) {
    return _mm_cvtepi32_ps(x);
}
/* scale * (sum - V_SUM_START); where there is a fused multiply-add it is one, with offset. */
#define V_SUM_START 0x4b400000
#define V_SUM_OFFSET 12582912.0f
static inline v_f32 v_scale_sum(v_int sum, v_f32 scale, v_f32 offset) {
    (void)offset;
    return v_mul(v_to_f32(v_sub_i32(sum, v_set_i32(V_SUM_START))), scale);
}

#include "isa_sign.h"
#include "isa_ssse3_float.h"
#include "isa_x86.h"
/* After the vectors. */
#include "isa_sums16.h"

#endif
