/* Words of rows to words side by side, and back. Not for users of the library. */
#ifndef LOOM_TRANSPOSE_H
#define LOOM_TRANSPOSE_H

#include "join.h"

/* Four words of four rows: word w of row r, `skip` bytes behind the row's pointer, is number
 * w * stride + r of those side by side. */
enum { LOOM_TRANSPOSED = 4 };

#if defined __has_builtin && !LOOM_BIG_ENDIAN
#if __has_builtin(__builtin_shufflevector)
#define LOOM_SHUFFLES 1
#endif
#endif

#if defined LOOM_SHUFFLES

typedef uint32_t loom_four __attribute__((vector_size(16)));

static inline void loom_transpose(loom_four v[4]) {
    const loom_four low01 = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
    const loom_four high01 = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
    const loom_four low23 = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
    const loom_four high23 = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
    v[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    v[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    v[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

static inline void loom_transpose_words(uint32_t *to, size_t stride, uint8_t *const from[4],
                                        size_t skip) {
    loom_four v[4];
    for (size_t r = 0; r < 4; r++) {
        memcpy(&v[r], from[r] + skip, sizeof v[r]);
    }
    loom_transpose(v);
    for (size_t w = 0; w < 4; w++) {
        memcpy(to + w * stride, &v[w], sizeof v[w]);
    }
}

static inline void loom_transpose_rows(uint8_t *const to[4], size_t skip, const uint32_t *from,
                                       size_t stride) {
    loom_four v[4];
    for (size_t w = 0; w < 4; w++) {
        memcpy(&v[w], from + w * stride, sizeof v[w]);
    }
    loom_transpose(v);
    for (size_t r = 0; r < 4; r++) {
        memcpy(to[r] + skip, &v[r], sizeof v[r]);
    }
}

#else

static inline void loom_transpose_words(uint32_t *to, size_t stride, uint8_t *const from[4],
                                        size_t skip) {
    for (size_t w = 0; w < 4; w++) {
        for (size_t r = 0; r < 4; r++) {
            to[w * stride + r] = loom_load_word(from[r] + skip + 4 * w);
        }
    }
}

static inline void loom_transpose_rows(uint8_t *const to[4], size_t skip, const uint32_t *from,
                                       size_t stride) {
    for (size_t r = 0; r < 4; r++) {
        for (size_t w = 0; w < 4; w++) {
            loom_store_word(to[r] + skip + 4 * w, from[w * stride + r]);
        }
    }
}

#endif

#endif
