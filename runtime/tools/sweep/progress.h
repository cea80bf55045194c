/* How far a sweep is, on stderr: one line that is written over on a terminal, elsewhere a line a
 * problem. */
#ifndef LOOM_TOOLS_SWEEP_PROGRESS_H
#define LOOM_TOOLS_SWEEP_PROGRESS_H

#include "sweep/problems.h"
#include "sweep/watch.h"

struct progress {
    const struct sweep_problem *problem; /* the present one */
    size_t number, count;                /* its, from 1 on; of all to be measured */
    double start, end;                   /* of the run, at the latest */
    double shown;                        /* when */
    const struct watch *watch;
};

/* For struct race: `context` is the progress. */
void progress_show(void *context, size_t stage, size_t kernels);

/* Leaves nothing of the line on a terminal. */
void progress_clear(void);

/* Ends the line of a problem, with a word on how it went. */
void progress_finish(const struct progress *progress, const char *outcome);

#endif
