/* Measuring a problem as the tuner would decide it. */
#ifndef LOOM_TOOLS_BENCH_TUNED_H
#define LOOM_TOOLS_BENCH_TUNED_H

#include "bench/measure.h"

/* Times all verified candidates briefly, then those that a tuner could choose, T-MAC's fastest and
 * the peers for the rest of the group's time: the fastest of each layout and mode, because a
 * request may fix the mode and the other kernel of a plan the layout. The fastest of them becomes
 * the chosen one, of the mode asked for; LOOM_FASTEST does not take LOOM_TABLE7. Candidates that
 * are not among the finalists keep rounds == 0 in their results. */
void bench_measure_tuned(struct quiet *quiet, const struct bench_group *group, loom_mode mode,
                         struct bench_results *results);

#endif
