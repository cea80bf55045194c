/* What the samples of one target come to. */
#ifndef LOOM_TOOLS_MEASURE_RESULT_H
#define LOOM_TOOLS_MEASURE_RESULT_H

#include "measure/quiet.h"
#include "measure/sample.h"

struct sample {
    struct timing timing;
    struct moment moment; /* the worse one of those before and after */
    bool quiet;           /* undisturbed; set by summarise */
};

struct samples {
    struct sample *list;
    size_t count, room;
};

struct bench_result {
    struct timing timing; /* medians */
    double noise;         /* what timing.seconds may be off by, as a share of it */
    size_t rounds, quiet; /* samples, and how many of them were undisturbed */
    size_t used;          /* samples that the medians are of */
    double joules;        /* NAN where they are not known */
};

/* Seconds of a cycle in most of the samples that had their cores alone; without one, in most. */
double usual_cycle(const struct quiet *quiet, const struct samples *all, size_t count);

/* The spread of a median of `count` values, by their median absolute deviation: what a standard
 * error is to a mean. Sorts the values. */
double median_spread(double *values, size_t count);

/* Medians of the quiet samples; with fewer than 3 of them, of the least disturbed quarter.
 * Changes the order of the samples. */
struct bench_result summarise(const struct quiet *quiet, double usual_cycle,
                              struct samples *samples);

#endif
