#define _GNU_SOURCE
#include "energy/idle.h"

#include "common/seconds.h"

#include <time.h>

static const double idle_seconds = 1;
enum { STEP_NANOSECONDS = 20000000 };

void energy_watch_idle(struct energy *energy) {
    const struct energy_mark start = energy_mark(energy);
    while (energy->when < start.when + idle_seconds) {
        nanosleep(&(struct timespec){.tv_nsec = STEP_NANOSECONDS}, NULL);
        energy_read(energy, seconds_now());
    }
    energy->idle_watts = (energy->joules - start.joules) / (energy->when - start.when);
}

struct energy_mark energy_mark(struct energy *energy) {
    energy_read(energy, seconds_now());
    return (struct energy_mark){energy->joules, energy->when};
}

double energy_beyond_idle(struct energy *energy, struct energy_mark since) {
    const struct energy_mark now = energy_mark(energy);
    return now.joules - since.joules - energy->idle_watts * (now.when - since.when);
}
