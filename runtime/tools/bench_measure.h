/* Timing candidates against each other and against the machine's limits. */
#ifndef LOOM_TOOLS_BENCH_MEASURE_H
#define LOOM_TOOLS_BENCH_MEASURE_H

#include "bench_candidates.h"
#include "bench_limits.h"

/* What is timed together. */
struct bench_group {
    struct candidates *candidates;
    const struct bench_input *input;
    enum residency residency;
    size_t dram_bytes; /* all matrices of RESIDENCY_DRAM together hold at least these */
    double seconds;    /* the time to spend */
};

/* Of one candidate. */
struct bench_result {
    double seconds;         /* one prepare and one matmul: the median of the quiet rounds */
    double prepare_seconds; /* the prepare's part of them */
    double read_seconds;    /* reading as many bytes as its matrix has, at the best */
    size_t rounds, quiet;
};

/* Times the verified candidates in turn, round after round, with a probe before and after each
 * sample. results has one entry a candidate; those of unverified ones stay as they are. */
void bench_measure(struct limits *limits, const struct bench_group *group,
                   struct bench_result *results);

#endif
