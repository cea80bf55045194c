#include "bench/report.h"

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
    const bool all = report->options->kernels == KERNELS_ALL;
    const bool shown = all || row->chosen || row->peer || !row->verified;
    if (report->options->table && shown) {
        bench_table_write(stdout, row);
    }
    if (report->json) {
        bench_json_write(report->json, row);
    }
    report->wrong += !row->verified;
}

static bool is_wanted(const struct bench_report *report, const struct bench_row *row,
                      const struct bench_row *tmac) {
    const bool measured = row->rounds > 0, other_tile = bench_row_is_tmac(row) && row != tmac;
    return report->options->kernels == KERNELS_ALL || row->chosen || !row->verified ||
           (measured && !other_tile);
}

void bench_report_rows(struct bench_report *report, struct bench_row *rows, size_t count) {
    qsort(rows, count, sizeof *rows, by_seconds);
    const struct bench_row *tmac = best_tmac(rows, count);
    const double tmac_seconds = tmac ? tmac->seconds : NAN;
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(report, &rows[i], tmac)) {
            write_row(report, &rows[i], tmac_seconds);
        }
    }
}
