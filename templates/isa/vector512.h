/* 64 bytes, 16 rows a vector: what the levels of AVX-512 share, F and BW. */
#ifndef ISA_VECTOR512_H
#define ISA_VECTOR512_H

#if !defined(__AVX512F__) || !defined(__AVX512BW__)
#error "compile this file with -mavx512f -mavx512bw"
#endif

#include <immintrin.h>

#include "kernel.h"

typedef __m512i v_int;
typedef __m512 v_f32;
enum { V_BYTES = 64, V_ROWS = 16 };

/* Loads, stores and constants. */
static inline v_int v_load(const void *p) {
    return _mm512_loadu_si512(p);
}
static inline void v_store(void *p, v_int x) {
    _mm512_storeu_si512(p, x);
}
static inline v_f32 v_load_f32(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline void v_store_f32(float *p, v_f32 x) {
    _mm512_storeu_ps(p, x);
}
static inline v_f32 v_load_half(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
/* The lower 7 bits of bytes, which are E4M3 numbers, and 0 for 0x7f. */
static inline __m256i v_ue4m3_bits(__m256i bytes) {
    const __m256i nan = _mm256_set1_epi8(0x7f);
    return _mm256_andnot_si256(_mm256_cmpeq_epi8(bytes, nan), _mm256_and_si256(bytes, nan));
}
/* 16 of these, halved: as bits of fp16 they are 2^7 times too small. */
static inline v_f32 v_ue4m3_to_f32(__m128i bits) {
    const __m256i halves = _mm256_slli_epi16(_mm256_cvtepu8_epi16(bits), 7);
    return _mm512_mul_ps(_mm512_cvtph_ps(halves), _mm512_set1_ps(128.0f));
}
/* 16 such bytes, and twice as many. */
static inline v_f32 v_load_ue4m3(const uint8_t *p) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)p);
    const __m256i bits = v_ue4m3_bits(_mm256_castsi128_si256(bytes));
    return v_ue4m3_to_f32(_mm256_castsi256_si128(bits));
}
static inline void v_load_two_ue4m3(const uint8_t *p, v_f32 *a, v_f32 *b) {
    const __m256i bits = v_ue4m3_bits(_mm256_loadu_si256((const __m256i *)p));
    *a = v_ue4m3_to_f32(_mm256_castsi256_si128(bits));
    *b = v_ue4m3_to_f32(_mm256_extracti128_si256(bits, 1));
}
/* 16 bytes as 32-bit integers. */
static inline v_int v_load_u8_i32(const uint8_t *p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
}
static inline v_int v_load_u16_i32(const uint16_t *p) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));
}
/* The same 4 or 16 bytes all over the vector. */
static inline v_int v_load_4(const void *p) {
    int32_t x;
    __builtin_memcpy(&x, p, sizeof x);
    return _mm512_set1_epi32(x);
}
static inline v_int v_load_16(const void *p) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p));
}
static inline v_int v_set_i8(int x) {
    return _mm512_set1_epi8((char)x);
}
static inline v_int v_set_i16(int x) {
    return _mm512_set1_epi16((short)x);
}
static inline v_int v_set_i64(int64_t x) {
    return _mm512_set1_epi64(x);
}
static inline v_int v_set_i32(int32_t x) {
    return _mm512_set1_epi32(x);
}
static inline v_f32 v_set_f32(float x) {
    return _mm512_set1_ps(x);
}
static inline v_int v_zero(void) {
    return _mm512_setzero_si512();
}

/* Integers. */
static inline v_int v_and(v_int a, v_int b) {
    return _mm512_and_si512(a, b);
}
static inline v_int v_or(v_int a, v_int b) {
    return _mm512_or_si512(a, b);
}
static inline v_int v_xor(v_int a, v_int b) {
    return _mm512_xor_si512(a, b);
}
static inline v_int v_add_i8(v_int a, v_int b) {
    return _mm512_add_epi8(a, b);
}
/* a - b of unsigned 16 bits, or 0. */
static inline v_int v_sub_u16_to_0(v_int a, v_int b) {
    return _mm512_subs_epu16(a, b);
}
static inline v_int v_add_i16(v_int a, v_int b) {
    return _mm512_add_epi16(a, b);
}
static inline v_int v_sub_i16(v_int a, v_int b) {
    return _mm512_sub_epi16(a, b);
}
static inline v_int v_add_i32(v_int a, v_int b) {
    return _mm512_add_epi32(a, b);
}
static inline v_int v_sub_i32(v_int a, v_int b) {
    return _mm512_sub_epi32(a, b);
}
static inline v_int v_mul_i16(v_int a, v_int b) {
    return _mm512_mullo_epi16(a, b);
}
static inline v_int v_mul_i32(v_int a, v_int b) {
    return _mm512_mullo_epi32(a, b);
}
/* Shifts need a constant count. */
#define v_shr_u16(x, count) _mm512_srli_epi16(x, count)
#define v_shl_u16(x, count) _mm512_slli_epi16(x, count)
#define v_shr_u32(x, count) _mm512_srli_epi32(x, count)
#define v_shl_i32(x, count) _mm512_slli_epi32(x, count)
#define v_shr_i32(x, count) _mm512_srai_epi32(x, count)
#define v_shr_i16(x, count) _mm512_srai_epi16(x, count)

