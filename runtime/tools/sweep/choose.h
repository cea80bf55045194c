/* Which of the measured kernels of a problem are chosen. Pure.
 *
 * A problem has one layout, so the kernels for one token, for a few and for many are chosen
 * together. Within a layout the fastest of each class; of the layouts the one with the least
 *     seconds for one token + many_weight * seconds for many / their number
 * because a token that is written costs a GEMV, one that is read its share of a GEMM, and engines
 * are judged by the first. What the library would take untuned, the incumbent, stays unless another
 * is faster by more than the noise of both, and enough of the samples of both were quiet. */
#ifndef LOOM_TOOLS_SWEEP_CHOOSE_H
#define LOOM_TOOLS_SWEEP_CHOOSE_H

#include "registry.h"

#include <stdbool.h>

extern const size_t sweep_tokens[LOOM_OPS];

enum { SWEEP_MODES = LOOM_TABLE7 + 1 };

/* A kernel in one of the classes. */
struct contender {
    const struct loom_kernel *kernel;
    enum loom_op class;
    double seconds; /* 0: not measured */
    double noise;   /* what the seconds may be off by, as a share of them */
    size_t rounds, quiet;
    bool out; /* is measured no longer, and cannot be chosen */
};

struct contest {
    struct contender *list;
    size_t count;
    bool wanted[SWEEP_MODES]; /* modes that are chosen for, by loom_mode */
    /* What the library takes untuned in each mode; NULL where it has nothing, or that has failed.
     */
    const struct contender *incumbent[SWEEP_MODES][LOOM_OPS];
};

/* Whether a request for `mode` may be served by the kernel: LOOM_FASTEST by all but LOOM_TABLE7. */
bool sweep_serves(const struct contender *contender, loom_mode mode);

/* Whether enough of the samples were quiet to replace an incumbent: 3, and 2 % of all. */
bool sweep_is_quiet(const struct contender *contender);

/* The fastest measured one of a class, mode and layout, or NULL. */
const struct contender *sweep_fastest(const struct contest *contest, loom_mode mode,
                                      const struct loom_kernel *layout_of, enum loom_op class);

/* What the fastest kernels of a layout cost a token, in seconds; INFINITY where one is missing. */
double sweep_layout_cost(const struct contest *contest, loom_mode mode,
                         const struct loom_kernel *layout_of);

struct sweep_choice {
    const struct contender
        *of[LOOM_OPS]; /* LOOM_OP_FEW: that of LOOM_OP_GEMM where none was measured */
    bool disturbed;    /* samples that were not quiet show another as faster */
};

/* false when no layout was measured for one and for many tokens. */
bool sweep_choose(const struct contest *contest, loom_mode mode, struct sweep_choice *choice);

#endif
