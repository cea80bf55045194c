#define _GNU_SOURCE
#include "measure/quiet.h"

#include "common/seconds.h"
#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Of one pass of a probe: short beside a sample, long beside reading the clock. */
static const double pass_seconds = 5e-6;

/* From several thousand samples on a busy host: with the core to itself the issue probe takes one
 * of two numbers of cycles, 7 % apart, and everything else runs the same in both. The next state
 * begins at 17 %: a GEMV in the level 2 cache then takes 20 to 25 % longer. With a neighbour that
 * computes, at 80 to 110 %, it takes 35 % longer, a GEMM and the dot product peak 40 to 50 %. */
static const double alone_within = 1.1;

/* The frequency wanders by 3 % to each side over seconds; a sample at another one than its fellows
 * is no measure of the same thing. */
static const double steady_within = 0.03;

/* Between the two passes of the chain an interruption shows as a difference. */
static const double same_within = 0.02;

enum { ISSUE_BYTES = 4096, WARM_PART = 8, FIRST_PROBES = 20 };

/* On cache lines of its own: each thread writes its moment. */
struct core {
    _Alignas(64) uint8_t bytes[ISSUE_BYTES];
    struct moment moment;
    uint64_t checksum;
};

/* One multiplication and one addition a round, each waiting for the one before. */
static uint64_t chain(uint64_t rounds) {
    uint64_t x = rounds;
    for (uint64_t round = 0; round < rounds; round++) {
        x = x * (rounds | 1) + rounds;
    }
    return x;
}

static double time_chain(struct core *core, uint64_t rounds) {
    const double start = seconds_now();
    core->checksum += chain(rounds);
    return (seconds_now() - start) / (double)rounds;
}

static double time_issue(struct core *core, const struct loom_probe *probe, uint64_t rounds) {
    const double start = seconds_now();
    core->checksum += probe->issue(core->bytes, rounds);
    return (seconds_now() - start) / (double)rounds;
}

/* How often the calling thread had to leave its CPU. */
static uint64_t preemptions(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) ? 0 : (uint64_t)usage.ru_nivcsw;
}

/* The first rounds bring code and data back into the caches and are not timed. */
static void probe_core(struct team *team, unsigned thread, void *context) {
    const struct quiet *quiet = context;
    struct core *core = &quiet->cores[thread];
    (void)team;
    time_chain(core, quiet->rounds / WARM_PART + 1);
    time_issue(core, quiet->probe, quiet->rounds / WARM_PART + 1);
    const double before = time_chain(core, quiet->rounds);
    const double issue = time_issue(core, quiet->probe, 2 * quiet->rounds);
    const double after = time_chain(core, quiet->rounds);
    const double cycle = (before + after) / 2;
    const bool same = fabs(before - after) <= same_within * cycle;
    core->moment = (struct moment){cycle, same ? issue / cycle : INFINITY, preemptions()};
}

struct moment moment_between(struct moment before, struct moment after) {
    const bool stayed = before.preemptions == after.preemptions;
    return (struct moment){fmax(before.cycle, after.cycle),
                           stayed ? fmax(before.issue, after.issue) : INFINITY, after.preemptions};
}

static void keep_least(struct quiet *quiet, double issue) {
    for (int i = 0; i < QUIET_RANKS; i++) {
        if (issue < quiet->least[i]) {
            const double next = quiet->least[i];
            quiet->least[i] = issue;
            issue = next;
        }
    }
}

struct moment quiet_probe(struct quiet *quiet) {
    struct moment worst = {0, 0, 0};
    team_run(quiet->team, probe_core, quiet);
    for (unsigned i = 0; i < team_threads(quiet->team); i++) {
        const struct moment moment = quiet->cores[i].moment;
        worst = (struct moment){fmax(worst.cycle, moment.cycle), fmax(worst.issue, moment.issue),
                                worst.preemptions + moment.preemptions};
    }
    keep_least(quiet, worst.issue);
    return worst;
}

static void forget_least(struct quiet *quiet) {
    for (int i = 0; i < QUIET_RANKS; i++) {
        quiet->least[i] = INFINITY;
    }
}

/* The shortest of a few probes. */
static double shortest_cycle(struct quiet *quiet) {
    double shortest = INFINITY;
    for (int i = 0; i < FIRST_PROBES; i++) {
        shortest = fmin(shortest, quiet_probe(quiet).cycle);
    }
    return shortest;
}

void quiet_start(struct quiet *quiet, struct team *team, const struct loom_probe *probe) {
    *quiet = (struct quiet){.team = team, .probe = probe, .rounds = 256};
    quiet->cores = bench_alloc(team_threads(team) * sizeof *quiet->cores);
    forget_least(quiet);
    quiet->rounds = (uint64_t)(pass_seconds / shortest_cycle(quiet)) + 1;
    forget_least(quiet);
}

void quiet_stop(struct quiet *quiet) {
    free(quiet->cores);
}

/* Not the very lowest: a single moment may be a mistake of the clock. */
bool quiet_alone(const struct quiet *quiet, struct moment moment) {
    return moment.issue <= alone_within * quiet->least[QUIET_RANKS - 1];
}

bool quiet_steady(struct moment moment, double usual_cycle) {
    return fabs(moment.cycle / usual_cycle - 1) <= steady_within;
}
