/* Verifying many units in several processes, so that a kernel that ruins its own process takes
 * nothing else with it. */
#ifndef LOOM_TOOLS_VERIFY_JOBS_H
#define LOOM_TOOLS_VERIFY_JOBS_H

#include "verify/units.h"

#include <stdatomic.h>

enum { LATE_CALLS = 10 };
enum outcome_state { NEVER_CHECKED, RUNNING, PASSED, FAILED, SKIPPED };

/* Shared by the processes. */
struct outcome {
    _Atomic int state;
    int worker;          /* the process that took it */
    _Atomic int started; /* when, in whole seconds */
    char text[VERIFY_TEXT];
};

/* One outcome a unit, all NEVER_CHECKED. Exits with a message when there is no memory. */
struct outcome *outcomes_make(size_t count);
void outcomes_free(struct outcome *outcomes, size_t count);

/* Verifies the units that are NEVER_CHECKED, `jobs` at a time. One that its own process cannot end
 * any more, LATE_CALLS times verify->seconds after it began, has failed. Shows how far it is on
 * stderr when that is a terminal. */
void jobs_run(const struct units *units, struct outcome *outcomes, const struct verify *verify,
              unsigned jobs);

#endif
