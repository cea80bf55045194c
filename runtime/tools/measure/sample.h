/* One timing of whatever is measured: a kernel, a peer, or one of the machine's limits. */
#ifndef LOOM_TOOLS_MEASURE_SAMPLE_H
#define LOOM_TOOLS_MEASURE_SAMPLE_H

#include "bench/peers.h"
#include "measure/candidates.h"
#include "measure/limits.h"
#include "measure/ring.h"

enum target_kind { TARGET_READ, TARGET_DOT, TARGET_KERNEL, TARGET_PEER };

struct target {
    enum target_kind kind;
    bool read_ahead;                   /* of TARGET_READ */
    const struct candidate *candidate; /* of TARGET_KERNEL */
    struct peer *peer;                 /* of TARGET_PEER */
    const struct bench_input *input;   /* of TARGET_KERNEL and TARGET_PEER */
    struct ring *ring;                 /* of matrices to read or multiply with; peers have theirs */
    size_t bytes;                      /* of one matrix */
};

/* What targets need to run. */
struct setting {
    struct team *team;
    const struct loom_probe *probe;
    loom_pool *pool;   /* that runs TARGET_KERNEL, or NULL: the team does */
    uint8_t *prepared; /* for whichever is running */
};

/* Of one repetition. */
struct timing {
    double seconds;
    double prepare; /* the part of it before the matmul; of TARGET_KERNEL */
    double macs;    /* multiply-adds of TARGET_DOT, all threads */
};

/* Runs `repetitions` times with all threads, each time with the next matrix of the ring. */
struct timing sample_run(const struct setting *setting, struct target *target, size_t repetitions);

#endif
