/* A row of LOOM_MAX_DIM codes that is one group, on data that brings every sum of it to its limit.
 * The row repeats: the reference packs and prepares a short one, of which copies make the long one,
 * and multiplies all of that. */
#include "verify/longest.h"

#include <stdlib.h>
#include <string.h>

/* Whole units of every layout and of every form of activations. */
enum {
    PERIOD = 960,
    TIMES = LOOM_MAX_DIM / PERIOD,
    SHORT_K = PERIOD + LOOM_MAX_DIM % PERIOD,
};

/* Products all of one sign, then of both signs in turn. Tiles of many tokens, which take longer,
 * have the sums of one token: MANY of the cases do. */
static const struct limit {
    enum codes codes;
    enum acts acts;
    enum zeros zeros;
} limits[] = {
    {CODES_MAX, ACTS_POSITIVE, ZEROS_LOW},   {CODES_MAX, ACTS_NEGATIVE, ZEROS_LOW},
    {CODES_ZERO, ACTS_POSITIVE, ZEROS_HIGH}, {CODES_ZERO, ACTS_NEGATIVE, ZEROS_HIGH},
    {CODES_MAX, ACTS_ALTERNATE, ZEROS_LOW},
};
enum { LIMITS = sizeof limits / sizeof limits[0], MANY = 2 };

size_t longest_count(const struct loom_kernel *kernel) {
    return kernel->format.group ? 0 : kernel->op == LOOM_OP_GEMV ? LIMITS : MANY;
}

/* One block of rows, of which the last is missing where there are more, and a token more than a
 * tile has. All rows are the same, and all tokens. */
static struct verify_case short_case(const struct loom_kernel *kernel, uint64_t seed,
                                     size_t index) {
    const size_t rows = kernel->layout->rows;
    return (struct verify_case){.format = kernel->format,
                                .m = rows > 1 ? rows - 1 : 1,
                                .k = SHORT_K,
                                .n = kernel->op == LOOM_OP_GEMV ? 1 : kernel->tokens + 1u,
                                .codes = limits[index].codes,
                                .acts = limits[index].acts,
                                .scales = SCALES_ONE,
                                .zeros = limits[index].zeros,
                                .seed = seed + index};
}

/* Of `bytes` at `from` the first `period` TIMES times, then the others. */
static void stretch(uint8_t *to, const uint8_t *from, size_t period, size_t bytes) {
    for (size_t i = 0; i < TIMES; i++) {
        memcpy(to + i * period, from, period);
    }
    memcpy(to + TIMES * period, from + period, bytes - period);
}

static size_t stretched(size_t period, size_t bytes) {
    return TIMES * period + bytes - period;
}

static void stretch_stream(struct problem *p) {
    const size_t period = reference_stream_bytes(p->kernel->layout, p->c.m, PERIOD);
    const size_t bytes = stretched(period, p->stream_bytes);
    uint8_t *stream = guard_alloc(&p->guard, "long packed weights", bytes, LOOM_ALIGN);
    stretch(stream, p->stream, period, p->stream_bytes);
    p->stream = guard_view(&p->guard, stream);
    p->stream_bytes = bytes;
}

static void stretch_acts(struct reference_acts *acts) {
    const size_t period = loom_act_bytes(acts->act, PERIOD);
    const size_t stride = stretched(period, acts->stride);
    uint8_t *to = problem_alloc(acts->n * stride);
    for (size_t t = 0; t < acts->n; t++) {
        stretch(to + t * stride, acts->acts + t * acts->stride, period, acts->stride);
        acts->sum[t] = (int32_t)((int64_t)acts->sum[t] * LOOM_MAX_DIM / SHORT_K);
    }
    free(acts->acts);
    acts->acts = to;
    acts->stride = stride;
    acts->k_group = LOOM_MAX_DIM;
}

/* What the first row and token give, for all of them. */
static void expect(struct problem *p) {
    uint8_t *codes = problem_alloc(LOOM_MAX_DIM);
    stretch(codes, p->w.parts.codes, PERIOD, SHORT_K);
    struct reference_weights row = p->w;
    row.m = 1;
    row.k = LOOM_MAX_DIM;
    row.parts.codes = codes;
    const float y = reference_dot(&row, &p->acts, 0, 0);
    for (size_t i = 0; i < p->c.n * p->c.m; i++) {
        p->expected[i] = y;
    }
    free(codes);
}

void longest_make(struct problem *p, struct verify *verify, const struct loom_kernel *kernel,
                  uint64_t seed, size_t index) {
    const struct verify_case c = short_case(kernel, seed, index);
    problem_make(p, verify, kernel, &c);
    stretch_stream(p);
    stretch_acts(&p->acts);
    stretch_acts(&p->own_acts);
    p->c.k = LOOM_MAX_DIM;
    expect(p);
}
