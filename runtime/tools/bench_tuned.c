#include "bench_tuned.h"

#include "bench_memory.h"

#include <stdlib.h>
#include <string.h>

/* Enough to tell kernels apart that differ by more than a few percent. */
static const double first_share = 0.25;

struct contest {
    const struct candidates *all;
    const struct bench_result *first; /* of all, after the first stage */
    loom_mode mode;
    struct candidates finalists;
    size_t *place; /* of each finalist, in `all` */
};

static bool mode_allowed(loom_mode wanted, const struct loom_kernel *kernel) {
    return wanted == LOOM_FASTEST ? kernel->mode != LOOM_TABLE7 : kernel->mode == wanted;
}

/* Whether two kernels stand for the same choice, so that only the faster one is of interest. */
static bool same_choice(const struct loom_kernel *a, const struct loom_kernel *b) {
    if (a->tmac || b->tmac) {
        return a->tmac && b->tmac;
    }
    return a->mode == b->mode && strcmp(a->layout->name, b->layout->name) == 0;
}

static bool is_finalist(const struct contest *contest, size_t i) {
    const struct candidate *list = contest->all->list;
    if (!list[i].verified ||
        !(list[i].kernel->tmac || mode_allowed(contest->mode, list[i].kernel))) {
        return false;
    }
    for (size_t j = 0; j < contest->all->count; j++) {
        if (list[j].verified && same_choice(list[j].kernel, list[i].kernel) &&
            contest->first[j].seconds < contest->first[i].seconds) {
            return false;
        }
    }
    return true;
}

static void find_finalists(struct contest *contest) {
    for (size_t i = 0; i < contest->all->count; i++) {
        if (is_finalist(contest, i)) {
            contest->place[contest->finalists.count] = i;
            contest->finalists.list[contest->finalists.count++] = contest->all->list[i];
        }
    }
}

/* The fastest finalist, as its place in `all`. */
static size_t find_winner(const struct contest *contest, const struct bench_result *results) {
    size_t winner = contest->all->count;
    for (size_t i = 0; i < contest->finalists.count; i++) {
        const size_t place = contest->place[i];
        if (!contest->finalists.list[i].kernel->tmac &&
            (winner == contest->all->count || results[place].seconds < results[winner].seconds)) {
            winner = place;
        }
    }
    return winner;
}

static void run_final(struct limits *limits, const struct bench_group *group,
                      struct contest *contest, struct bench_result *results) {
    struct bench_group final = *group;
    struct bench_result *measured = bench_alloc(contest->all->count * sizeof *measured);
    final.candidates = &contest->finalists;
    final.seconds = group->seconds * (1 - first_share);
    bench_measure(limits, &final, measured);
    for (size_t i = 0; i < contest->finalists.count; i++) {
        results[contest->place[i]] = measured[i];
    }
    free(measured);
}

void bench_measure_tuned(struct limits *limits, const struct bench_group *group, loom_mode mode,
                         struct bench_result *results) {
    struct candidates *all = group->candidates;
    struct bench_group first = *group;
    struct bench_result *times = bench_alloc((all->count + 1) * sizeof *times);
    first.seconds = group->seconds * first_share;
    bench_measure(limits, &first, times);
    struct contest contest = {.all = all, .first = times, .mode = mode};
    contest.finalists.list = bench_alloc((all->count + 1) * sizeof *contest.finalists.list);
    contest.finalists.prepared = all->prepared;
    contest.place = bench_alloc((all->count + 1) * sizeof *contest.place);
    find_finalists(&contest);
    run_final(limits, group, &contest, results);
    const size_t winner = find_winner(&contest, results);
    for (size_t i = 0; i < all->count; i++) {
        all->list[i].chosen = i == winner;
    }
    free(contest.finalists.list);
    free(contest.place);
    free(times);
}
