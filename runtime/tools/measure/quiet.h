/* Whether the cores are ours alone: short probes before and after every sample. A sample is quiet
 * where quiet_alone and quiet_steady both say so of it (summarise in result.c); quiet.c has the
 * bounds.
 *
 * On a shared machine another program can run on the other hardware thread of our core. It then
 * takes issue slots and execution ports, which a loop of dot products in registers hardly
 * notices, but a kernel does. So one probe fills every slot (struct loom_probe.issue), and
 * another one, a chain of multiplications that each wait for the one before, tells how long a
 * cycle is at the moment. The first one's time in cycles is a constant of the CPU when nothing
 * else runs on the core, whatever the frequency. What the system runs on the same hardware
 * thread, it counts itself. */
#ifndef LOOM_TOOLS_MEASURE_QUIET_H
#define LOOM_TOOLS_MEASURE_QUIET_H

#include "measure/team.h"
#include "tools.h"

enum { QUIET_RANKS = 5 };

struct quiet {
    struct team *team;
    const struct loom_probe *probe;
    uint64_t rounds;           /* of each probe */
    double least[QUIET_RANKS]; /* the lowest `issue` of all moments, ascending */
    struct core *cores;        /* one a thread */
};

/* The state of the worst of the cores. */
struct moment {
    double cycle; /* seconds of one step of the chain */
    double issue; /* of the other probe's round over that; INFINITY when something interrupted */
    uint64_t preemptions; /* how often the system has given a core to someone else so far */
};

void quiet_start(struct quiet *quiet, struct team *team, const struct loom_probe *probe);
void quiet_stop(struct quiet *quiet);

/* Probes all cores: about 20 us. */
struct moment quiet_probe(struct quiet *quiet);

/* What a sample between two moments has seen. */
struct moment moment_between(struct moment before, struct moment after);

/* Whether nothing else ran on the cores, as far as the best moments of the whole run tell. */
bool quiet_alone(const struct quiet *quiet, struct moment moment);

/* Whether a cycle took as long as usual. */
bool quiet_steady(struct moment moment, double usual_cycle);

#endif
