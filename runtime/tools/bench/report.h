/* Where rows go: the table, and JSON lines. */
#ifndef LOOM_TOOLS_BENCH_REPORT_H
#define LOOM_TOOLS_BENCH_REPORT_H

#include "bench/row.h"

struct bench_report {
    const struct measure_options *options;
    FILE *json;   /* NULL: none is asked for */
    size_t wrong; /* rows that are not what they must be */
};

/* Writes the rows of one group, the fastest first. Unless everything is asked for, of T-MAC's tiles
 * only the best counts, and of verified kernels those that were timed to the end. */
void bench_report_rows(struct bench_report *report, struct bench_row *rows, size_t count);

#endif
