#include "bench_row.h"

#include <math.h>

enum { WIDTH_NAME = 40, WIDTH_CELL = 12 };

void bench_table_heading(FILE *file, const struct bench_heading *heading) {
    const struct reference_weights *w = &heading->matrix->w;
    fprintf(file, "\n%s %zux%zu, N=%zu, %s, %u thread%s; int8 dot peak %.0f GMAC/s\n",
            heading->matrix->name, w->m, w->k, heading->n, residency_name(heading->residency),
            heading->threads, heading->threads > 1 ? "s" : "", 1e-9 * heading->dot_peak);
    fprintf(file, "  %-*s %9s %8s %7s %8s %8s %8s %8s %9s\n", WIDTH_NAME, "kernel", "ms", "GMAC/s",
            "GB/s", "of reads", "of peak", "x T-MAC", "NMSE", "quiet");
}

/* A number in `cell`, or a dash for what was not measured. */
static const char *show(char cell[WIDTH_CELL], const char *format, double value) {
    if (isnan(value)) {
        snprintf(cell, WIDTH_CELL, "-");
    } else {
        snprintf(cell, WIDTH_CELL, format, value);
    }
    return cell;
}

static void write_numbers(FILE *file, const struct bench_row *row) {
    char cell[WIDTH_CELL];
    fprintf(file, " %9s", show(cell, row->seconds < 1 ? "%.4f" : "%.1f", 1e3 * row->seconds));
    fprintf(file, " %8s", show(cell, "%.1f", row->gmac_per_s));
    fprintf(file, " %7s", show(cell, "%.1f", row->gb_per_s));
    fprintf(file, " %8s", show(cell, "%.2f", row->read_ratio));
    fprintf(file, " %8s", show(cell, "%.2f", row->dot_peak_ratio));
    fprintf(file, " %8s", show(cell, "%.2f", row->tmac_ratio));
    fprintf(file, " %8s", show(cell, "%.1e", row->nmse));
}

/* A star marks the row that the runtime chooses. */
void bench_table_write(FILE *file, const struct bench_row *row) {
    char name[96], quiet[24];
    snprintf(name, sizeof name, "%s %s %s", row->kernel->schedule,
             mode_name((loom_mode)row->kernel->mode), loom_registry.isas[row->kernel->isa].name);
    fprintf(file, "%c %-*s", row->chosen ? '*' : ' ', WIDTH_NAME, name);
    write_numbers(file, row);
    snprintf(quiet, sizeof quiet, "%zu/%zu", row->quiet, row->rounds);
    fprintf(file, " %9s\n", row->verified ? quiet : "WRONG");
    fflush(file);
}
