#include "bench/row.h"

#include <math.h>

enum { WIDTH_KERNEL = 38, WIDTH_CELL = 12 };

void bench_table_heading(FILE *file, bool energy) {
    fprintf(file, "  %-8s %-11s %4s %-5s %-*s %8s %7s %6s %6s %6s %6s %8s %8s%s\n", "format",
            "M x K", "N", "in", WIDTH_KERNEL, "kernel", "ms", "GMAC/s", "GB/s", "/reads", "/peak",
            "/T-MAC", "NMSE", "quiet", energy ? "       mJ mJ/token" : "");
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

static void write_problem(FILE *file, const struct bench_heading *heading) {
    const struct reference_weights *w = &heading->matrix->w;
    char shape[WIDTH_CELL * 2];
    snprintf(shape, sizeof shape, "%zux%zu", w->m, w->k);
    fprintf(file, " %-8s %-11s %4zu %-5s", heading->matrix->name, shape, heading->n,
            residency_name(heading->residency));
}

static void write_numbers(FILE *file, const struct bench_row *row) {
    char cell[WIDTH_CELL];
    fprintf(file, " %8s", show(cell, "%.4f", 1e3 * row->seconds));
    fprintf(file, " %7s", show(cell, "%.1f", row->gmac_per_s));
    fprintf(file, " %6s", show(cell, "%.1f", row->gb_per_s));
    fprintf(file, " %6s", show(cell, "%.2f", row->read_ratio));
    fprintf(file, " %6s", show(cell, "%.2f", row->dot_peak_ratio));
    fprintf(file, " %6s", show(cell, "%.2f", row->tmac_ratio));
    fprintf(file, " %8s", show(cell, "%.1e", row->nmse));
}

/* Millijoules of a matmul, and of each of its tokens. */
static void write_energy(FILE *file, const struct bench_row *row) {
    char cell[WIDTH_CELL];
    fprintf(file, " %8s", show(cell, "%.4g", 1e3 * row->joules));
    fprintf(file, " %8s", show(cell, "%.4g", 1e3 * row->joules / (double)row->heading->n));
}

/* A star marks the row that the runtime chooses. */
void bench_table_write(FILE *file, const struct bench_row *row) {
    char name[96], quiet[24];
    if (row->peer) {
        snprintf(name, sizeof name, "%s", row->peer->name);
    } else {
        snprintf(name, sizeof name, "%s %s %s", row->kernel->schedule,
                 mode_name((loom_mode)row->kernel->mode),
                 loom_registry.isas[row->kernel->isa].name);
    }
    fputc(row->chosen ? '*' : ' ', file);
    write_problem(file, row->heading);
    fprintf(file, " %-*s", WIDTH_KERNEL, name);
    write_numbers(file, row);
    snprintf(quiet, sizeof quiet, "%zu/%zu", row->quiet, row->rounds);
    fprintf(file, " %8s", row->verified ? quiet : "WRONG");
    if (row->heading->energy) {
        write_energy(file, row);
    }
    fputc('\n', file);
    fflush(file);
}
