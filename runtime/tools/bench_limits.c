#define _GNU_SOURCE
#include "bench_limits.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double probe_seconds = 20e-6;
static const double quiet_within = 1.04;
enum { READ_UNIT = 256, FIRST_PROBES = 20 };

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static const struct loom_probe *highest_probe(void) {
    const struct loom_probe *best = NULL;
    loom_cpu cpu;
    loom_cpu_detect(&cpu, ~0u);
    for (size_t i = 0; i < loom_probe_count; i++) {
        const struct loom_probe *probe = &loom_probes[i];
        if (loom_isa_runs(&loom_registry.isas[probe->isa], cpu.features) &&
            (!best || probe->isa > best->isa)) {
            best = probe;
        }
    }
    return best;
}

struct dot {
    struct limits *limits;
    _Atomic uint64_t macs;
};

static void run_dot(struct team *team, unsigned thread, void *context) {
    struct dot *dot = context;
    (void)team, (void)thread;
    atomic_fetch_add(&dot->macs, dot->limits->probe->dot(dot->limits->rounds));
}

double limits_probe(struct limits *limits) {
    struct dot dot = {limits, 0};
    const double start = seconds_now();
    team_run(limits->team, run_dot, &dot);
    const double seconds = seconds_now() - start;
    limits->macs = (double)dot.macs;
    if (seconds < limits->best_seconds) {
        limits->best_seconds = seconds;
    }
    return seconds;
}

/* Starts anew: the shortest of a few probes of the present length. */
static double best_of_probes(struct limits *limits) {
    limits->best_seconds = 1e9;
    for (int i = 0; i < FIRST_PROBES; i++) {
        limits_probe(limits);
    }
    return limits->best_seconds;
}

void limits_start(struct limits *limits, struct team *team) {
    *limits = (struct limits){highest_probe(), team, 1, 1e9, 0};
    if (!limits->probe) {
        fprintf(stderr, "loom-bench: the library has no probe for this machine\n");
        exit(2);
    }
    while (best_of_probes(limits) < probe_seconds) {
        limits->rounds *= 2;
    }
}

bool limits_quiet(const struct limits *limits, double seconds) {
    return seconds <= quiet_within * limits->best_seconds;
}

double limits_dot_peak(const struct limits *limits) {
    return limits->macs / limits->best_seconds;
}

struct read {
    const struct limits *limits;
    const uint8_t *p;
    size_t bytes;
    _Atomic uint64_t sum;
};

static void run_read(struct team *team, unsigned thread, void *context) {
    struct read *read = context;
    const size_t units = read->bytes / READ_UNIT, threads = team_threads(team);
    const size_t begin = units * thread / threads, end = units * (thread + 1) / threads;
    if (begin < end) {
        atomic_fetch_add(&read->sum, read->limits->probe->read(read->p + begin * READ_UNIT,
                                                               (end - begin) * READ_UNIT));
    }
}

void limits_read(struct limits *limits, const void *p, size_t bytes) {
    struct read read = {limits, p, bytes, 0};
    team_run(limits->team, run_read, &read);
}
