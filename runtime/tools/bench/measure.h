/* Timing candidates against each other, peers and the machine's limits. */
#ifndef LOOM_TOOLS_BENCH_MEASURE_H
#define LOOM_TOOLS_BENCH_MEASURE_H

#include "bench/energy.h"
#include "measure/session.h"

/* What is timed together. */
struct bench_group {
    struct candidates *candidates;
    struct peer *peers; /* a list, or NULL */
    const struct bench_input *input;
    enum loom_residency residency;
    size_t dram_bytes;     /* of a matrix's copies for LOOM_DRAM, as bench_dram_bytes has them */
    double seconds;        /* the time to spend */
    struct energy *energy; /* that is measured after it, or NULL */
};

struct bench_results {
    struct bench_result *kernels; /* one a candidate; those of unverified ones stay as they are */
    struct bench_result *peers;   /* one a peer, the same */
    /* The limits, measured in the same rounds; 0 when there was nothing to measure. */
    double read_bandwidth; /* bytes a second */
    double dot_peak;       /* multiply-adds a second */
};

/* Times the verified candidates and peers and the limits in turn, round after round, each round
 * beginning with another one, with a probe before and after each sample. */
void bench_measure(struct quiet *quiet, const struct bench_group *group,
                   struct bench_results *results);

#endif
