/* A kernel called as loom_matmul calls it, with inputs that end at an inaccessible page. */
#include "verify/problem.h"

#include <string.h>

/* The largest power of two that divides value, at most LOOM_ALIGN. */
static size_t alignment_of(size_t value) {
    const size_t power = value & (~value + 1);
    return power < LOOM_ALIGN ? power : LOOM_ALIGN;
}

/* Values of `bytes` each, one a group of a row, as [block][group][row of the block]; rows that
 * do not exist get zeros. */
static const void *make_blocked(struct problem *p, const char *name, const void *values,
                                size_t bytes) {
    const size_t rows = p->kernel->layout->rows, groups = p->acts.groups;
    const size_t blocks = (p->c.m + rows - 1) / rows;
    uint8_t *out =
        guard_alloc(&p->guard, name, blocks * groups * rows * bytes, alignment_of(rows * bytes));
    memset(out, 0, blocks * groups * rows * bytes);
    for (size_t r = 0; r < p->c.m; r++) {
        for (size_t g = 0; g < groups; g++) {
            const size_t from = p->c.format.tensor ? 0 : r * groups + g;
            const size_t to = (r / rows * groups + g) * rows + r % rows;
            memcpy(out + to * bytes, (const uint8_t *)values + from * bytes, bytes);
        }
    }
    return guard_view(&p->guard, out);
}

/* Bit `bit` of number i of a row's factors and minimums in a group, the factors first. */
static unsigned bit_of_factor(const struct problem *p, size_t row_group, size_t i, unsigned bit) {
    const size_t subs = reference_subs(&p->c.format);
    const uint8_t *part = i < subs ? p->w.parts.factors : p->w.parts.mins;
    return part[row_group * subs + i % subs] >> bit & 1;
}

/* The same of byte i of them as they are packed (factors.h). */
static unsigned bit_of_byte(const struct problem *p, size_t row_group, size_t i, unsigned bit) {
    const loom_format *format = &p->c.format;
    const size_t subs = reference_subs(format);
    if (format->factor_bits == 4 && format->offsets) {
        return bit_of_factor(p, row_group, bit < 4 ? i : subs + i, bit % 4);
    }
    if (format->factor_bits != 6) {
        return bit_of_factor(p, row_group, i, bit);
    }
    const size_t quarter = (format->offsets ? 2 * subs : subs) / 4;
    return bit < 2 ? bit_of_factor(p, row_group, 3 * quarter + i % quarter,
                                   (unsigned)(4 - i / quarter * 2) + bit)
                   : bit_of_factor(p, row_group, i, bit - 2);
}

/* `count` bytes from number `first` on of each row and group, as [block][group][byte /
 * each][row][each]; rows that do not exist get zeros. */
static const uint8_t *make_factors(struct problem *p, const char *name, size_t first, size_t count,
                                   size_t each) {
    const size_t rows = p->kernel->layout->rows, groups = p->acts.groups;
    const size_t blocks = (p->c.m + rows - 1) / rows, bytes = blocks * groups * rows * count;
    uint8_t *out = guard_alloc(&p->guard, name, bytes, alignment_of(rows * each));
    memset(out, 0, bytes);
    for (size_t from = 0; from < p->c.m * groups * count; from++) {
        const size_t r = from / count / groups, g = from / count % groups, i = from % count;
        const size_t word = (r / rows * groups + g) * (count / each) + i / each;
        for (unsigned bit = 0; bit < 8; bit++) {
            out[(word * rows + r % rows) * each + i % each] |=
                (uint8_t)(bit_of_byte(p, r * groups + g, first + i, bit) << bit);
        }
    }
    return guard_view(&p->guard, out);
}

/* Factors and minimums. Eight of six bits are six bytes: a word and a half. */
static void make_factor_args(struct problem *p, struct loom_args *args) {
    const loom_format *format = &p->c.format;
    const size_t subs = reference_subs(format);
    const size_t values = format->offsets && format->factor_bits > 4 ? 2 * subs : subs;
    const size_t bytes = format->factor_bits == 6 ? values * 3 / 4 : values;
    args->factors = make_factors(p, "packed factors", 0, bytes / 4 * 4, 4);
    if (bytes % 4) {
        args->halves = (const void *)make_factors(p, "packed halves", bytes / 4 * 4, bytes % 4, 2);
    }
}

