/* Measuring a field by successive halving. */
#ifndef LOOM_TOOLS_SWEEP_RACE_H
#define LOOM_TOOLS_SWEEP_RACE_H

#include "sweep/field.h"
#include "sweep/watch.h"

#include <signal.h>

struct race {
    double end;                        /* seconds_now() at which it is over at the latest */
    const volatile sig_atomic_t *stop; /* not 0: over at once */
    struct watch *watch;
    void (*show)(void *context, size_t stage, size_t kernels); /* called now and then */
    void *context;
};

/* All contenders in stage one, the better half of them in the next for as long, until the rest is
 * told apart or the time is over; then the contest has what was measured. Incumbents are measured
 * whatever the time. */
void sweep_race(struct field *field, struct copies *copies, const struct race *race);

#endif
