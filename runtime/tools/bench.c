/* loom-bench: how fast the library's kernels are on this machine. */
#include "bench_memory.h"
#include "bench_problems.h"
#include "bench_row.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t most_dram_bytes = (size_t)1 << 30;
enum { PARTIAL_NAME = 4096 };
static const size_t usual_cache_bytes = (size_t)32 << 20; /* where the system does not tell */

struct bench {
    const struct arguments *arguments;
    struct bench_options options;
    FILE *json; /* NULL: none is asked for */
    struct quiet quiet;
    size_t dram_bytes;
    size_t groups, groups_done; /* tables to write */
    size_t wrong;               /* rows that are not what the reference says */
};

/* ---- Rows ------------------------------------------------------------------------------ */

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
        if (rows[i].kernel->tmac && rows[i].verified) {
            return &rows[i];
        }
    }
    return NULL;
}

/* T-MAC's own row goes to the table only with all candidates, or when it is wrong: without
 * them its ratio stands beside ours. */
static void write_row(struct bench *bench, struct bench_row *row, double tmac_seconds) {
    row->tmac_ratio = tmac_seconds / row->seconds;
    const bool shown = bench->options.all || row->chosen || !row->verified;
    if (bench->options.table && shown) {
        bench_table_write(stdout, row);
    }
    if (bench->json) {
        bench_json_write(bench->json, row);
    }
    bench->wrong += !row->verified;
}

/* Of T-MAC's tiles only the best counts, unless everything is asked for or one is wrong. */
static void write_rows(struct bench *bench, struct bench_row *rows, size_t count) {
    qsort(rows, count, sizeof *rows, by_seconds);
    const struct bench_row *tmac = best_tmac(rows, count);
    const double tmac_seconds = tmac ? tmac->seconds : NAN;
    for (size_t i = 0; i < count; i++) {
        const bool other_tile = rows[i].kernel->tmac && &rows[i] != tmac && rows[i].verified;
        if (bench->options.all || rows[i].chosen || !other_tile) {
            write_row(bench, &rows[i], tmac_seconds);
        }
    }
}

/* ---- Groups ---------------------------------------------------------------------------- */

static void show_progress(struct bench *bench, const struct bench_matrix *matrix, size_t n) {
    bench->groups_done++;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%zu of %zu: %s %zux%zu N=%zu", bench->groups_done, bench->groups,
                matrix->name, matrix->w.m, matrix->w.k, n);
    }
}

static void clear_progress(void) {
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K");
    }
}

static void run_group(struct bench *bench, const struct bench_group *group,
                      struct bench_heading *heading) {
    const struct candidates *candidates = group->candidates;
    struct bench_results results = {.kernels = calloc(candidates->count, sizeof *results.kernels)};
    struct bench_row *rows = calloc(candidates->count, sizeof *rows);
    if (!results.kernels || !rows) {
        arguments_fail(bench->arguments, "no memory");
    }
    show_progress(bench, heading->matrix, heading->n);
    bench_measure(&bench->quiet, group, &results);
    clear_progress();
    heading->read_bandwidth = results.read_bandwidth;
    heading->dot_peak = results.dot_peak;
    for (size_t i = 0; i < candidates->count; i++) {
        rows[i] = bench_row_make(heading, &candidates->list[i], &results.kernels[i]);
    }
    write_rows(bench, rows, candidates->count);
    free(results.kernels);
    free(rows);
}

static void run_residencies(struct bench *bench, struct candidates *candidates,
                            const struct bench_input *input) {
    for (size_t i = 0; i < bench->options.residency_count; i++) {
        const struct bench_group group = {candidates, input, bench->options.residency[i],
                                          bench->dram_bytes, bench->options.seconds};
        struct bench_heading heading = {.matrix = input->matrix,
                                        .n = input->n,
                                        .threads = bench->options.threads,
                                        .residency = group.residency};
        run_group(bench, &group, &heading);
    }
}

static void run_tokens(struct bench *bench, struct bench_matrix *matrix, size_t n) {
    struct bench_input input;
    struct candidates candidates;
    bench_input_make(&input, matrix, n, bench->options.seed);
    const loom_status status = candidates_make(&candidates, &bench->options, matrix, &input);
    if (status != LOOM_OK) {
        arguments_fail(bench->arguments, "%s %zux%zu: %s", matrix->name, matrix->w.m, matrix->w.k,
                       loom_status_text(status));
    }
    run_residencies(bench, &candidates, &input);
    candidates_free(&candidates);
    bench_input_free(&input);
}

