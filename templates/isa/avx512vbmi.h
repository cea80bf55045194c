/* Vocabulary of AVX-512 with VBMI and VNNI: 64 bytes, 16 rows a vector. */
#ifndef ISA_AVX512VBMI_H
#define ISA_AVX512VBMI_H

#if !defined(__AVX512BW__) || !defined(__AVX512VBMI__) || !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vbmi -mavx512vnni"
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
/* 16 bytes as 32-bit integers. */
static inline v_int v_load_u8_i32(const uint8_t *p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
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

/* Asks for the line at p, for the level 1 cache or for the level 2; p may be anywhere. */
static inline void v_prefetch_near(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T0);
}
static inline void v_prefetch_far(const uint8_t *p) {
    _mm_prefetch((const char *)p, _MM_HINT_T1);
}

/* Integers. */
static inline v_int v_and(v_int a, v_int b) {
    return _mm512_and_si512(a, b);
}
static inline v_int v_or(v_int a, v_int b) {
    return _mm512_or_si512(a, b);
}
/* a where the mask's bits are set, b elsewhere. */
static inline v_int v_select(v_int mask, v_int a, v_int b) {
    return _mm512_ternarylogic_epi32(mask, a, b, 0xca);
}
/* Any function of three bits: bit 4 a + 2 b + c of the constant `table` is its value. */
#define v_logic(a, b, c, table) _mm512_ternarylogic_epi32(a, b, c, table)
static inline v_int v_xor(v_int a, v_int b) {
    return _mm512_xor_si512(a, b);
}
static inline v_int v_add_i8(v_int a, v_int b) {
    return _mm512_add_epi8(a, b);
}
static inline v_int v_add_i16(v_int a, v_int b) {
    return _mm512_add_epi16(a, b);
}
static inline v_int v_add_i32(v_int a, v_int b) {
    return _mm512_add_epi32(a, b);
}
static inline v_int v_sub_i32(v_int a, v_int b) {
    return _mm512_sub_epi32(a, b);
}
static inline v_int v_mul_i32(v_int a, v_int b) {
    return _mm512_mullo_epi32(a, b);
}
/* 3-bit codes: the low two bits of each byte of `low`, and bit 2 of `high`. */
static inline v_int v_join3(v_int low, v_int high) {
    return v_or(v_and(low, v_set_i8(3)), v_and(high, v_set_i8(4)));
}
/* Shifts need a constant count. */
#define v_shr_u16(x, count) _mm512_srli_epi16(x, count)
#define v_shl_u16(x, count) _mm512_slli_epi16(x, count)
#define v_shr_i32(x, count) _mm512_srai_epi32(x, count)
#define v_shl_i32(x, count) _mm512_slli_epi32(x, count)

/* Table lookup: each byte of `index` picks a byte of the same 16 of `table`, or 0 if it is
 * negative. */
static inline v_int v_lookup(v_int table, v_int index) {
    return _mm512_shuffle_epi8(table, index);
}
/* Four tables of 16 bytes in one vector, one for each byte of a 32-bit lane: an index is the
 * low nibble, with the table's number in bits 4 and 5, set by the operation that masks. */
static inline v_int v_index4(v_int x) {
    const v_int table_number = _mm512_set1_epi32(0x30201000);
    return _mm512_ternarylogic_epi32(x, _mm512_set1_epi8(0x0f), table_number, 0xea);
}
static inline v_int v_lookup4(v_int tables, v_int index) {
    return _mm512_permutexvar_epi8(index, tables);
}
/* acc + the sum of 4 neighbouring products, unsigned by signed bytes, in 32 bits. */
static inline v_int v_dot4(v_int acc, v_int u, v_int s) {
    return _mm512_dpbusd_epi32(acc, u, s);
}

/* Accumulators of u8 x i8 dot products: 32 bits, they never need a flush on the way. */
static inline v_int v_acc_dot4(v_int acc, v_int u, v_int s) {
    return v_dot4(acc, u, s);
}
static inline v_int v_acc_flush(v_int sum, v_int acc) {
    return v_add_i32(sum, acc);
}

/* Makes the compiler forget what *x holds. */
static inline void v_opaque(v_int *x) {
    __asm__ volatile("" : "+v"(*x));
}

/* Values stored before are loaded from memory after. */
static inline void v_fence(void) {
    __asm__ volatile("" ::: "memory");
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
