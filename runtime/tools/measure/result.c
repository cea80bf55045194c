#include "measure/result.h"

#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_QUIET = 3 };

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values. */
static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, compare_doubles);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

double median_spread(double *values, size_t count) {
    /* Of a normal distribution: its deviation over the median absolute deviation, and the
     * deviation of the median over that of the mean. */
    static const double deviation_of_mad = 1.4826, of_median = 1.2533;
    const double middle = median(values, count);
    for (size_t i = 0; i < count; i++) {
        values[i] = fabs(values[i] - middle);
    }
    return of_median * deviation_of_mad * median(values, count) / sqrt((double)count);
}

/* ---- Frequency ------------------------------------------------------------------------- */

static size_t collect_cycles(const struct quiet *quiet, const struct samples *all, size_t count,
                             bool alone, double *cycles) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < all[i].count; j++) {
            const struct moment moment = all[i].list[j].moment;
            if (!alone || quiet_alone(quiet, moment)) {
                cycles[found++] = moment.cycle;
            }
        }
    }
    return found;
}

double usual_cycle(const struct quiet *quiet, const struct samples *all, size_t count) {
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += all[i].count;
    }
    double *cycles = bench_alloc(most * sizeof *cycles);
    size_t found = collect_cycles(quiet, all, count, true, cycles);
    if (!found) {
        found = collect_cycles(quiet, all, count, false, cycles);
    }
    const double usual = median(cycles, found);
    free(cycles);
    return usual;
}

/* ---- One target ------------------------------------------------------------------------ */

/* The quiet ones first, then the least disturbed. An interruption only ever adds time: of two
 * interrupted samples the shorter one had less of it. */
static int by_disturbance(const void *a, const void *b) {
    const struct sample *x = a, *y = b;
    if (x->quiet != y->quiet) {
        return y->quiet - x->quiet;
    }
    if (isinf(x->moment.issue) && isinf(y->moment.issue)) {
        return compare_doubles(&x->timing.seconds, &y->timing.seconds);
    }
    return compare_doubles(&x->moment.issue, &y->moment.issue);
}

/* Of the first `used` samples. */
static void take_medians(struct bench_result *result, const struct samples *samples) {
    const size_t count = result->used;
    double *seconds = bench_alloc(2 * count * sizeof *seconds), *prepare = seconds + count;
    for (size_t i = 0; i < count; i++) {
        seconds[i] = samples->list[i].timing.seconds;
        prepare[i] = samples->list[i].timing.prepare;
    }
    result->timing = samples->list[0].timing;
    result->timing.seconds = median(seconds, count);
    result->timing.prepare = median(prepare, count);
    result->noise = median_spread(seconds, count) / result->timing.seconds;
    free(seconds);
}

struct bench_result summarise(const struct quiet *quiet, double usual, struct samples *samples) {
    struct bench_result result = {.rounds = samples->count, .joules = NAN};
    for (size_t i = 0; i < samples->count; i++) {
        struct sample *sample = &samples->list[i];
        sample->quiet = quiet_alone(quiet, sample->moment) && quiet_steady(sample->moment, usual);
        result.quiet += sample->quiet;
    }
    qsort(samples->list, samples->count, sizeof *samples->list, by_disturbance);
    const size_t quarter = (samples->count + 3) / 4;
    result.used = result.quiet >= LEAST_QUIET ? result.quiet : quarter;
    take_medians(&result, samples);
    return result;
}
