#include "measure/weights.h"
#include "registry.h"

#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>

/* ---- Codes ----------------------------------------------------------------------------- */

enum { TABLE_BITS = 12, TABLE_SIZE = 1 << TABLE_BITS };

/* What a deviation of the weights is in codes or numbers, for a usual choice of the scale. */
static float deviation_of(const loom_format *format) {
    if (format->book) {
        return format->book == LOOM_BOOK_IQ4 ? 40 : 4;
    }
    if (format->bits < 4) {
        return format->bits == 3 ? 1.5f : 0.9f;
    }
    return 2.7f * (float)(1 << (format->bits - 4));
}

static uint8_t nearest_of(const int8_t book[16], float number) {
    uint8_t nearest = 0;
    for (uint8_t code = 1; code < 16; code++) {
        if (fabsf(number - book[code]) < fabsf(number - book[nearest])) {
            nearest = code;
        }
    }
    return nearest;
}

/* The code that stands for 0; with offsets, the one that they take there. */
static unsigned middle_of(const loom_format *format) {
    return format->offsets ? loom_format_middle(format) : loom_format_zero(format);
}

/* The code of a weight that is `gaussian` deviations from 0. */
static uint8_t code_of(const loom_format *format, float gaussian) {
    const float number = gaussian * deviation_of(format), middle = (float)middle_of(format);
    const float max = (float)reference_max_code(format);
    if (format->bits == 1) {
        return gaussian > 0;
    }
    return format->book ? nearest_of(reference_book(format), number)
                        : (uint8_t)fminf(fmaxf(rintf(number + middle), 0), max);
}

/* Codes are drawn from a table of them, which is much faster than a Gaussian each. */
static void fill_codes(uint8_t *codes, const loom_format *format, size_t count,
                       struct random *random) {
    uint8_t table[TABLE_SIZE];
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        table[i] = code_of(format, random_gaussian(random));
    }
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++, bits >>= TABLE_BITS) {
        if (i % (64 / TABLE_BITS) == 0) {
            bits = random_next(random);
        }
        codes[i] = table[bits % TABLE_SIZE];
    }
}

/* ---- What stands beside them ------------------------------------------------------------ */

/* From 2^-7 to 2^-5, times 2^doublings. */
static void fill_scales(void *scales, const loom_format *format, unsigned doublings, size_t count,
                        struct random *random) {
    for (size_t i = 0; i < count; i++) {
        if (format->scale == LOOM_SCALE_FP32) {
            const float scale = 0x1p-7f + 0x1.8p-6f * random_unit(random);
            ((float *)scales)[i] = scale * (float)(1u << doublings);
        } else if (format->scale == LOOM_SCALE_E8M0) {
            ((uint8_t *)scales)[i] = (uint8_t)(121 + doublings + random_below(random, 2));
        } else if (format->scale == LOOM_SCALE_UE4M3) {
            ((uint8_t *)scales)[i] = (uint8_t)(8 * (1 + doublings) + random_below(random, 16));
        } else {
            const uint32_t half = 0x2000 + doublings * 0x400 + random_below(random, 0x800);
            ((uint16_t *)scales)[i] = (uint16_t)half;
        }
    }
}

static void negate(void *scales, const loom_format *format, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (format->scale == LOOM_SCALE_FP32) {
            ((float *)scales)[i] *= -1;
        } else if (format->scale == LOOM_SCALE_FP16) {
            ((uint16_t *)scales)[i] ^= 0x8000;
        }
    }
}

static void fill_zeros(uint8_t *zeros, const loom_format *format, size_t count,
                       struct random *random) {
    const unsigned middle = loom_format_middle(format);
    for (size_t i = 0; i < count; i++) {
        zeros[i] = (uint8_t)(middle - 1 + random_below(random, 3));
    }
}

/* The upper half of those that are not negative. */
static void fill_factors(uint8_t *factors, const loom_format *format, size_t count,
                         struct random *random) {
    const uint32_t most = (uint32_t)reference_most_factor(format), least = (most + 1) / 2;
    for (size_t i = 0; i < count; i++) {
        factors[i] = (uint8_t)(least + random_below(random, most - least + 1));
    }
}

/* ---- All of it ------------------------------------------------------------------------- */

static void *alloc_part(void *context, const char *name, size_t bytes, size_t align) {
    (void)context;
    (void)name;
    (void)align;
    return bench_alloc(bytes);
}

struct reference_weights weights_make(const loom_format *format, size_t m, size_t k,
                                      struct random *random) {
    const size_t count = reference_scale_count(format, m, k);
    const size_t factors = reference_factor_count(format, m, k);
    const loom_parts parts = reference_parts(format, m, k, alloc_part, NULL);
    fill_codes(parts.codes, format, m * k, random);
    fill_scales(parts.scales, format, 0, count, random);
    if (parts.zeros) {
        fill_zeros(parts.zeros, format, count, random);
    }
    if (parts.offsets) {
        fill_scales(parts.offsets, format, format->bits - 1u, count, random);
        negate(parts.offsets, format, count);
    }
    if (parts.factors) {
        fill_factors(parts.factors, format, factors, random);
    }
    if (parts.mins) {
        fill_factors(parts.mins, format, factors, random);
    }
    return (struct reference_weights){*format, m, k, parts};
}

void weights_free(struct reference_weights *w) {
    free(w->parts.codes);
    free(w->parts.scales);
    free(w->parts.zeros);
    free(w->parts.offsets);
    free(w->parts.factors);
    free(w->parts.mins);
}
