/* One case with its data and its expected results. */
#ifndef LOOM_TOOLS_VERIFY_PROBLEM_H
#define LOOM_TOOLS_VERIFY_PROBLEM_H

#include "verify/cases.h"
#include "verify/verify.h"

struct problem {
    struct verify *verify;
    const struct loom_kernel *kernel;
    struct verify_case c;
    struct random random;
    struct guard guard;
    struct reference_weights w;
    const float *x; /* n rows of k, x_stride floats apart */
    size_t x_stride;
    const uint8_t *stream; /* the weights in the kernel's layout */
    size_t stream_bytes;
    struct reference_acts acts;     /* in the form reference_dot takes */
    struct reference_acts own_acts; /* in the kernel's own form */
    float *expected;                /* n rows of m */
};

/* Makes the data and the expected results; problem_free frees them. Without memory it exits. */
void problem_make(struct problem *p, struct verify *verify, const struct loom_kernel *kernel,
                  const struct verify_case *c);
void problem_free(struct problem *p);

/* malloc, or the exit. */
void *problem_alloc(size_t bytes);

/* The two ways to check it. Both return false after problem_fail. */
bool problem_check_direct(struct problem *p);
bool problem_check_plan(struct problem *p);

/* Writes verify->text: what was called, the case, and the reason. Always false. */
__attribute__((format(printf, 3, 4))) bool problem_fail(struct problem *p, const char *called,
                                                        const char *reason, ...);

/* Runs call(context) and fails when it crashes. */
bool problem_run(struct problem *p, const char *called, void (*call)(void *), void *context);

/* The rows [begin, end) of y against the expected ones. */
bool problem_compare(struct problem *p, const char *called, const float *y, size_t y_stride,
                     size_t begin, size_t end);

/* That the columns [begin, end) of n rows of y still hold GUARD_CANARY, and that no buffer was
 * written outside. The last token has no columns from `width` on. */
bool problem_untouched(struct problem *p, const char *called, const float *y, size_t y_stride,
                       size_t width, size_t begin, size_t end);

#endif
