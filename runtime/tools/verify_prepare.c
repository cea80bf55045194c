/* A prepare kernel, called by itself on ranges of groups and through loom_prepare in parts. */
#include "verify.h"

#include "crash.h"
#include "one_kernel.h"
#include "verify_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 30 };

struct prepare_case {
    loom_format format;
    size_t k, n;
    enum acts acts;
    size_t first, end; /* the groups of a direct call */
    size_t parts;
};

struct check {
    struct verify *verify;
    const struct loom_prepare_kernel *kernel;
    struct prepare_case c;
    struct random random;
    struct guard guard;
    const float *x; /* n rows of k */
    struct reference_acts expected;
    struct loom_prepare_args args; /* direct call */
    struct one_kernel one;         /* through a plan */
    uint8_t *prepared;
    loom_status status;
};

static bool fail(struct check *check, const char *called, const char *reason) {
    const struct prepare_case *c = &check->c;
    snprintf(check->verify->text, VERIFY_TEXT,
             "%s: %s (group %u%s, k %zu, n %zu, activations %s, groups %zu to %zu, %zu parts)",
             called, reason, c->format.group, c->format.act_row ? ", a scale a token" : "", c->k,
             c->n, acts_names[c->acts], c->first, c->end, c->parts);
    return false;
}

static bool run(struct check *check, const char *called, void (*call)(void *)) {
    const struct crash crash = crash_run(call, check, SECONDS);
    char where[96], reason[192];
    const char *damaged = guard_damaged(&check->guard);
    if (crash.signal) {
        guard_describe(&check->guard, crash.address, where, sizeof where);
        snprintf(reason, sizeof reason, "%s%s", crash_text(crash.signal), where);
        return fail(check, called, reason);
    }
    if (damaged) {
        snprintf(reason, sizeof reason, "wrote beside %s", damaged);
        return fail(check, called, reason);
    }
    return true;
}

/* ---- What was written ------------------------------------------------------------------ */

/* Where the results of one token's groups [first, end) are. */
struct result {
    const uint8_t *acts;
    const float *scale;
    const int32_t *sum;
    size_t token, first, end;
};

static bool compare_acts(struct check *check, const char *called, const struct result *got) {
    const struct reference_acts *want = &check->expected;
    const size_t group_bytes = want->stride / want->groups;
    const uint8_t *acts = want->acts + got->token * want->stride + got->first * group_bytes;
    char reason[160];
    for (size_t i = 0; i < (got->end - got->first) * group_bytes; i++)
        if (got->acts[i] != acts[i]) {
            snprintf(reason, sizeof reason,
                     "token %zu byte %zu of group %zu: expected 0x%02x, got 0x%02x", got->token,
                     i % group_bytes, got->first + i / group_bytes, acts[i], got->acts[i]);
            return fail(check, called, reason);
        }
    return true;
}

static bool compare_scales(struct check *check, const char *called, const struct result *got) {
    char reason[160];
    for (size_t g = got->first; g < got->end; g++) {
        const size_t at = got->token * check->expected.groups + g, i = g - got->first;
        const float scale = check->expected.scale[at];
        const int32_t sum = check->expected.sum[at];
        if (memcmp(&got->scale[i], &scale, sizeof scale) &&
            !(isnan(got->scale[i]) && isnan(scale))) {
            snprintf(reason, sizeof reason, "token %zu group %zu: expected scale %a, got %a",
                     got->token, g, (double)scale, (double)got->scale[i]);
            return fail(check, called, reason);
        }
        if (got->sum[i] != sum) {
            snprintf(reason, sizeof reason, "token %zu group %zu: expected sum %d, got %d",
                     got->token, g, sum, got->sum[i]);
            return fail(check, called, reason);
        }
    }
    return true;
}

static bool compare(struct check *check, const char *called, const struct result *got) {
    return compare_acts(check, called, got) && compare_scales(check, called, got);
}

/* ---- By itself ------------------------------------------------------------------------- */

static void call_kernel(void *context) {
    const struct check *check = context;
    check->kernel->run(&check->args);
}

/* A group of one line or more starts on a line, a smaller one on a multiple of its size. */
static size_t acts_align(size_t group_bytes) {
    return group_bytes % LOOM_ALIGN ? group_bytes & (~group_bytes + 1) : LOOM_ALIGN;
}

static bool check_direct(struct check *check) {
    const struct prepare_case *c = &check->c;
    const struct reference_acts *want = &check->expected;
    const size_t groups = c->end - c->first, group_bytes = want->stride / want->groups;
    const size_t begin = c->first * want->k_group;
    const size_t end = c->end * want->k_group < c->k ? c->end * want->k_group : c->k;
    struct guard *guard = &check->guard;
    float *x = guard_alloc(guard, "x", (end - begin) * sizeof *x, 4);
    memcpy(x, check->x + begin, (end - begin) * sizeof *x);
    guard_seal(guard);
    uint8_t *acts =
        guard_alloc(guard, "activations", groups * group_bytes, acts_align(group_bytes));
    float *scale = guard_alloc(guard, "activation scales", groups * sizeof *scale, 4);
    int32_t *sum = guard_alloc(guard, "activation sums", groups * sizeof *sum, 4);
    check->args = (struct loom_prepare_args){
        .x = x, .acts = acts, .act_scale = scale, .act_sum = sum,
        .k = end - begin, .groups = groups, .k_group = want->k_group,
        .range_x = c->format.act_row ? check->x : NULL, .range_k = c->format.act_row ? c->k : 0};
    const struct result result = {acts, scale, sum, 0, c->first, c->end};
    const char *called = "kernel called by itself";
    return run(check, called, call_kernel) && compare(check, called, &result);
}

