/* One timing of one kernel, or of the read probe. */
#ifndef LOOM_TOOLS_BENCH_SAMPLE_H
#define LOOM_TOOLS_BENCH_SAMPLE_H

#include "bench_measure.h"
#include "bench_ring.h"

/* A candidate, or, when that is NULL, the read probe. */
struct target {
    const struct candidate *candidate;
    struct ring ring;
    size_t bytes; /* for the read probe to read, a multiple of 256 */
};

/* Of one repetition. */
struct timing {
    double seconds;
    double prepare; /* the part of it before the matmul; 0 for the read probe */
};

/* Prepares and multiplies, or reads, `repetitions` times with all threads, each time with the
 * next matrix of the ring. */
struct timing sample_run(struct limits *limits, const struct bench_group *group,
                         struct target *target, size_t repetitions);

#endif
