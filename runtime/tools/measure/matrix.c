#include "measure/case.h"
#include "measure/memory.h"
#include "measure/weights.h"

#include <stdlib.h>

struct bench_packed {
    struct bench_packed *next;
    uint32_t check;
    uint8_t *bytes;
};

void bench_matrix_make(struct bench_matrix *matrix, const char *name, size_t m, size_t k,
                       uint64_t seed) {
    struct random random = random_named(seed + ((uint64_t)m << 24) + k, name);
    loom_format format;
    loom_format_parse(&format, name);
    *matrix = (struct bench_matrix){name, weights_make(&format, m, k, &random), NULL};
}

void bench_matrix_free(struct bench_matrix *matrix) {
    while (matrix->packed) {
        struct bench_packed *first = matrix->packed;
        matrix->packed = first->next;
        free(first->bytes);
        free(first);
    }
    weights_free(&matrix->w);
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
    if (!packed || loom_pack_parts(plan, bytes, &w->parts, 8, 0, w->m) != LOOM_OK) {
        free(packed);
        free(bytes);
        return NULL;
    }
    *packed = (struct bench_packed){matrix->packed, plan->check, bytes};
    matrix->packed = packed;
    return bytes;
}
