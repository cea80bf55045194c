#include "sweep/halve.h"

#include <math.h>
#include <stdlib.h>

static bool is_wanted(const struct contest *contest, const struct contender *c, int mode) {
    return contest->wanted[mode] && sweep_serves(c, (loom_mode)mode);
}

/* ---- Pairs ----------------------------------------------------------------------------- */

static bool has_class(const struct contest *contest, int mode, const struct loom_kernel *layout_of,
                      enum loom_op class) {
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        if (c->class == class && sweep_serves(c, (loom_mode)mode) &&
            strcmp(c->kernel->layout->name, layout_of->layout->name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_paired(const struct contest *contest, const struct contender *c) {
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (is_wanted(contest, c, mode) && has_class(contest, mode, c->kernel, LOOM_OP_GEMV) &&
            has_class(contest, mode, c->kernel, LOOM_OP_GEMM)) {
            return true;
        }
    }
    return false;
}

void sweep_drop_unpaired(struct contest *contest) {
    for (size_t i = 0; i < contest->count; i++) {
        contest->list[i].out = !is_paired(contest, &contest->list[i]);
    }
}

/* ---- Scores ---------------------------------------------------------------------------- */

static double least_cost(const struct contest *contest, int mode) {
    double least = INFINITY;
    for (size_t i = 0; i < contest->count; i++) {
        least = fmin(least, sweep_layout_cost(contest, (loom_mode)mode, contest->list[i].kernel));
    }
    return least;
}

/* 1: the best there is; INFINITY: cannot be chosen. */
static double score_in(const struct contest *contest, const struct contender *c, int mode,
                       double least) {
    const struct contender *fastest = sweep_fastest(contest, (loom_mode)mode, c->kernel, c->class);
    const double layout = sweep_layout_cost(contest, (loom_mode)mode, c->kernel);
    return isfinite(layout) ? layout / least * c->seconds / fastest->seconds : INFINITY;
}

struct scores {
    double least[SWEEP_MODES]; /* cost, by mode */
    double *list;              /* one a contender, in its best mode */
    double cut[LOOM_OPS];      /* the worst that is in the better half */
};

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool is_measured(const struct contender *c) {
    return !c->out && c->seconds > 0;
}

static double find_cut(const struct contest *contest, const double *scores, enum loom_op class) {
    double *sorted = malloc((contest->count + 1) * sizeof *sorted);
    size_t count = 0;
    if (!sorted) {
        abort();
    }
    for (size_t i = 0; i < contest->count; i++) {
        if (is_measured(&contest->list[i]) && contest->list[i].class == class) {
            sorted[count++] = scores[i];
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    const double cut = count ? sorted[(count - 1) / 2] : INFINITY;
    free(sorted);
    return cut;
}

static struct scores make_scores(const struct contest *contest) {
    struct scores scores = {.list = malloc((contest->count + 1) * sizeof *scores.list)};
    if (!scores.list) {
        abort();
    }
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        scores.least[mode] = contest->wanted[mode] ? least_cost(contest, mode) : INFINITY;
    }
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        scores.list[i] = INFINITY;
        for (int mode = 0; is_measured(c) && mode < SWEEP_MODES; mode++) {
            if (is_wanted(contest, c, mode)) {
                scores.list[i] =
                    fmin(scores.list[i], score_in(contest, c, mode, scores.least[mode]));
            }
        }
    }
    for (int class = 0; class < LOOM_OPS; class ++) {
        scores.cut[class] = find_cut(contest, scores.list, (enum loom_op) class);
    }
    return scores;
}

/* ---- Halving --------------------------------------------------------------------------- */

static bool is_incumbent(const struct contest *contest, const struct contender *c) {
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (contest->wanted[mode] && contest->incumbent[mode][c->class] == c) {
            return true;
        }
    }
    return false;
}

static bool stays(const struct contest *contest, const struct scores *scores, size_t index) {
    const struct contender *c = &contest->list[index];
    if (!is_measured(c) || is_incumbent(contest, c)) {
        return !c->out;
    }
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (!is_wanted(contest, c, mode) ||
            !isfinite(sweep_layout_cost(contest, (loom_mode)mode, c->kernel))) {
            continue;
        }
        const struct contender *one =
            sweep_fastest(contest, (loom_mode)mode, c->kernel, LOOM_OP_GEMV);
        const bool layout_stays = scores->list[one - contest->list] <= scores->cut[LOOM_OP_GEMV];
        const bool fastest = c == sweep_fastest(contest, (loom_mode)mode, c->kernel, c->class);
        if (layout_stays && (fastest || scores->list[index] <= scores->cut[c->class])) {
            return true;
        }
    }
    return false;
}

size_t sweep_halve(struct contest *contest) {
    const struct scores scores = make_scores(contest);
    bool *out = calloc(contest->count + 1, sizeof *out);
    size_t left = 0;
    if (!out) {
        abort();
    }
    for (size_t i = 0; i < contest->count; i++) {
        out[i] = !stays(contest, &scores, i);
        left += !out[i];
    }
    for (size_t i = 0; i < contest->count; i++) {
        contest->list[i].out = out[i];
    }
    free(scores.list);
    free(out);
    return left;
}

/* ---- The end --------------------------------------------------------------------------- */

static bool is_chosen(const struct sweep_choice *choice, const struct contender *c) {
    return choice->of[LOOM_OP_GEMV] == c || choice->of[LOOM_OP_FEW] == c ||
           choice->of[LOOM_OP_GEMM] == c;
}

/* Whether the contender is chosen in a mode, or too slow for it. */
static bool is_settled(const struct contest *contest, const struct contender *c, int mode,
                       double least, const struct sweep_choice *choice) {
    const double slower = score_in(contest, c, mode, least) - 1;
    return is_chosen(choice, c) || slower > c->noise + choice->of[c->class]->noise;
}

static bool mode_told_apart(const struct contest *contest, int mode) {
    struct sweep_choice choice;
    const bool chosen = sweep_choose(contest, (loom_mode)mode, &choice);
    const double least = least_cost(contest, mode);
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        if (!c->out && sweep_serves(c, (loom_mode)mode) &&
            (!chosen || !is_measured(c) || !is_settled(contest, c, mode, least, &choice))) {
            return false;
        }
    }
    return true;
}

bool sweep_told_apart(const struct contest *contest) {
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (contest->wanted[mode] && !mode_told_apart(contest, mode)) {
            return false;
        }
    }
    return true;
}
