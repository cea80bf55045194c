/* What is timed together, sample by sample, between probes of the cores. */
#ifndef LOOM_TOOLS_MEASURE_SESSION_H
#define LOOM_TOOLS_MEASURE_SESSION_H

#include "measure/result.h"

struct entry {
    struct target target;
    size_t repetitions; /* in a sample; 0 until session_time has been called */
    bool warmed;        /* runs once before each sample */
    double spent;       /* seconds on its samples so far */
};

struct session {
    struct quiet *quiet;
    struct setting setting;
    enum loom_residency residency;
    struct entry *entries;
    struct samples *samples; /* one an entry */
    size_t count;
};

/* A sample is at least as long: long beside its probes and short beside a disturbance. */
extern const double session_sample_seconds;
/* Beside this, one pass over the weights from DRAM instead of a cache is little. */
extern const double session_long_seconds;

/* No entries, and room for so many. */
struct session session_make(struct quiet *quiet, enum loom_residency residency, size_t room);
/* The targets' rings belong to the caller. */
void session_free(struct session *session);
void session_add(struct session *session, const struct target *target);

/* Runs the entry at `index` and sets its repetitions to as many as make a sample long enough. What
 * the others left in the caches is no part of a matrix's time that stays in them: `warmed` is set,
 * unless that hardly shows. Returns the seconds of one repetition. */
double session_time(const struct session *session, size_t index);

/* Adds a sample to those of the entry at `index`, with a probe before and after it. */
void session_sample(const struct session *session, size_t index);

/* The entry's samples from the `first`-th on count as disturbed. */
void session_void(const struct session *session, size_t index, size_t first);

#endif
