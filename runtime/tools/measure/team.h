/* Threads on CPUs of their own that run one function together, again and again. */
#ifndef LOOM_TOOLS_MEASURE_TEAM_H
#define LOOM_TOOLS_MEASURE_TEAM_H

#include <stdbool.h>

struct team;
typedef void team_fn(struct team *team, unsigned thread, void *context);

/* Starts threads 1 .. threads - 1; the caller is thread 0. Each is pinned to a CPU; *pinned
 * says whether the system allowed it. Ends the program with a message when a thread cannot be
 * started. */
struct team *team_start(unsigned threads, bool *pinned);
void team_stop(struct team *team);

/* Calls start on the CPUs of threads 1 .. threads - 1, for the threads that it starts. */
void team_lend_cpus(struct team *team, void (*start)(void *context), void *context);

unsigned team_threads(const struct team *team);

/* Runs work on all threads and returns when all are done. */
void team_run(struct team *team, team_fn *work, void *context);

/* Within work: waits, spinning, until every thread is here. */
void team_wait(struct team *team);

#endif
