#include "verify/problem.h"

#include "common/crash.h"
#include "common/float_bits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void no_memory(void) {
    fprintf(stderr, "no memory for a reference result\n");
    exit(2);
}

void *problem_alloc(size_t bytes) {
    void *memory = malloc(bytes);
    if (!memory) {
        no_memory();
    }
    return memory;
}

static void prepare_acts(struct problem *p, enum loom_act act, struct reference_acts *acts) {
    const struct verify_case *c = &p->c;
    if (reference_prepare(acts, act, &c->format, p->x, p->x_stride, c->k, c->n)) {
        no_memory();
    }
}

static void make_activations(struct problem *p) {
    const struct verify_case *c = &p->c;
    const enum loom_act act = reference_act_of((loom_mode)p->kernel->mode, &c->format);
    p->x_stride = c->k + random_below(&p->random, 3);
    float *x = guard_alloc(&p->guard, "x", ((c->n - 1) * p->x_stride + c->k) * sizeof *x, 4);
    for (size_t t = 0; t < c->n; t++) {
        fill_acts(x + t * p->x_stride, c->acts, act, c->k, c->format.group, &p->random);
    }
    p->x = guard_view(&p->guard, x);
    prepare_acts(p, act, &p->acts);
    prepare_acts(p, (enum loom_act)p->kernel->act, &p->own_acts);
}

static void make_stream(struct problem *p) {
    const struct loom_layout *layout = p->kernel->layout;
    const size_t k_padded = p->acts.groups * p->acts.k_group;
    p->stream_bytes = reference_stream_bytes(layout, p->c.m, k_padded);
    uint8_t *stream = guard_alloc(&p->guard, "packed weights", p->stream_bytes, LOOM_ALIGN);
    reference_pack(layout, stream, p->w.parts.codes, p->c.m, p->c.k, k_padded);
    p->stream = guard_view(&p->guard, stream);
}

static void make_expected(struct problem *p) {
    p->expected = problem_alloc(p->c.n * p->c.m * sizeof *p->expected);
    for (size_t t = 0; t < p->c.n; t++) {
        for (size_t r = 0; r < p->c.m; r++) {
            p->expected[t * p->c.m + r] = reference_dot(&p->w, &p->acts, r, t);
        }
    }
}

void problem_make(struct problem *p, struct verify *verify, const struct loom_kernel *kernel,
                  const struct verify_case *c) {
    *p =
        (struct problem){.verify = verify, .kernel = kernel, .c = *c, .random = {.state = c->seed}};
    p->w = make_weights(c, &p->guard, &p->random);
    make_activations(p);
    make_stream(p);
    make_expected(p);
}

void problem_free(struct problem *p) {
    reference_acts_free(&p->acts);
    reference_acts_free(&p->own_acts);
    free(p->expected);
    guard_free(&p->guard);
}

bool problem_fail(struct problem *p, const char *called, const char *reason, ...) {
    char what[VERIFY_TEXT / 2], why[VERIFY_TEXT / 4];
    va_list args;
    va_start(args, reason);
    vsnprintf(why, sizeof why, reason, args);
    va_end(args);
    verify_case_text(&p->c, what, sizeof what);
    snprintf(p->verify->text, VERIFY_TEXT, "%s: %s (%s)", called, why, what);
    return false;
}

bool problem_run(struct problem *p, const char *called, void (*call)(void *), void *context) {
    const struct crash crash = crash_run(call, context, p->verify->seconds);
    char where[96];
    if (!crash.signal) {
        return true;
    }
    guard_describe(&p->guard, crash.address, where, sizeof where);
    return problem_fail(p, called, "%s%s", crash_text(crash.signal), where);
}

bool problem_compare(struct problem *p, const char *called, const float *y, size_t y_stride,
                     size_t begin, size_t end) {
    for (size_t t = 0; t < p->c.n; t++) {
        for (size_t r = begin; r < end; r++) {
            const float expected = p->expected[t * p->c.m + r], got = y[t * y_stride + r];
            if (!float_same(expected, got)) {
                return problem_fail(p, called,
                                    "row %zu token %zu: expected 0x%08x %.9g, got 0x%08x %.9g", r,
                                    t, loom_bits_from_float(expected), (double)expected,
                                    loom_bits_from_float(got), (double)got);
            }
        }
    }
    return true;
}

bool problem_untouched(struct problem *p, const char *called, const float *y, size_t y_stride,
                       size_t width, size_t begin, size_t end) {
    const uint32_t canary = 0x01010101u * GUARD_CANARY;
    const char *damaged = guard_damaged(&p->guard);
    if (damaged) {
        return problem_fail(p, called, "wrote beside %s", damaged);
    }
    for (size_t t = 0; t < p->c.n; t++) {
        for (size_t r = begin; r < end && (r < width || t + 1 < p->c.n); r++) {
            if (loom_bits_from_float(y[t * y_stride + r]) != canary) {
                return problem_fail(p, called, "wrote row %zu of token %zu, which is not its own",
                                    r, t);
            }
        }
    }
    return true;
}
