/* A measured row, and the two ways to write it. */
#ifndef LOOM_TOOLS_BENCH_ROW_H
#define LOOM_TOOLS_BENCH_ROW_H

#include "bench/measure.h"

#include <stdio.h>

/* What all rows of a group share. */
struct bench_heading {
    const struct bench_matrix *matrix;
    size_t n;
    unsigned threads;
    enum loom_residency residency;
    /* The limits, in bytes and in multiply-adds a second. */
    double read_bandwidth, dot_peak;
    bool energy; /* was measured */
    bool pooled; /* a pool multiplied */
    const char *machine;
};

struct bench_row {
    const struct bench_heading *heading;
    const struct loom_kernel *kernel; /* NULL on a peer's row */
    const struct peer *peer;          /* NULL on a kernel's row */
    bool chosen, verified;
    size_t rounds, quiet;
    double nmse;
    /* NAN on rows that are not verified, or were not timed to the end */
    double seconds, prepare_seconds;
    double gmac_per_s, gb_per_s;
    double read_ratio, dot_peak_ratio; /* 1: as fast as the machine reads, multiplies */
    double joules;                     /* of a matmul, all its tokens; NAN where not known */
    double tmac_ratio;                 /* T-MAC's best time over this one; NAN without T-MAC */
};

struct bench_row bench_row_of_kernel(const struct bench_heading *heading, const struct candidate *c,
                                     const struct bench_result *result);
struct bench_row bench_row_of_peer(const struct bench_heading *heading, const struct peer *peer,
                                   const struct bench_result *result);

/* Whether the kernel is one of T-MAC's schedule. */
bool bench_row_is_tmac(const struct bench_row *row);

void bench_json_write(FILE *file, const struct bench_row *row);

/* The heading of the table, and one line a row. */
void bench_table_heading(FILE *file, bool energy);
void bench_table_write(FILE *file, const struct bench_row *row);

#endif