static void make_weight_args(struct problem *p, struct loom_args *args) {
    const loom_parts *parts = &p->w.parts;
    const size_t scale_bytes = reference_scale_bytes(&p->c.format);
    args->weights = p->stream;
    args->scales = make_blocked(p, "packed scales", parts->scales, scale_bytes);
    if (parts->zeros) {
        args->zeros = make_blocked(p, "packed zeros", parts->zeros, 1);
    }
    if (parts->offsets) {
        args->offsets = make_blocked(p, "packed offsets", parts->offsets, scale_bytes);
    }
    if (parts->factors) {
        make_factor_args(p, args);
    }
}

/* Where token t's activations go: its place in its tile, the other tokens in between. */
struct place {
    uint8_t *data;
    float *scale;
    int32_t *sum;
    size_t tokens;
};

static void place_token(const struct place *to, const struct reference_acts *acts, size_t t) {
    const size_t unit = loom_act_unit(acts->act);
    for (size_t i = 0; i < acts->stride; i += unit) {
        memcpy(to->data + i * to->tokens, acts->acts + t * acts->stride + i, unit);
    }
    for (size_t g = 0; g < acts->groups; g++) {
        to->scale[g * to->tokens] = acts->scale[t * acts->groups + g];
    }
    const size_t words = acts->groups * acts->words;
    for (size_t i = 0; i < words; i++) {
        to->sum[i * to->tokens] = acts->sum[t * words + i];
    }
}

/* The activations in the kernel's own form, with gaps between the token tiles. Where the last tile
 * has fewer tokens an inaccessible page follows the last one that exists. */
static void make_acts(struct problem *p, struct loom_args *args) {
    const struct verify_case *c = &p->c;
    const struct reference_acts *acts = &p->own_acts;
    const size_t tokens = p->kernel->tokens, unit = loom_act_unit(acts->act);
    const size_t last = (c->n - 1) / tokens, missing = tokens - 1 - (c->n - 1) % tokens;
    const size_t scales = acts->groups * tokens, sums = scales * acts->words;
    args->act_stride = (acts->stride * tokens + 63) / 64 * 64 + 64 * random_below(&p->random, 2);
    args->group_stride = scales + random_below(&p->random, 3);
    args->sum_stride = p->c.format.sub ? sums + random_below(&p->random, 3) : args->group_stride;
    uint8_t *data =
        guard_alloc(&p->guard, "activations",
                    last * args->act_stride + acts->stride * tokens - missing * unit, LOOM_ALIGN);
    float *scale = guard_alloc(&p->guard, "activation scales",
                               (last * args->group_stride + scales - missing) * sizeof *scale, 4);
    int32_t *sum = guard_alloc(&p->guard, "activation sums",
                               (last * args->sum_stride + sums - missing) * sizeof *sum, 4);
    for (size_t t = 0; t < c->n; t++) {
        const size_t tile = t / tokens, in_tile = t % tokens;
        place_token(&(struct place){data + tile * args->act_stride + in_tile * unit,
                                    scale + tile * args->group_stride + in_tile,
                                    sum + tile * args->sum_stride + in_tile, tokens},
                    acts, t);
    }
    args->acts = guard_view(&p->guard, data);
    args->act_scale = guard_view(&p->guard, scale);
    args->act_sum = guard_view(&p->guard, sum);
}

static void make_y(struct problem *p, struct loom_args *args) {
    const size_t width = args->blocks * p->kernel->layout->rows;
    args->y_stride = width + random_below(&p->random, 4);
    args->y =
        guard_alloc(&p->guard, "y", ((p->c.n - 1) * args->y_stride + width) * sizeof *args->y, 4);
}

static struct loom_args make_args(struct problem *p) {
    const size_t rows = p->kernel->layout->rows;
    struct loom_args args = {.blocks = (p->c.m + rows - 1) / rows,
                             .groups = p->acts.groups,
                             .k_group = p->acts.k_group,
                             .n = p->c.n};
    make_weight_args(p, &args);
    make_acts(p, &args);
    make_y(p, &args);
    return args;
}

struct call {
    loom_matmul_fn *run;
    const struct loom_args *args;
};

static void call_kernel(void *context) {
    const struct call *call = context;
    call->run(call->args);
}

bool problem_check_direct(struct problem *p) {
    const struct loom_args args = make_args(p);
    const size_t width = args.blocks * p->kernel->layout->rows;
    struct call call = {p->kernel->run, &args};
    const char *called = "kernel called by itself";
    return problem_run(p, called, call_kernel, &call) &&
           problem_compare(p, called, args.y, args.y_stride, 0, p->c.m) &&
           problem_untouched(p, called, args.y, args.y_stride, width, width, args.y_stride);
}
