#include "bench/row.h"

#include <math.h>

/* Names of kernels, formats, modes and machines need no escapes. */
static void text(FILE *file, const char *key, const char *value) {
    fprintf(file, "\"%s\":\"%s\",", key, value);
}

static void count(FILE *file, const char *key, size_t value) {
    fprintf(file, "\"%s\":%zu,", key, value);
}

static void number(FILE *file, const char *key, double value) {
    if (isfinite(value)) {
        fprintf(file, "\"%s\":%.6g,", key, value);
    } else {
        fprintf(file, "\"%s\":null,", key);
    }
}

static void truth(FILE *file, const char *key, bool value, const char *after) {
    fprintf(file, "\"%s\":%s%s", key, value ? "true" : "false", after);
}

static const char *family_name(unsigned family) {
    static const char *const names[] = {
        [LOOM_FAMILY_LUT] = "lut", [LOOM_FAMILY_DOT] = "dot", [LOOM_FAMILY_VECLUT] = "veclut"};
    return names[family];
}

static void write_problem_fields(FILE *file, const struct bench_row *row) {
    const struct bench_heading *heading = row->heading;
    text(file, "op", heading->n == 1 ? "gemv" : "gemm");
    count(file, "m", heading->matrix->w.m);
    count(file, "k", heading->matrix->w.k);
    count(file, "n", heading->n);
    text(file, "format", heading->matrix->name);
}

/* A peer has its name instead of all that describes a kernel of ours. */
static void write_kernel(FILE *file, const struct bench_row *row) {
    if (row->peer) {
        text(file, "peer", row->peer->name);
        text(file, "peer_isa", row->peer->isa);
        return;
    }
    text(file, "mode", mode_name((loom_mode)row->kernel->mode));
    text(file, "isa", loom_registry.isas[row->kernel->isa].name);
    text(file, "family", family_name(row->kernel->family));
    text(file, "schedule", bench_row_is_tmac(row) ? "tmac" : row->kernel->schedule);
    text(file, "kernel", row->kernel->name);
    text(file, "layout", row->kernel->layout->name);
    truth(file, "pool", row->heading->pooled, ",");
}

static void write_measured(FILE *file, const struct bench_row *row) {
    count(file, "threads", row->heading->threads);
    text(file, "residency", residency_name(row->heading->residency));
    number(file, "seconds", row->seconds);
    number(file, "prepare_seconds", row->prepare_seconds);
    number(file, "gmac_per_s", row->gmac_per_s);
    number(file, "gb_per_s", row->gb_per_s);
    number(file, "read_ratio", row->read_ratio);
    number(file, "dot_peak_ratio", row->dot_peak_ratio);
    count(file, "rounds", row->rounds);
    count(file, "quiet", row->quiet);
    number(file, "nmse", row->nmse);
    if (row->heading->energy) {
        number(file, "joules", row->joules);
        number(file, "joules_per_token", row->joules / (double)row->heading->n);
    }
}

void bench_json_write(FILE *file, const struct bench_row *row) {
    fputc('{', file);
    text(file, "cpu", row->heading->machine);
    write_problem_fields(file, row);
    write_kernel(file, row);
    write_measured(file, row);
    truth(file, "verified", row->verified, ",");
    truth(file, "chosen", row->chosen, "}\n");
    fflush(file);
}
