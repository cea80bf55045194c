#include "verify/cases.h"

#include "common/one_kernel.h"

#include <stdbool.h>
#include <stdio.h>

/* A case before the kernel's own numbers are put in: M = rows * row blocks + more_m, K = groups
 * * group + more_k, and N where the kernel takes more tokens than one. Of a pattern with `spare`
 * one kernel in so many gets the whole more_k, the others a sixteenth of it. */
struct pattern {
    int blocks, more_m;
    int groups, more_k;
    size_t n;
    enum codes codes;
    enum acts acts;
    enum scales scales;
    enum zeros zeros;
    enum factors factors;
    uint32_t spare;
};

/* Kernels take many tokens by blocks of up to 128: the smallest case has more. The last one shows
 * a scale of activations that is another group's: scales differ much, and no sum is 0. */
static const struct pattern patterns[] = {
    {1, 1, 1, 1, 2, CODES_RANDOM, ACTS_GAUSSIAN, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {0, 1, 0, 7, 133, CODES_RANDOM, ACTS_TIES, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {2, 3, 3, -32, 5, CODES_RANDOM, ACTS_GAUSSIAN, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {1, 0, 4, 0, 8, CODES_MAX, ACTS_POSITIVE, SCALES_RANDOM, ZEROS_LOW, FACTORS_HIGH, 0},
    {1, 0, 4, 0, 17, CODES_MAX, ACTS_NEGATIVE, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_FAR, 0},
    {1, 0, 3, 0, 2, CODES_ZERO, ACTS_POSITIVE, SCALES_RANDOM, ZEROS_HIGH, FACTORS_FAR, 0},
    {1, 0, 3, 0, 5, CODES_ZERO, ACTS_NEGATIVE, SCALES_RANDOM, ZEROS_HIGH, FACTORS_HIGH, 0},
    {1, 0, 3, 32, 3, CODES_RANDOM, ACTS_SPARSE, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {1, -1, 2, 0, 5, CODES_ALTERNATE, ACTS_ALTERNATE, SCALES_RANDOM, ZEROS_LOW, FACTORS_RANDOM, 0},
    {1, 1, 1, 0, 3, CODES_RANDOM, ACTS_GAUSSIAN, SCALES_SPECIAL, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {1, 0, 2, 5, 8, CODES_RANDOM, ACTS_NOT_FINITE, SCALES_SPECIAL, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {1, 0, 4, -1, 17, CODES_RANDOM, ACTS_TINY, SCALES_SPECIAL, ZEROS_RANDOM, FACTORS_RANDOM, 0},
    {1, 0, 4, -3, 2, CODES_RANDOM, ACTS_HUGE, SCALES_RANDOM, ZEROS_HIGH, FACTORS_RANDOM, 0},
    {1, -1, 0, 8640, 3, CODES_RANDOM, ACTS_GAUSSIAN, SCALES_RANDOM, ZEROS_RANDOM, FACTORS_RANDOM,
     8},
    {0, 3, 0, 35000, 5, CODES_MAX, ACTS_POSITIVE, SCALES_RANDOM, ZEROS_LOW, FACTORS_HIGH, 24},
    {1, 1, 4, -1, 17, CODES_MAX, ACTS_STEPS, SCALES_RANDOM, ZEROS_LOW, FACTORS_FAR, 0},
};
enum { PATTERNS = sizeof patterns / sizeof patterns[0], RANDOM_CASES = 3 };

size_t verify_case_count(void) {
    return PATTERNS + RANDOM_CASES;
}

static size_t at_least_1(long value) {
    return value > 1 ? (size_t)value : 1;
}

/* The kernel's format, or one that differs only in what the runtime resolves. */
static loom_format variant(const struct loom_kernel *kernel, struct random *random) {
    loom_format format = kernel->format;
    format.act_row = random_below(random, 4) == 0;
    format.tensor = !format.group && random_below(random, 2);
    return format;
}

/* A stand-in for the group of a format that has one scale a row. */
static long group_of(const struct loom_kernel *kernel) {
    return kernel->format.group ? kernel->format.group : 96;
}

/* Where one group is the whole row, only a long row brings its sum to where fp32 or a shorter
 * integer is no longer exact: every kernel has those. */
static bool is_spared(const struct loom_kernel *kernel, const struct pattern *p,
                      struct random *random) {
    return p->spare && kernel->format.group && random_below(random, p->spare);
}

static void from_pattern(struct verify_case *c, const struct loom_kernel *kernel,
                         const struct pattern *p, struct random *random) {
    const int more_k = is_spared(kernel, p, random) ? p->more_k / 16 : p->more_k;
    c->m = at_least_1((long)p->blocks * kernel->layout->rows + p->more_m);
    c->k = at_least_1(p->groups * group_of(kernel) + more_k);
    c->codes = p->codes;
    c->n = kernel->op == LOOM_OP_GEMV ? 1 : p->n;
    c->acts = p->acts;
    c->format.act_row &= p->acts != ACTS_STEPS;
    c->scales = p->scales;
    c->zeros = p->zeros;
    c->factors = p->factors;
}

static void at_random(struct verify_case *c, const struct loom_kernel *kernel,
                      struct random *random) {
    c->m = 1 + random_below(random, 3u * kernel->layout->rows);
    c->k = 1 + random_below(random, 4u * (uint32_t)group_of(kernel));
    c->codes = (enum codes)random_below(random, CODES_COUNT);
    c->acts = (enum acts)random_below(random, ACTS_COUNT);
    c->scales = (enum scales)random_below(random, SCALES_COUNT);
    c->zeros = (enum zeros)random_below(random, ZEROS_COUNT);
    c->factors = (enum factors)random_below(random, FACTORS_COUNT);
    c->n = kernel->op == LOOM_OP_GEMV ? 1 : 2 + random_below(random, 11);
}

struct verify_case verify_case_at(const struct loom_kernel *kernel, uint64_t seed, size_t index) {
    struct random random = {seed + index};
    struct verify_case c = {.seed = random_next(&random)};
    c.format = variant(kernel, &random);
    if (index < PATTERNS) {
        from_pattern(&c, kernel, &patterns[index], &random);
    } else {
        at_random(&c, kernel, &random);
    }
    return c;
}

void verify_case_text(const struct verify_case *c, char *text, size_t size) {
    char name[FORMAT_NAME_SIZE];
    format_name(&c->format, name);
    snprintf(text, size, "format %s m %zu k %zu n %zu, codes %s, activations %s, scales %s%s%s%s%s",
             name, c->m, c->k, c->n, codes_names[c->codes], acts_names[c->acts],
             scales_names[c->scales], c->format.zero_points ? ", zeros " : "",
             c->format.zero_points ? zeros_names[c->zeros] : "", c->format.sub ? ", factors " : "",
             c->format.sub ? factors_names[c->factors] : "");
}
