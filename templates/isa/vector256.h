/* 32 bytes, 8 rows a vector: what AVX2 and AVX-VNNI share. */
#ifndef ISA_VECTOR256_H
#define ISA_VECTOR256_H

#if !defined(__AVX2__) || !defined(__FMA__) || !defined(__F16C__)
#error "compile this file with -mavx2 -mfma -mf16c"
#endif

#include <immintrin.h>

#include "kernel.h"

typedef __m256i v_int;
typedef __m256 v_f32;
enum { V_BYTES = 32, V_ROWS = 8 };

/* Loads, stores and constants. */
static inline v_int v_load(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
static inline void v_store(void *p, v_int x) {
    _mm256_storeu_si256((__m256i *)p, x);
}
static inline v_f32 v_load_f32(const float *p) {
    return _mm256_loadu_ps(p);
}
static inline void v_store_f32(float *p, v_f32 x) {
    _mm256_storeu_ps(p, x);
}
static inline v_f32 v_load_half(const uint16_t *p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}
/* The lower 7 bits of bytes, which are E4M3 numbers, and 0 for 0x7f. */
static inline __m128i v_ue4m3_bits(__m128i bytes) {
    const __m128i nan = _mm_set1_epi8(0x7f);
    return _mm_andnot_si128(_mm_cmpeq_epi8(bytes, nan), _mm_and_si128(bytes, nan));
}
/* 8 of these, widened to 16 bits, halved: as bits of fp16 they are 2^7 times too small. */
static inline v_f32 v_ue4m3_to_f32(__m128i bits) {
    return _mm256_mul_ps(_mm256_cvtph_ps(_mm_slli_epi16(bits, 7)), _mm256_set1_ps(128.0f));
}
/* 8 such bytes, and twice as many. */
static inline v_f32 v_load_ue4m3(const uint8_t *p) {
    return v_ue4m3_to_f32(_mm_cvtepu8_epi16(v_ue4m3_bits(_mm_loadl_epi64((const __m128i *)p))));
}
static inline void v_load_two_ue4m3(const uint8_t *p, v_f32 *a, v_f32 *b) {
    const __m128i bits = v_ue4m3_bits(_mm_loadu_si128((const __m128i *)p));
    *a = v_ue4m3_to_f32(_mm_cvtepu8_epi16(bits));
    *b = v_ue4m3_to_f32(_mm_unpackhi_epi8(bits, _mm_setzero_si128()));
}
/* 8 bytes as 32-bit integers. */
static inline v_int v_load_u8_i32(const uint8_t *p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
}
static inline v_int v_load_u16_i32(const uint16_t *p) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p));
}
/* The same 4 or 16 bytes all over the vector. */
static inline v_int v_load_4(const void *p) {
    return _mm256_castps_si256(_mm256_broadcast_ss((const float *)p));
}
static inline v_int v_load_16(const void *p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
}
static inline v_int v_set_i8(int x) {
    return _mm256_set1_epi8((char)x);
}
static inline v_int v_set_i16(int x) {
    return _mm256_set1_epi16((short)x);
}
static inline v_int v_set_i64(int64_t x) {
    return _mm256_set1_epi64x(x);
}
static inline v_int v_set_i32(int32_t x) {
    return _mm256_set1_epi32(x);
}
static inline v_f32 v_set_f32(float x) {
    return _mm256_set1_ps(x);
}
static inline v_int v_zero(void) {
    return _mm256_setzero_si256();
}

/* Integers. */
static inline v_int v_and(v_int a, v_int b) {
    return _mm256_and_si256(a, b);
}
static inline v_int v_or(v_int a, v_int b) {
    return _mm256_or_si256(a, b);
}
static inline v_int v_xor(v_int a, v_int b) {
    return _mm256_xor_si256(a, b);
}
static inline v_int v_add_i8(v_int a, v_int b) {
    return _mm256_add_epi8(a, b);
}
/* a - b of unsigned 16 bits, or 0. */
static inline v_int v_sub_u16_to_0(v_int a, v_int b) {
    return _mm256_subs_epu16(a, b);
}
static inline v_int v_add_i16(v_int a, v_int b) {
    return _mm256_add_epi16(a, b);
}
static inline v_int v_sub_i16(v_int a, v_int b) {
    return _mm256_sub_epi16(a, b);
}
static inline v_int v_add_i32(v_int a, v_int b) {
    return _mm256_add_epi32(a, b);
}
static inline v_int v_sub_i32(v_int a, v_int b) {
    return _mm256_sub_epi32(a, b);
}
static inline v_int v_mul_i16(v_int a, v_int b) {
    return _mm256_mullo_epi16(a, b);
}
static inline v_int v_mul_i32(v_int a, v_int b) {
    return _mm256_mullo_epi32(a, b);
}
/* Shifts need a constant count. */
#define v_shr_u16(x, count) _mm256_srli_epi16(x, count)
#define v_shl_u16(x, count) _mm256_slli_epi16(x, count)
#define v_shr_u32(x, count) _mm256_srli_epi32(x, count)
#define v_shl_i32(x, count) _mm256_slli_epi32(x, count)
#define v_shr_i32(x, count) _mm256_srai_epi32(x, count)
#define v_shr_i16(x, count) _mm256_srai_epi16(x, count)

/* Table lookup: each byte of `index` picks a byte of the same 16 of `table`, or 0 if it is
 * negative. */