static void run_problem(struct bench *bench, const struct bench_problem *problem) {
    struct bench_matrix matrix;
    bench_matrix_make(&matrix, problem->name, problem->m, problem->k, bench->options.seed);
    for (size_t i = 0; i < bench->options.n_count; i++) {
        run_tokens(bench, &matrix, bench->options.n[i]);
    }
    bench_matrix_free(&matrix);
}

/* ---- The run --------------------------------------------------------------------------- */

static bool wants_dram(const struct bench_options *options) {
    for (size_t i = 0; i < options->residency_count; i++) {
        if (options->residency[i] == RESIDENCY_DRAM) {
            return true;
        }
    }
    return false;
}

/* More than twice the last-level cache, so that no matrix is found there again. */
static size_t find_dram_bytes(const struct bench_options *options) {
    const size_t told = bench_last_level_cache(), cache = told ? told : usual_cache_bytes;
    if (2 * cache <= most_dram_bytes) {
        return 2 * cache;
    }
    if (wants_dram(options)) {
        fprintf(stderr,
                "loom-bench: dram: the matrices hold %zu MiB, too little for a cache of %zu MiB\n",
                most_dram_bytes >> 20, cache >> 20);
    }
    return most_dram_bytes;
}

static void print_preamble(const struct bench *bench) {
    loom_cpu cpu;
    loom_cpu_detect(&cpu, bench->options.features);
    if (!bench->options.table) {
        return;
    }
    printf("%s, limits measured with %s, %u thread%s, seed %" PRIu64 "\n", cpu.isa,
           loom_registry.isas[bench->quiet.probe->isa].name, bench->options.threads,
           bench->options.threads > 1 ? "s" : "", bench->options.seed);
    printf("/reads: bytes of weights a second over the read bandwidth of as much memory\n"
           "/peak: multiply-adds a second over the peak of int8 dot products with that ISA\n"
           "/T-MAC: speed over that of T-MAC's published schedule, which has no kernel for N > 1\n"
           "quiet: rounds that no neighbour disturbed; * what the runtime chooses\n\n");
    bench_table_heading(stdout);
}

static void run_problems(struct bench *bench, const struct bench_problems *problems) {
    const struct bench_options *options = &bench->options;
    bench->groups = problems->count * options->n_count * options->residency_count;
    for (size_t i = 0; i < problems->count; i++) {
        run_problem(bench, &problems->list[i]);
    }
}

static void measure(struct bench *bench, const struct bench_problems *problems) {
    bool pinned;
    struct team *team = team_start(bench->options.threads, &pinned);
    if (!pinned) {
        fprintf(stderr, "loom-bench: the system does not let threads be pinned to CPUs\n");
    }
    quiet_start(&bench->quiet, team, limits_probe(bench->options.features));
    bench->dram_bytes = find_dram_bytes(&bench->options);
    print_preamble(bench);
    run_problems(bench, problems);
    quiet_stop(&bench->quiet);
    team_stop(team);
}

/* Rows go to a file beside the one asked for, which takes its name when all of them are there. */
static void partial_name(const struct bench_options *options, char name[PARTIAL_NAME]) {
    snprintf(name, PARTIAL_NAME, "%s.partial", options->json_name);
}

static FILE *open_json(const struct arguments *a, const struct bench_options *options) {
    if (!options->json || !options->json_name) {
        return options->json ? stdout : NULL;
    }
    char name[PARTIAL_NAME];
    partial_name(options, name);
    FILE *file = fopen(name, "w");
    if (!file) {
        arguments_fail(a, "--json %s: cannot be written: %s", options->json_name, strerror(errno));
    }
    return file;
}

static void close_json(const struct arguments *a, const struct bench_options *options, FILE *file) {
    char name[PARTIAL_NAME];
    partial_name(options, name);
    const bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || rename(name, options->json_name) != 0) {
        const int reason = errno;
        remove(name);
        arguments_fail(a, "--json %s: cannot be written: %s", options->json_name, strerror(reason));
    }
}

int main(int argc, char **argv) {
    struct arguments a = arguments_make("loom-bench", argc, argv);
    struct bench bench = {.arguments = &a, .options = bench_options_read(&a)};
    struct bench_problems problems = bench_problems_make(&a, &bench.options);
    if (!problems.count) {
        arguments_fail(&a, "the library has no problems; --shape and --format name one");
    }
    bench.json = open_json(&a, &bench.options);
    measure(&bench, &problems);
    free(problems.list);
    if (bench.json && bench.json != stdout) {
        close_json(&a, &bench.options, bench.json);
    }
    if (fflush(stdout) || ferror(stdout)) {
        arguments_fail(&a, "standard output cannot be written: %s", strerror(errno));
    }
    if (bench.wrong) {
        arguments_fail(&a, "%zu rows are not what the reference says", bench.wrong);
    }
    return 0;
}
