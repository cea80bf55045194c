#include "bench/tuned.h"

#include "measure/memory.h"

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
            contest->first[j].timing.seconds < contest->first[i].timing.seconds) {
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

static double seconds_of(const struct bench_results *results, size_t place) {
    return results->kernels[place].timing.seconds;
}

/* The fastest finalist, as its place in `all`. */
static size_t find_winner(const struct contest *contest, const struct bench_results *results) {
    size_t winner = contest->all->count;
    for (size_t i = 0; i < contest->finalists.count; i++) {
        const size_t place = contest->place[i];
        if (!contest->finalists.list[i].kernel->tmac &&
            (winner == contest->all->count ||
             seconds_of(results, place) < seconds_of(results, winner))) {
            winner = place;
        }
    }
    return winner;
}

/* All candidates, without peers: they have no rivals among themselves. */
static void run_first(struct quiet *quiet, const struct bench_group *group,
                      struct bench_result *times) {
    struct bench_group first = *group;
    struct bench_results results = {.kernels = times};
    first.peers = NULL;
    first.energy = NULL;
    first.seconds = group->seconds * first_share;
    bench_measure(quiet, &first, &results);
}

/* The finalists and the peers; the limits are those of these rounds. */
static void run_final(struct quiet *quiet, const struct bench_group *group, struct contest *contest,
                      struct bench_results *results) {
    struct bench_group final = *group;
    struct bench_results measured = *results;
    measured.kernels = bench_alloc(contest->all->count * sizeof *measured.kernels);
    final.candidates = &contest->finalists;
    final.seconds = group->seconds * (1 - first_share);
    bench_measure(quiet, &final, &measured);
    for (size_t i = 0; i < contest->finalists.count; i++) {
        results->kernels[contest->place[i]] = measured.kernels[i];
    }
    results->read_bandwidth = measured.read_bandwidth;
    results->dot_peak = measured.dot_peak;
    free(measured.kernels);
}

void bench_measure_tuned(struct quiet *quiet, const struct bench_group *group, loom_mode mode,
                         struct bench_results *results) {
    struct candidates *all = group->candidates;
    struct bench_result *times = bench_alloc(all->count * sizeof *times);
    run_first(quiet, group, times);
    struct contest contest = {.all = all, .first = times, .mode = mode};
    contest.finalists.list = bench_alloc(all->count * sizeof *contest.finalists.list);
    contest.finalists.prepared = all->prepared;
    contest.finalists.pool = all->pool;
    contest.place = bench_alloc(all->count * sizeof *contest.place);
    find_finalists(&contest);
    if (contest.finalists.count) {
        run_final(quiet, group, &contest, results);
    }
    const size_t winner = find_winner(&contest, results);
    for (size_t i = 0; i < all->count; i++) {
        all->list[i].chosen = i == winner;
    }
    free(contest.finalists.list);
    free(contest.place);
    free(times);
}