static inline v_int v_lookup(v_int table, v_int index) {
    return _mm256_shuffle_epi8(table, index);
}
/* Sums of neighbouring products, unsigned by signed bytes, in 16 bits. */
static inline v_int v_dot2(v_int u, v_int s) {
    return _mm256_maddubs_epi16(u, s);
}
/* Sums of neighbouring 16-bit lanes, times constants, in 32 bits. */
static inline v_int v_dot2_i16(v_int a, v_int b) {
    return _mm256_madd_epi16(a, b);
}

/* The bytes of the lower, or the upper, half of each 16 bytes, those of a and b in turn. */
static inline v_int v_zip_low_i8(v_int a, v_int b) {
    return _mm256_unpacklo_epi8(a, b);
}
static inline v_int v_zip_high_i8(v_int a, v_int b) {
    return _mm256_unpackhi_epi8(a, b);
}
/* a where the sign is positive, -a where it is negative, 0 where it is 0. */
static inline v_int v_sign_i8(v_int a, v_int sign) {
    return _mm256_sign_epi8(a, sign);
}
/* -a where `sign` is negative, a or 0 elsewhere; |x|. */
static inline v_int v_signed_as(v_int a, v_int sign) {
    return v_sign_i8(a, sign);
}
static inline v_int v_abs_i8(v_int x) {
    return _mm256_abs_epi8(x);
}

/* Makes the compiler forget what *x holds. */
static inline void v_opaque(v_int *x) {
    __asm__ volatile("" : "+x"(*x));
}

/* Preparing activations. */

/* The first `count` (1 to V_ROWS) floats at p, then zeros; reads no further. */
static inline v_f32 v_load_f32_first(const float *p, size_t count) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane));
}
/* |x| as bits, ordered like the values; the larger of two of them. */
static inline v_int v_magnitude(v_f32 x) {
    return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff));
}
static inline v_int v_max_u32(v_int a, v_int b) {
    return _mm256_max_epu32(a, b);
}
static inline uint32_t v_reduce_max_u32(v_int x) {
    __m128i h = _mm_max_epu32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    h = _mm_max_epu32(h, _mm_shuffle_epi32(h, 0x4e));
    h = _mm_max_epu32(h, _mm_shuffle_epi32(h, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(h);
}
static inline int32_t v_reduce_add_i32(v_int x) {
    __m128i h = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    h = _mm_add_epi32(h, _mm_shuffle_epi32(h, 0x4e));
    h = _mm_add_epi32(h, _mm_shuffle_epi32(h, 0xb1));
    return _mm_cvtsi128_si32(h);
}
/* sum + |x|. */
static inline v_f32 v_add_magnitudes(v_f32 sum, v_f32 x) {
    return _mm256_add_ps(sum, _mm256_castsi256_ps(v_magnitude(x)));
}
/* In every lane (|x0| + |x1|) + (|x2| + |x3|) of its 4 neighbours. */
static inline v_f32 v_sum4_magnitudes(v_f32 x) {
    const __m256 a = _mm256_castsi256_ps(v_magnitude(x));
    const __m256 pairs = _mm256_add_ps(a, _mm256_permute_ps(a, 0xb1));
    return _mm256_add_ps(pairs, _mm256_permute_ps(pairs, 0x4e));
}
/* To nearest, ties to even. */
static inline v_int v_rint(v_f32 x) {
    return _mm256_cvtps_epi32(x);
}
static inline void v_store_i8(int8_t *p, v_int x) {
    const __m256i words = _mm256_packs_epi32(x, x);
    const __m128i low = _mm256_castsi256_si128(_mm256_permute4x64_epi64(words, 0x08));
    _mm_storel_epi64((__m128i *)p, _mm_packs_epi16(low, low));
}
/* Neighbouring 32-bit lanes change places. */
static inline v_int v_swap_pairs(v_int x) {
    return _mm256_shuffle_epi32(x, 0xb1);
}
/* In each 16 bytes: those of a at half the width, then those of b, saturated. */
static inline v_int v_pack_i16(v_int a, v_int b) {
    return _mm256_packs_epi32(a, b);
}
static inline v_int v_pack_u8(v_int a, v_int b) {
    return _mm256_packus_epi16(a, b);
}
static inline v_int v_pack_i8(v_int a, v_int b) {
    return _mm256_packs_epi16(a, b);
}
/* a * b / 2^15, to the nearest. */
static inline v_int v_mul_round_i16(v_int a, v_int b) {
    return _mm256_mulhrs_epi16(a, b);
}

/* Floats. */
static inline v_f32 v_zero_f32(void) {
    return _mm256_setzero_ps();
}
static inline v_f32 v_mul(v_f32 a, v_f32 b) {
    return _mm256_mul_ps(a, b);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c) {
    return _mm256_fmadd_ps(a, b, c);
}
static inline v_f32 v_as_f32(v_int x) {
    return _mm256_castsi256_ps(x);
}
static inline v_f32 v_to_f32(v_int x) {
    return _mm256_cvtepi32_ps(x);
}
/* scale * (sum - V_SUM_START) for |sum - V_SUM_START| < 2^22, with offset = scale * V_SUM_OFFSET,
 * which is exact: the bits of such a sum are those of a float, V_SUM_OFFSET higher. */
#define V_SUM_START 0x4b400000
#define V_SUM_OFFSET 12582912.0f
static inline v_f32 v_scale_sum(v_int sum, v_f32 scale, v_f32 offset) {
    return _mm256_fmsub_ps(_mm256_castsi256_ps(sum), scale, offset);
}

#endif
