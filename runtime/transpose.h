/* Words of rows to words side by side, and back. Not for users of the library. */
#ifndef LOOM_TRANSPOSE_H
#define LOOM_TRANSPOSE_H

#include "join.h"

#if defined __AVX2__
#include <immintrin.h>
#endif

/* So many words of so many rows at once: word w of row r, `skip` bytes behind the row's pointer, is
 * number w * stride + r of those side by side. */
enum { LOOM_TRANSPOSED_WORDS = 4, LOOM_TRANSPOSED_ROWS = 8 };

#if defined __AVX2__

/* Transposes the 4 x 4 words of each half. */
static inline void loom_transpose_halves(__m256i v[4]) {
    const __m256i low01 = _mm256_unpacklo_epi32(v[0], v[1]);
    const __m256i high01 = _mm256_unpackhi_epi32(v[0], v[1]);
    const __m256i low23 = _mm256_unpacklo_epi32(v[2], v[3]);
    const __m256i high23 = _mm256_unpackhi_epi32(v[2], v[3]);
    v[0] = _mm256_unpacklo_epi64(low01, low23);
    v[1] = _mm256_unpackhi_epi64(low01, low23);
    v[2] = _mm256_unpacklo_epi64(high01, high23);
    v[3] = _mm256_unpackhi_epi64(high01, high23);
}

static inline void loom_transpose_words(uint32_t *to, size_t stride, uint8_t *const from[8],
                                        size_t skip) {
    __m256i v[4];
    for (size_t i = 0; i < 4; i++) {
        const __m128i low = _mm_loadu_si128((const __m128i *)(from[i] + skip));
        const __m128i high = _mm_loadu_si128((const __m128i *)(from[i + 4] + skip));
        v[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    }
    loom_transpose_halves(v);
    for (size_t w = 0; w < 4; w++) {
        _mm256_storeu_si256((__m256i *)(to + w * stride), v[w]);
    }
}

static inline void loom_transpose_rows(uint8_t *const to[8], size_t skip, const uint32_t *from,
                                       size_t stride) {
    __m256i v[4];
    for (size_t w = 0; w < 4; w++) {
        v[w] = _mm256_loadu_si256((const __m256i *)(from + w * stride));
    }
    loom_transpose_halves(v);
    for (size_t i = 0; i < 4; i++) {
        _mm_storeu_si128((__m128i *)(to[i] + skip), _mm256_castsi256_si128(v[i]));
        _mm_storeu_si128((__m128i *)(to[i + 4] + skip), _mm256_extracti128_si256(v[i], 1));
    }
}

#else

static inline void loom_transpose_words(uint32_t *to, size_t stride, uint8_t *const from[8],
                                        size_t skip) {
    for (size_t w = 0; w < 4; w++) {
        for (size_t r = 0; r < 8; r++) {
            to[w * stride + r] = loom_load_word(from[r] + skip + 4 * w);
        }
    }
}

static inline void loom_transpose_rows(uint8_t *const to[8], size_t skip, const uint32_t *from,
                                       size_t stride) {
    for (size_t r = 0; r < 8; r++) {
        for (size_t w = 0; w < 4; w++) {
            loom_store_word(to[r] + skip + 4 * w, from[w * stride + r]);
        }
    }
}

#endif

#endif