/* ---- Through a plan -------------------------------------------------------------------- */

/* A kernel that is planned with and never called: it brings its form of activations. */
static const struct loom_layout stub_layout = {
    "stub", 1, 32, 1, 1, {{0, 1, {{LOOM_AXIS_K, 32, 1}}}}};

static bool make_plan(struct check *check) {
    const struct loom_prepare_kernel *kernel = check->kernel;
    const loom_mode modes[LOOM_ACT_COUNT] = {LOOM_EXACT, LOOM_TABLE, LOOM_TABLE7, LOOM_EXACT};
    struct loom_kernel stub = {.name = "stub", .schedule = "stub", .layout = &stub_layout,
                               .format = check->c.format, .isa = kernel->isa,
                               .mode = (uint8_t)modes[kernel->act], .act = kernel->act};
    struct loom_registry base = *check->verify->registry;
    base.prepares = kernel;
    base.prepare_count = 1;
    stub.format.act_row = stub.format.tensor = 0;
    check->status = one_kernel_plan(&check->one, &base, &stub, &check->c.format, 1, check->c.k,
                                    check->verify->features);
    return check->status == LOOM_OK ||
           fail(check, "loom_select", loom_status_text(check->status));
}

static void call_prepare(void *context) {
    struct check *check = context;
    const struct prepare_case *c = &check->c;
    for (size_t part = c->parts; part-- > 0 && check->status == LOOM_OK;)
        check->status = loom_prepare(&check->one.plan, check->prepared, check->x, c->k, c->n, part,
                                     c->parts);
}

static bool compare_tokens(struct check *check, const char *called) {
    const struct loom_prepared_layout at = loom_prepared_layout(&check->one.plan, check->c.n);
    for (size_t t = 0; t < check->c.n; t++) {
        const size_t first = t * at.groups;
        const struct result result = {check->prepared + at.acts + t * at.act_stride,
                                      (float *)(check->prepared + at.act_scale) + first,
                                      (int32_t *)(check->prepared + at.act_sum) + first,
                                      t, 0, at.groups};
        if (!compare(check, called, &result))
            return false;
    }
    return true;
}

static bool check_plan(struct check *check) {
    const char *called = "loom_prepare";
    if (!make_plan(check))
        return false;
    check->prepared = guard_alloc(&check->guard, "prepared",
                                  loom_prepared_size(&check->one.plan, check->c.n), LOOM_ALIGN);
    if (!run(check, called, call_prepare))
        return false;
    if (check->status != LOOM_OK)
        return fail(check, called, loom_status_text(check->status));
    return compare_tokens(check, called);
}

/* ---- Cases ----------------------------------------------------------------------------- */

static bool check_case(struct check *check, const struct prepare_case *c) {
    check->c = *c;
    float *x = guard_alloc(&check->guard, "all activations", c->n * c->k * sizeof *x, 4);
    for (size_t t = 0; t < c->n; t++)
        fill_acts(x + t * c->k, c->acts, (enum loom_act)check->kernel->act, c->k, &check->random);
    check->x = x;
    guard_seal(&check->guard);
    if (reference_prepare(&check->expected, (enum loom_act)check->kernel->act, &c->format, x, c->k,
                          c->k, c->n)) {
        fprintf(stderr, "no memory for a reference result\n");
        exit(2);
    }
    const bool passed = check_direct(check) && check_plan(check);
    reference_acts_free(&check->expected);
    guard_free(&check->guard);
    return passed;
}

static struct prepare_case make_case(unsigned group, size_t k, size_t index,
                                     struct random *random) {
    struct prepare_case c = {.k = k, .acts = (enum acts)(index % ACTS_COUNT)};
    c.format = (loom_format){.bits = 1, .group = (uint16_t)group};
    c.format.act_row = random_below(random, 3) == 0;
    c.n = 1 + random_below(random, 4);
    c.parts = 1 + random_below(random, 6);
    const uint32_t groups = (uint32_t)reference_groups(&c.format, k);
    c.first = random_below(random, groups);
    c.end = c.first + 1 + random_below(random, groups - (uint32_t)c.first);
    return c;
}

bool verify_prepare(struct verify *verify, const struct loom_prepare_kernel *prepare) {
    static const unsigned groups[] = {32, 64, 128, 256, 0};
    struct check check = {.verify = verify, .kernel = prepare,
                          .random = random_named(verify->seed, prepare->name)};
    size_t index = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const size_t g = groups[i] ? groups[i] : 192;
        const size_t ks[] = {1, 2, 3, 7, g - 1, g, g + 1, 2 * g, 3 * g - 29, 5 * g + 14,
                             1 + random_below(&check.random, 6 * (uint32_t)g), 1100};
        for (size_t j = 0; j < 2 * sizeof ks / sizeof ks[0]; j++) {
            const struct prepare_case c =
                make_case(groups[i], ks[j / 2], index++, &check.random);
            if (!check_case(&check, &c))
                return false;
        }
    }
    return true;
}
