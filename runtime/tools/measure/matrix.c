#include "common/random.h"
#include "measure/case.h"
#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>

struct bench_packed {
    struct bench_packed *next;
    uint32_t check;
    uint8_t *bytes;
};

enum { TABLE_BITS = 12, TABLE_SIZE = 1 << TABLE_BITS };

/* The code of a weight that is `gaussian` deviations from 0, for a usual choice of the scale. */
static uint8_t code_of(const loom_format *format, float gaussian) {
    const float deviation = format->bits == 4 ? 2.7f : format->bits == 3 ? 1.5f : 0.9f;
    const float zero = (float)loom_format_zero(format);
    const float max = (float)reference_max_code(format);
    if (format->bits == 1) {
        return gaussian > 0;
    }
    return (uint8_t)fminf(fmaxf(rintf(gaussian * deviation + zero), 0), max);
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

/* From 2^-7 to 2^-5. */
static void fill_scales(void *scales, int fp32, size_t count, struct random *random) {
    for (size_t i = 0; i < count; i++) {
        if (fp32) {
            ((float *)scales)[i] = 0x1p-7f + 0x1.8p-6f * random_unit(random);
        } else {
            ((uint16_t *)scales)[i] = (uint16_t)(0x2000 + random_below(random, 0x800));
        }
    }
}

static void fill_zeros(uint8_t *zeros, const loom_format *format, size_t count,
                       struct random *random) {
    const uint32_t middle = 1u << (format->bits - 1);
    for (size_t i = 0; i < count; i++) {
        zeros[i] = (uint8_t)(middle - 1 + random_below(random, 3));
    }
}

void bench_matrix_make(struct bench_matrix *matrix, const char *name, size_t m, size_t k,
                       uint64_t seed) {
    struct random random = random_named(seed + ((uint64_t)m << 24) + k, name);
    loom_format format;
    loom_format_parse(&format, name);
    const size_t count = reference_scale_count(&format, m, k);
    uint8_t *codes = bench_alloc(m * k);
    void *scales = bench_alloc(count * reference_scale_bytes(&format));
    uint8_t *zeros = format.zero_points ? bench_alloc(count) : NULL;
    fill_codes(codes, &format, m * k, &random);
    fill_scales(scales, format.scale_fp32, count, &random);
    if (zeros) {
        fill_zeros(zeros, &format, count, &random);
    }
    *matrix = (struct bench_matrix){name, {format, m, k, codes, zeros, scales}, NULL};
}

void bench_matrix_free(struct bench_matrix *matrix) {
    while (matrix->packed) {
        struct bench_packed *first = matrix->packed;
        matrix->packed = first->next;
        free(first->bytes);
        free(first);
    }
    free((void *)matrix->w.codes);
    free((void *)matrix->w.scales);
    free((void *)matrix->w.zeros);
}

const uint8_t *bench_matrix_packed(struct bench_matrix *matrix, const loom_plan *plan) {
    const struct reference_weights *w = &matrix->w;
    for (struct bench_packed *p = matrix->packed; p; p = p->next) {
        if (p->check == plan->check) {
            return p->bytes;
        }
    }
    struct bench_packed *packed = malloc(sizeof *packed);
    uint8_t *bytes = bench_alloc(loom_packed_size(plan));
    if (!packed || loom_pack(plan, bytes, w->codes, w->scales, w->zeros, 0, w->m) != LOOM_OK) {
        free(packed);
        free(bytes);
        return NULL;
    }
    *packed = (struct bench_packed){matrix->packed, plan->check, bytes};
    matrix->packed = packed;
    return bytes;
}
