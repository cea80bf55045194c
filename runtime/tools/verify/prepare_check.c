#include "verify/prepare_check.h"
#include "plan.h"
#include "select/select.h"

#include "common/crash.h"
#include "common/float_bits.h"

#include <stdio.h>

static bool fail(struct prepare_check *check, const char *called, const char *reason) {
    const struct prepare_case *c = &check->c;
    char sub[32] = "";
    if (c->format.sub) {
        snprintf(sub, sizeof sub, ", sub-blocks of %u", c->format.sub);
    }
    snprintf(check->verify->text, VERIFY_TEXT,
             "%s: %s (group %u%s%s, k %zu, n %zu, activations %s, groups %zu to %zu, %zu parts, "
             "tiles of %zu tokens)",
             called, reason, c->format.group, sub, c->format.act_row ? ", a scale a token" : "",
             c->k, c->n, acts_names[c->acts], c->first, c->end, c->parts, c->tokens);
    return false;
}

static bool run(struct prepare_check *check, const char *called, void (*call)(void *)) {
    const struct crash crash = crash_run(call, check, check->verify->seconds);
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

/* Where the results of one token's groups [first, end) are; the other tokens of its tile stand
 * in between. */
struct result {
    const uint8_t *acts;
    const float *scale;
    const int32_t *sum;
    size_t token, first, end;
};

static bool compare_acts(struct prepare_check *check, const char *called,
                         const struct result *got) {
    const struct reference_acts *want = &check->expected;
    const size_t group_bytes = want->stride / want->groups;
    const uint8_t *acts = want->acts + got->token * want->stride + got->first * group_bytes;
    const size_t unit = loom_act_unit(want->act), unit_stride = unit * check->c.tokens;
    char reason[160];
    for (size_t i = 0; i < (got->end - got->first) * group_bytes; i++) {
        const uint8_t byte = got->acts[i / unit * unit_stride + i % unit];
        if (byte != acts[i]) {
            snprintf(reason, sizeof reason,
                     "token %zu byte %zu of group %zu: expected 0x%02x, got 0x%02x", got->token,
                     i % group_bytes, got->first + i / group_bytes, acts[i], byte);
            return fail(check, called, reason);
        }
    }
    return true;
}

static bool compare_scales(struct prepare_check *check, const char *called,
                           const struct result *got) {
    char reason[160];
    for (size_t g = got->first; g < got->end; g++) {
        const size_t i = (g - got->first) * check->c.tokens;
        const float scale = check->expected.scale[got->token * check->expected.groups + g];
        if (!float_same(got->scale[i], scale)) {
            snprintf(reason, sizeof reason, "token %zu group %zu: expected scale %a, got %a",
                     got->token, g, (double)scale, (double)got->scale[i]);
            return fail(check, called, reason);
        }
    }
    return true;
}

static bool compare_sums(struct prepare_check *check, const char *called,
                         const struct result *got) {
    const struct reference_acts *want = &check->expected;
    const int32_t *sums = want->sum + (got->token * want->groups + got->first) * want->words;
    char reason[160];
    for (size_t i = 0; i < (got->end - got->first) * want->words; i++) {
        const int32_t sum = got->sum[i * check->c.tokens];
        if (sum != sums[i]) {
            snprintf(reason, sizeof reason,
                     "token %zu word %zu of the sums of group %zu: expected %d, got %d", got->token,
                     i % want->words, got->first + i / want->words, sums[i], sum);
            return fail(check, called, reason);
        }
    }
    return true;
}

static bool compare(struct prepare_check *check, const char *called, const struct result *got) {
    return compare_acts(check, called, got) && compare_scales(check, called, got) &&
           compare_sums(check, called, got);
}

/* ---- By itself ------------------------------------------------------------------------- */

static void call_kernel_alone(void *context) {
    const struct prepare_check *check = context;
    check->kernel->run(&check->args);
}

/* The first group of a token may be at any unit of its tile. */
static size_t acts_align(size_t unit) {
    return unit < LOOM_ALIGN ? unit : LOOM_ALIGN;
}

bool prepare_check_direct(struct prepare_check *check) {
    const struct prepare_case *c = &check->c;
    const struct reference_acts *want = &check->expected;
    const size_t groups = c->end - c->first, group_bytes = want->stride / want->groups;
    const size_t unit = loom_act_unit(want->act), unit_stride = unit * c->tokens;
    const size_t last_unit = groups * group_bytes / unit - 1;
    const size_t scales = (groups - 1) * c->tokens + 1;
    const size_t sums = (groups * want->words - 1) * c->tokens + 1;
    const size_t begin = c->first * want->k_group;
    const size_t end = c->end * want->k_group < c->k ? c->end * want->k_group : c->k;
    struct guard *guard = &check->guard;
    float *x = guard_alloc(guard, "x", (end - begin) * sizeof *x, 4);
    memcpy(x, check->x + begin, (end - begin) * sizeof *x);
    uint8_t *acts =
        guard_alloc(guard, "activations", last_unit * unit_stride + unit, acts_align(unit));
    float *scale = guard_alloc(guard, "activation scales", scales * sizeof *scale, 4);
    int32_t *sum = guard_alloc(guard, "activation sums", sums * sizeof *sum, 4);
    check->args = (struct loom_prepare_args){.x = guard_view(guard, x),
                                             .acts = acts,
                                             .act_scale = scale,
                                             .act_sum = sum,
                                             .unit_stride = unit_stride,
                                             .tokens = c->tokens,
                                             .k = end - begin,
                                             .groups = groups,
                                             .k_group = want->k_group,
                                             .k_sub = c->format.sub,
                                             .range_x = c->format.act_row ? check->x : NULL,
                                             .range_k = c->format.act_row ? c->k : 0};
    const struct result result = {acts, scale, sum, 0, c->first, c->end};
    const char *called = "kernel called by itself";
    return run(check, called, call_kernel_alone) && compare(check, called, &result);
}

/* ---- Through a plan -------------------------------------------------------------------- */

/* A kernel that is planned with and never called: it brings its form of activations. */
static const struct loom_layout stub_layout = {
    "stub", 1, 32, 1, 1, 1, {{.digits = 1, .digit = {{LOOM_AXIS_K, 32, 1}}}}};

static loom_mode mode_of(unsigned act) {
    switch (act) {
    case LOOM_ACT_LUT8:
    case LOOM_ACT_SIGN8:
        return LOOM_TABLE;
    case LOOM_ACT_LUT7:
        return LOOM_TABLE7;
    default:
        return LOOM_EXACT;
    }
}

static bool plan_of_check(struct prepare_check *check) {
    const struct loom_prepare_kernel *kernel = check->kernel;
    struct loom_kernel stub = {.name = "stub",
                               .schedule = "stub",
                               .layout = &stub_layout,
                               .format = check->c.format,
                               .isa = kernel->isa,
                               .mode = (uint8_t)mode_of(kernel->act),
                               .act = kernel->act,
                               .tokens = (uint8_t)check->c.tokens};
    struct loom_registry base = *check->verify->registry;
    base.prepares = kernel;
    base.prepare_count = 1;
    stub.format.act_row = stub.format.tensor = 0;
    check->status = one_kernel_plan(&check->one, &base, &stub, &check->c.format, 1, check->c.k,
                                    check->verify->features);
    return check->status == LOOM_OK || fail(check, "loom_select", loom_status_text(check->status));
}

static void call_runtime(void *context) {
    struct prepare_check *check = context;
    const struct prepare_case *c = &check->c;
    for (size_t i = 0; i < c->parts && check->status == LOOM_OK; i++) {
        const size_t part = c->ascending ? i : c->parts - 1 - i;
        check->status =
            loom_prepare(&check->one.plan, check->prepared, check->x, c->k, c->n, part, c->parts);
    }
}

static bool compare_tokens(struct prepare_check *check, const char *called) {
    const struct loom_prepared_offsets at = loom_prepared_offsets(&check->one.plan, check->c.n);
    const size_t tokens = check->c.tokens, unit = loom_act_unit(check->expected.act);
    for (size_t t = 0; t < check->c.n; t++) {
        const size_t tile = t / tokens, in_tile = t % tokens;
        const struct result result = {
            check->prepared + at.acts + tile * at.act_stride + in_tile * unit,
            (float *)(check->prepared + at.act_scale) + tile * at.group_stride + in_tile,
            (int32_t *)(check->prepared + at.act_sum) + tile * at.sum_stride + in_tile,
            t,
            0,
            check->expected.groups};
        if (!compare(check, called, &result)) {
            return false;
        }
    }
    return true;
}

bool prepare_check_plan(struct prepare_check *check) {
    const char *called = "loom_prepare";
    if (!plan_of_check(check)) {
        return false;
    }
    check->prepared = guard_alloc(&check->guard, "prepared",
                                  loom_prepared_size(&check->one.plan, check->c.n), LOOM_ALIGN);
    if (!run(check, called, call_runtime)) {
        return false;
    }
    if (check->status != LOOM_OK) {
        return fail(check, called, loom_status_text(check->status));
    }
    return compare_tokens(check, called);
}
