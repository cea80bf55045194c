#include "sweep/choose.h"

#include <math.h>

const size_t sweep_tokens[LOOM_OPS] = {1, 4, 128};

/* Of a kernel's samples, 3, and one in 50. */
enum { LEAST_QUIET = 3, LEAST_QUIET_SHARE = 50 };

bool sweep_serves(const struct contender *contender, loom_mode mode) {
    const uint8_t own = contender->kernel->mode;
    return mode == LOOM_FASTEST ? own != LOOM_TABLE7 : own == mode;
}

bool sweep_is_quiet(const struct contender *contender) {
    return contender->quiet >= LEAST_QUIET &&
           contender->quiet * LEAST_QUIET_SHARE >= contender->rounds;
}

static bool same_layout(const struct loom_kernel *a, const struct loom_kernel *b) {
    return strcmp(a->layout->name, b->layout->name) == 0;
}

/* ---- Within a layout ------------------------------------------------------------------- */

static const struct contender *fastest_of(const struct contest *contest, loom_mode mode,
                                          const struct loom_kernel *layout_of, enum loom_op class,
                                          bool only_quiet) {
    const struct contender *fastest = NULL;
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        if (!c->out && c->class == class && c->seconds > 0 && sweep_serves(c, mode) &&
            (!only_quiet || sweep_is_quiet(c)) && same_layout(c->kernel, layout_of) &&
            (!fastest || c->seconds < fastest->seconds)) {
            fastest = c;
        }
    }
    return fastest;
}

const struct contender *sweep_fastest(const struct contest *contest, loom_mode mode,
                                      const struct loom_kernel *layout_of, enum loom_op class) {
    return fastest_of(contest, mode, layout_of, class, false);
}

/* What a contender adds to the cost of its layout, and what that may be off by. */
static double share(const struct contender *c) {
    const size_t n = sweep_tokens[c->class];
    return c->class == LOOM_OP_GEMM ? LOOM_GEMM_WEIGHT * c->seconds / (double)n : c->seconds;
}

static double share_noise(const struct contender *c) {
    return c->noise * share(c);
}

/* What is chosen from. */
struct view {
    const struct contest *contest;
    loom_mode mode;
    bool only_quiet; /* other measurements do not replace an incumbent */
};

/* NULL where it was not measured, or is not for this mode. */
static const struct contender *incumbent_of(const struct view *v, enum loom_op class) {
    const struct contender *incumbent = v->contest->incumbent[v->mode][class];
    return incumbent && incumbent->seconds > 0 && sweep_serves(incumbent, v->mode) ? incumbent
                                                                                   : NULL;
}

static bool counts(const struct view *v, const struct contender *c) {
    return !v->only_quiet || sweep_is_quiet(c);
}

/* The fastest, or the incumbent while nothing is faster by more than the noise of both. */
static const struct contender *winner(const struct view *v, const struct loom_kernel *layout_of,
                                      enum loom_op class) {
    const struct contender *incumbent = incumbent_of(v, class);
    const struct contender *quiet =
        fastest_of(v->contest, v->mode, layout_of, class, v->only_quiet);
    if (!incumbent || !same_layout(incumbent->kernel, layout_of)) {
        return quiet ? quiet : sweep_fastest(v->contest, v->mode, layout_of, class);
    }
    if (!quiet || !counts(v, incumbent)) {
        return incumbent;
    }
    const double gain = share(incumbent) - share(quiet);
    return gain > share_noise(incumbent) + share_noise(quiet) ? quiet : incumbent;
}

/* ---- Among layouts --------------------------------------------------------------------- */

struct pair {
    const struct contender *one, *many;
};

static struct pair pair_of(const struct view *v, const struct loom_kernel *layout_of) {
    return (struct pair){winner(v, layout_of, LOOM_OP_GEMV), winner(v, layout_of, LOOM_OP_GEMM)};
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
static struct pair incumbent_pair(const struct view *v) {
    const struct contender *one = incumbent_of(v, LOOM_OP_GEMV);
    return one ? pair_of(v, one->kernel) : (struct pair){NULL, NULL};
}

static bool pair_counts(const struct view *v, struct pair pair) {
    return counts(v, pair.one) && counts(v, pair.many);
}

static bool replaces(const struct view *v, struct pair pair, struct pair incumbent) {
    return !complete(incumbent) || (pair_counts(v, pair) && pair_counts(v, incumbent) &&
                                    cost(incumbent) - cost(pair) > noise(incumbent) + noise(pair));
}

static struct pair best_pair(const struct view *v) {
    const struct pair incumbent = incumbent_pair(v);
    struct pair best = incumbent;
    for (size_t i = 0; i < v->contest->count; i++) {
        const struct pair pair = pair_of(v, v->contest->list[i].kernel);
        if (complete(pair) && cost(pair) < cost(best) && replaces(v, pair, incumbent)) {
            best = pair;
        }
    }
    return best;
}

static bool choose(const struct view *v, struct sweep_choice *choice) {
    const struct pair best = best_pair(v);
    if (!complete(best)) {
        return false;
    }
    const struct contender *few = winner(v, best.one->kernel, LOOM_OP_FEW);
    *choice = (struct sweep_choice){.of = {best.one, few ? few : best.many, best.many}};
    return true;
}

bool sweep_choose(const struct contest *contest, loom_mode mode, struct sweep_choice *choice) {
    struct sweep_choice fast;
    if (!choose(&(struct view){contest, mode, true}, choice) ||
        !choose(&(struct view){contest, mode, false}, &fast)) {
        return false;
    }
    for (int class = 0; class < LOOM_OPS; class ++) {
        choice->disturbed |= choice->of[class] != fast.of[class];
    }
    return true;
}
