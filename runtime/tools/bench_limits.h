/* What the machine can do at most, measured between the samples. */
#ifndef LOOM_TOOLS_BENCH_LIMITS_H
#define LOOM_TOOLS_BENCH_LIMITS_H

#include "bench_team.h"
#include "tools.h"

struct limits {
    const struct loom_probe *probe; /* of the highest ISA that the machine runs */
    struct team *team;
    uint64_t rounds;     /* of one dot probe on each thread */
    double best_seconds; /* the shortest dot probe so far */
    double macs;         /* multiply-adds of one dot probe, all threads */
};

/* Finds the probe and how long it has to run. Ends the program when there is none. */
void limits_start(struct limits *limits, struct team *team);

/* Runs the dot probe: its seconds, longer than the best when something disturbs the core. */
double limits_probe(struct limits *limits);

/* Whether a probe of this length was run on an undisturbed core. */
bool limits_quiet(const struct limits *limits, double seconds);

/* Multiply-adds a second of the best dot probe. */
double limits_dot_peak(const struct limits *limits);

/* Reads bytes (a multiple of 256) at p with all threads. */
void limits_read(struct limits *limits, const void *p, size_t bytes);

/* Seconds since some moment. */
double seconds_now(void);

#endif