/* Table lookup: each byte of `index` picks a byte of the same 16 of `table`, or 0 if it is
 * negative. */
static inline v_int v_lookup(v_int table, v_int index) {
    return _mm512_shuffle_epi8(table, index);
}
/* Sums of neighbouring products, unsigned by signed bytes, in 16 bits. */
static inline v_int v_dot2(v_int u, v_int s) {
    return _mm512_maddubs_epi16(u, s);
}
/* Sums of neighbouring 16-bit lanes, times constants, in 32 bits. */
static inline v_int v_dot2_i16(v_int a, v_int b) {
    return _mm512_madd_epi16(a, b);
}

/* Makes the compiler forget what *x holds. */
static inline void v_opaque(v_int *x) {
    __asm__ volatile("" : "+v"(*x));
}

/* Preparing activations. */

/* The first `count` (1 to V_ROWS) floats at p, then zeros; reads no further. */
static inline v_f32 v_load_f32_first(const float *p, size_t count) {
    return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
/* |x| as bits, ordered like the values; the larger of two of them. */
static inline v_int v_magnitude(v_f32 x) {
    return _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff));
}
static inline v_int v_max_u32(v_int a, v_int b) {
    return _mm512_max_epu32(a, b);
}
static inline uint32_t v_reduce_max_u32(v_int x) {
    return _mm512_reduce_max_epu32(x);
}
static inline int32_t v_reduce_add_i32(v_int x) {
    return _mm512_reduce_add_epi32(x);
}
/* sum + |x|. */
static inline v_f32 v_add_magnitudes(v_f32 sum, v_f32 x) {
    return _mm512_add_ps(sum, _mm512_castsi512_ps(v_magnitude(x)));
}
/* In every lane (|x0| + |x1|) + (|x2| + |x3|) of its 4 neighbours. */
static inline v_f32 v_sum4_magnitudes(v_f32 x) {
    const __m512 a = _mm512_castsi512_ps(v_magnitude(x));
    const __m512 pairs = _mm512_add_ps(a, _mm512_permute_ps(a, 0xb1));
    return _mm512_add_ps(pairs, _mm512_permute_ps(pairs, 0x4e));
}
/* To nearest, ties to even. */
static inline v_int v_rint(v_f32 x) {
    return _mm512_cvtps_epi32(x);
}
static inline void v_store_i8(int8_t *p, v_int x) {
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(x));
}
/* Neighbouring 32-bit lanes change places. */
static inline v_int v_swap_pairs(v_int x) {
    return _mm512_shuffle_epi32(x, (_MM_PERM_ENUM)0xb1);
}
/* In each 16 bytes: those of a at half the width, then those of b, saturated. */
static inline v_int v_pack_i16(v_int a, v_int b) {
    return _mm512_packs_epi32(a, b);
}
static inline v_int v_pack_u8(v_int a, v_int b) {
    return _mm512_packus_epi16(a, b);
}
static inline v_int v_pack_i8(v_int a, v_int b) {
    return _mm512_packs_epi16(a, b);
}
/* a * b / 2^15, to the nearest. */
static inline v_int v_mul_round_i16(v_int a, v_int b) {
    return _mm512_mulhrs_epi16(a, b);
}

/* Floats. */
static inline v_f32 v_zero_f32(void) {
    return _mm512_setzero_ps();
}
static inline v_f32 v_mul(v_f32 a, v_f32 b) {
    return _mm512_mul_ps(a, b);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c) {
    return _mm512_fmadd_ps(a, b, c);
}
static inline v_f32 v_as_f32(v_int x) {
    return _mm512_castsi512_ps(x);
}
static inline v_f32 v_to_f32(v_int x) {
    return _mm512_cvtepi32_ps(x);
}
/* scale * (sum - V_SUM_START) for |sum - V_SUM_START| < 2^22, with offset = scale * V_SUM_OFFSET,
 * which is exact: the bits of such a sum are those of a float, V_SUM_OFFSET higher. */
#define V_SUM_START 0x4b400000
#define V_SUM_OFFSET 12582912.0f
static inline v_f32 v_scale_sum(v_int sum, v_f32 scale, v_f32 offset) {
    return _mm512_fmsub_ps(_mm512_castsi512_ps(sum), scale, offset);
}

#endif
