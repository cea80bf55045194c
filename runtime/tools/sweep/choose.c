#include "sweep/choose.h"

#include <math.h>

const size_t sweep_tokens[LOOM_OPS] = {1, 4, 128};

bool sweep_serves(const struct contender *contender, loom_mode mode) {
    const uint8_t own = contender->kernel->mode;
    return mode == LOOM_FASTEST ? own != LOOM_TABLE7 : own == mode;
}

static bool same_layout(const struct loom_kernel *a, const struct loom_kernel *b) {
    return strcmp(a->layout->name, b->layout->name) == 0;
}

/* ---- Within a layout ------------------------------------------------------------------- */

const struct contender *sweep_fastest(const struct contest *contest, loom_mode mode,
                                      const struct loom_kernel *layout_of, enum loom_op class) {
    const struct contender *fastest = NULL;
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        if (!c->out && c->class == class && c->seconds > 0 && sweep_serves(c, mode) &&
            same_layout(c->kernel, layout_of) && (!fastest || c->seconds < fastest->seconds)) {
            fastest = c;
        }
    }
    return fastest;
}

/* What a contender adds to the cost of its layout, and what that may be off by. */
static double share(const struct contender *c) {
    const size_t n = sweep_tokens[c->class];
    return c->class == LOOM_OP_GEMM ? LOOM_GEMM_WEIGHT * c->seconds / (double)n : c->seconds;
}

static double share_noise(const struct contender *c) {
    return c->noise * share(c);
}

/* The fastest, or the incumbent while nothing is faster by more than the noise of both. */
static const struct contender *winner(const struct contest *contest, loom_mode mode,
                                      const struct loom_kernel *layout_of, enum loom_op class) {
    const struct contender *fastest = sweep_fastest(contest, mode, layout_of, class);
    const struct contender *incumbent = contest->incumbent[mode][class];
    if (!fastest || !incumbent || !(incumbent->seconds > 0) ||
        !same_layout(incumbent->kernel, layout_of)) {
        return fastest;
    }
    const double gain = share(incumbent) - share(fastest);
    return gain > share_noise(incumbent) + share_noise(fastest) ? fastest : incumbent;
}

/* ---- Among layouts --------------------------------------------------------------------- */

struct pair {
    const struct contender *one, *many;
};

static struct pair pair_of(const struct contest *contest, loom_mode mode,
                           const struct loom_kernel *layout_of) {
    return (struct pair){winner(contest, mode, layout_of, LOOM_OP_GEMV),
                         winner(contest, mode, layout_of, LOOM_OP_GEMM)};
}

static bool complete(struct pair pair) {
    return pair.one && pair.many;
}

static double cost(struct pair pair) {
    return complete(pair) ? share(pair.one) + share(pair.many) : INFINITY;
}

static double noise(struct pair pair) {
    return hypot(share_noise(pair.one), share_noise(pair.many));
}

double sweep_layout_cost(const struct contest *contest, loom_mode mode,
                         const struct loom_kernel *layout_of) {
    return cost((struct pair){sweep_fastest(contest, mode, layout_of, LOOM_OP_GEMV),
                              sweep_fastest(contest, mode, layout_of, LOOM_OP_GEMM)});
}

/* The pair of the incumbent's layout; incomplete when there is none. */
static struct pair incumbent_pair(const struct contest *contest, loom_mode mode) {
    const struct contender *one = contest->incumbent[mode][LOOM_OP_GEMV];
    return one ? pair_of(contest, mode, one->kernel) : (struct pair){NULL, NULL};
}

static struct pair best_pair(const struct contest *contest, loom_mode mode) {
    const struct pair incumbent = incumbent_pair(contest, mode);
    struct pair best = incumbent;
    for (size_t i = 0; i < contest->count; i++) {
        const struct pair pair = pair_of(contest, mode, contest->list[i].kernel);
        if (!complete(pair) || cost(pair) >= cost(best)) {
            continue;
        }
        if (!complete(incumbent) || cost(incumbent) - cost(pair) > noise(incumbent) + noise(pair)) {
            best = pair;
        }
    }
    return best;
}

bool sweep_choose(const struct contest *contest, loom_mode mode, struct sweep_choice *choice) {
    const struct pair best = best_pair(contest, mode);
    if (!complete(best)) {
        return false;
    }
    const struct contender *few = winner(contest, mode, best.one->kernel, LOOM_OP_FEW);
    *choice = (struct sweep_choice){{best.one, few ? few : best.many, best.many}};
    return true;
}
