#include "bench_row.h"

#include <math.h>

struct bench_row bench_row_make(const struct bench_heading *heading, const struct candidate *c,
                                const struct bench_result *result) {
    struct bench_row row = {.heading = heading,
                            .kernel = c->kernel,
                            .chosen = c->chosen,
                            .verified = c->verified,
                            .rounds = result->rounds,
                            .quiet = result->quiet,
                            .nmse = c->nmse};
    const double macs = (double)c->plan.m * (double)c->plan.k * (double)heading->n;
    const double seconds = c->verified ? result->timing.seconds : NAN;
    row.seconds = seconds;
    row.prepare_seconds = c->verified ? result->timing.prepare : NAN;
    row.gmac_per_s = 1e-9 * macs / seconds;
    row.gb_per_s = 1e-9 * (double)c->weight_bytes / seconds;
    row.read_ratio = (double)c->weight_bytes / seconds / heading->read_bandwidth;
    row.dot_peak_ratio = macs / seconds / heading->dot_peak;
    row.tmac_ratio = NAN;
    return row;
}

const char *bench_row_schedule(const struct bench_row *row) {
    return row->kernel->tmac ? "tmac" : row->kernel->schedule;
}
