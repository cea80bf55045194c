#include "bench_report.h"

#include <math.h>
#include <stdlib.h>

static int by_seconds(const void *a, const void *b) {
    const double x = ((const struct bench_row *)a)->seconds;
    const double y = ((const struct bench_row *)b)->seconds;
    if (isnan(x) || isnan(y)) {
        return isnan(x) - isnan(y);
    }
    return (x > y) - (x < y);
}

/* The fastest of T-MAC's rows, or NULL. rows are sorted. */
static const struct bench_row *best_tmac(const struct bench_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bench_row_is_tmac(&rows[i]) && rows[i].verified) {
            return &rows[i];
        }
    }
    return NULL;
}

/* T-MAC's own row goes to the table only with all candidates, or when it is wrong: without
 * them its ratio stands beside ours. */
static void write_row(struct bench_report *report, struct bench_row *row, double tmac_seconds) {
    row->tmac_ratio = tmac_seconds / row->seconds;
    const bool shown = report->options->all || row->chosen || row->peer || !row->verified;
    if (report->options->table && shown) {
        bench_table_write(stdout, row);
    }
    if (report->json) {
        bench_json_write(report->json, row);
    }
    report->wrong += !row->verified;
}

void bench_report_rows(struct bench_report *report, struct bench_row *rows, size_t count) {
    qsort(rows, count, sizeof *rows, by_seconds);
    const struct bench_row *tmac = best_tmac(rows, count);
    const double tmac_seconds = tmac ? tmac->seconds : NAN;
    for (size_t i = 0; i < count; i++) {
        const bool other_tile = bench_row_is_tmac(&rows[i]) && &rows[i] != tmac && rows[i].verified;
        if (report->options->all || rows[i].chosen || !other_tile) {
            write_row(report, &rows[i], tmac_seconds);
        }
    }
}
