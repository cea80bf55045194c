#include "bench/row.h"

#include <math.h>

/* Adds what was measured, with `bytes` of weights. */
static void add_measured(struct bench_row *row, size_t bytes, const struct bench_result *result) {
    const struct bench_heading *heading = row->heading;
    const struct reference_weights *w = &heading->matrix->w;
    const double macs = (double)w->m * (double)w->k * (double)heading->n;
    const bool timed = row->verified && result->rounds;
    const double seconds = timed ? result->timing.seconds : NAN;
    row->rounds = result->rounds;
    row->quiet = result->quiet;
    row->seconds = seconds;
    row->prepare_seconds = timed && row->kernel && !heading->pooled ? result->timing.prepare : NAN;
    row->gmac_per_s = 1e-9 * macs / seconds;
    row->gb_per_s = 1e-9 * (double)bytes / seconds;
    row->read_ratio = (double)bytes / seconds / heading->read_bandwidth;
    row->dot_peak_ratio = macs / seconds / heading->dot_peak;
    row->joules = timed ? result->joules : NAN;
    row->tmac_ratio = NAN;
}

struct bench_row bench_row_of_kernel(const struct bench_heading *heading, const struct candidate *c,
                                     const struct bench_result *result) {
    struct bench_row row = {.heading = heading,
                            .kernel = c->kernel,
                            .chosen = c->chosen,
                            .verified = c->verified,
                            .nmse = c->nmse};
    add_measured(&row, c->weight_bytes, result);
    return row;
}

struct bench_row bench_row_of_peer(const struct bench_heading *heading, const struct peer *peer,
                                   const struct bench_result *result) {
    struct bench_row row = {
        .heading = heading, .peer = peer, .verified = peer->verified, .nmse = peer->nmse};
    add_measured(&row, peer->bytes, result);
    return row;
}

bool bench_row_is_tmac(const struct bench_row *row) {
    return row->kernel && row->kernel->tmac;
}
