/* Contests with made-up kernels and times. */
#ifndef LOOM_TESTS_CONTEST_H
#define LOOM_TESTS_CONTEST_H

#include "sweep/choose.h"

enum { MOST_CONTENDERS = 256 };

struct made_up {
    struct contest contest;
    struct contender list[MOST_CONTENDERS];
    struct loom_kernel kernel[MOST_CONTENDERS];
};

/* Wants `mode` alone. */
void start(struct made_up *made, loom_mode mode);

/* Adds a contender with 1 % of noise, half of its samples quiet; `layout` is static. */
struct contender *add(struct made_up *made, enum loom_op class, const struct loom_layout *layout,
                      loom_mode mode, double seconds);

extern const struct loom_layout layout_a, layout_b, layout_c;

#endif
