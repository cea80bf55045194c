/* Vocabulary of AVX2 with FMA and F16C. */
#ifndef ISA_AVX2_H
#define ISA_AVX2_H

#include "isa_vector256.h"
/* After the vectors. */
#include "isa_sign.h"
#include "isa_x86.h"

#include "isa_sums16.h"

/* The nibbles of 16 bytes, first the low ones; of part 0, which is all. */
static inline v_int v_load_nibbles(const void *p, int part) {
    (void)part;
    const __m128i x = _mm_loadu_si128((const __m128i *)p);
    const __m128i nibble = _mm_set1_epi8(15);
    return _mm256_set_m128i(_mm_and_si128(_mm_srli_epi16(x, 4), nibble), _mm_and_si128(x, nibble));
}
/* Half a vector at twice the width. */
static inline v_int v_widen_low_u8(v_int x) {
    return _mm256_cvtepu8_epi16(_mm256_castsi256_si128(x));
}
static inline v_int v_widen_high_u8(v_int x) {
    return _mm256_cvtepu8_epi16(_mm256_extracti128_si256(x, 1));
}
static inline v_int v_widen_low_u16(v_int x) {
    return _mm256_cvtepu16_epi32(_mm256_castsi256_si128(x));
}
static inline v_int v_widen_high_u16(v_int x) {
    return _mm256_cvtepu16_epi32(_mm256_extracti128_si256(x, 1));
}

#endif
