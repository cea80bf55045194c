/* loom-bench: how fast the library's kernels are on this machine. */
#include "bench/file.h"
#include "bench/machine.h"
#include "bench/options.h"
#include "bench/problems.h"
#include "bench/report.h"
#include "bench/tuned.h"
#include "measure/memory.h"
#include "tools.h"
#include "tuning/tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MACHINE_NAME = 128, TUNING_STATUS = 4096 };

struct bench {
    const struct arguments *arguments;
    struct measure_options options;
    struct bench_report report;
    struct team *team;
    struct quiet quiet;
    char machine[MACHINE_NAME];
    size_t dram_bytes;
    struct energy energy;
    bool energy_told;           /* by the machine: it is measured */
    size_t groups, groups_done; /* to measure */
    bool tuning_told;           /* that LOOM_TUNING is ignored */
};

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

static size_t count_peers(const struct peer *peer) {
    size_t count = 0;
    for (; peer; peer = peer->next) {
        count++;
    }
    return count;
}

static void report_group(struct bench *bench, const struct bench_group *group,
                         const struct bench_heading *heading, const struct bench_results *results) {
    const struct candidates *candidates = group->candidates;
    size_t count = 0;
    struct bench_row *rows =
        bench_alloc((candidates->count + count_peers(group->peers)) * sizeof *rows);
    for (; count < candidates->count; count++) {
        rows[count] =
            bench_row_of_kernel(heading, &candidates->list[count], &results->kernels[count]);
    }
    const struct bench_result *result = results->peers;
    for (const struct peer *peer = group->peers; peer; peer = peer->next) {
        rows[count++] = bench_row_of_peer(heading, peer, result++);
    }
    bench_report_rows(&bench->report, rows, count);
    free(rows);
}

static void run_group(struct bench *bench, const struct bench_group *group,
                      struct bench_heading *heading) {
    struct bench_results results = {0};
    results.kernels = bench_alloc(group->candidates->count * sizeof *results.kernels);
    results.peers = bench_alloc(count_peers(group->peers) * sizeof *results.peers);
    show_progress(bench, heading->matrix, heading->n);
    if (bench->options.kernels == KERNELS_TUNED) {
        bench_measure_tuned(&bench->quiet, group, bench->options.mode, &results);
    } else {
        bench_measure(&bench->quiet, group, &results);
    }
    clear_progress();
    heading->read_bandwidth = results.read_bandwidth;
    heading->dot_peak = results.dot_peak;
    report_group(bench, group, heading, &results);
    free(results.kernels);
    free(results.peers);
}

static void run_residencies(struct bench *bench, struct candidates *candidates, struct peer *peers,
                            const struct bench_input *input) {
    for (size_t i = 0; i < bench->options.residency_count; i++) {
        const struct bench_group group = {.candidates = candidates,
                                          .peers = peers,
                                          .input = input,
                                          .residency = bench->options.residency[i],
                                          .dram_bytes = bench->dram_bytes,
                                          .energy = bench->energy_told ? &bench->energy : NULL,
                                          .seconds = bench->options.seconds};
        struct bench_heading heading = {.matrix = input->matrix,
                                        .n = input->n,
                                        .threads = bench->options.threads,
                                        .residency = group.residency,
                                        .energy = bench->options.energy,
                                        .pooled = bench->options.pooled,
                                        .machine = bench->machine};
        run_group(bench, &group, &heading);
    }
}

/* Says once why the file that LOOM_TUNING names decided nothing. */
static void tell_tuning(struct bench *bench, const loom_plan *plan) {
    if (plan->tuning != LOOM_TUNING_IGNORED || bench->tuning_told) {
        return;
    }
    char status[TUNING_STATUS];
    loom_tuning_status_for(status, sizeof status, bench->options.features);
    fprintf(stderr, "loom-bench: %s\n", status);
    bench->tuning_told = true;
}

static void run_tokens(struct bench *bench, struct bench_matrix *matrix, struct peer *peers,
                       size_t n) {
    struct bench_input input;
    struct candidates candidates;
    bench_input_make(&input, matrix, n, bench->options.seed);
    const loom_status status = candidates_make(&candidates, &bench->options, matrix, &input);
    if (status != LOOM_OK) {
        arguments_fail(bench->arguments, "%s %zux%zu: %s", matrix->name, matrix->w.m, matrix->w.k,
                       loom_status_text(status));
    }
    tell_tuning(bench, &candidates.plan);
    peers_check(peers, &input);
    run_residencies(bench, &candidates, peers, &input);
    candidates_free(&candidates);
    bench_input_free(&input);
}

static void run_problem(struct bench *bench, const struct bench_problem *problem) {
    struct bench_matrix matrix;
    bench_matrix_make(&matrix, problem->name, problem->m, problem->k, bench->options.seed);
    struct peer *peers = bench->options.peers ? peers_make(&matrix, bench->team) : NULL;
    for (size_t i = 0; i < bench->options.n_count; i++) {
        run_tokens(bench, &matrix, peers, bench->options.n[i]);
    }
    peers_free(peers);
    bench_matrix_free(&matrix);
}

/* ---- The run --------------------------------------------------------------------------- */

static bool wants_dram(const struct measure_options *options) {
    for (size_t i = 0; i < options->residency_count; i++) {
        if (options->residency[i] == LOOM_DRAM) {
            return true;
        }
    }
    return false;
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
           "quiet: rounds that no neighbour disturbed; * what the runtime chooses%s\n\n",
           bench->options.kernels == KERNELS_TUNED ? " after tuning this problem" : "");
    bench_table_heading(stdout, bench->options.energy);
}

static void run_problems(struct bench *bench, const struct bench_problems *problems) {
    const struct measure_options *options = &bench->options;
    bench->groups = problems->count * options->n_count * options->residency_count;
    for (size_t i = 0; i < problems->count; i++) {
        run_problem(bench, &problems->list[i]);
    }
}

static void make_pool(void *context) {
    struct bench *bench = context;
    const loom_status status = loom_pool_create(&bench->options.pool, bench->options.threads);
    if (status != LOOM_OK) {
        arguments_fail(bench->arguments, "--pool: %s", loom_status_text(status));
    }
}

static void measure(struct bench *bench, const struct bench_problems *problems) {
    bool pinned;
    bench->energy_told =
        bench->options.energy && bench_energy_start(&bench->energy, bench->options.sensor);
    bench->team = team_start(bench->options.threads, &pinned);
    if (!pinned) {
        fprintf(stderr, "loom-bench: the system does not let threads be pinned to CPUs\n");
    }
    quiet_start(&bench->quiet, bench->team, limits_probe(bench->options.features));
    bench->dram_bytes = wants_dram(&bench->options) ? bench_dram_bytes() : 0;
    print_preamble(bench);
    if (bench->options.pooled) {
        team_lend_cpus(bench->team, make_pool, bench);
    }
    run_problems(bench, problems);
    loom_pool_free(bench->options.pool);
    quiet_stop(&bench->quiet);
    team_stop(bench->team);
}

static FILE *open_json(const struct arguments *a, const struct measure_options *options) {
    if (!options->json || !options->json_name) {
        return options->json ? stdout : NULL;
    }
    return bench_file_open(a, options->json_name);
}

int loom_bench_main(int argc, char **argv) {
    struct arguments a = arguments_make(argc, argv);
    struct bench bench = {.arguments = &a, .options = bench_options_read(&a)};
    bench_machine_name(bench.machine, sizeof bench.machine);
    struct bench_problems problems = bench_problems_make(&a, &bench.options);
    if (!problems.count) {
        arguments_fail(&a, "the library has no problems; --shape and --format name one");
    }
    bench.report = (struct bench_report){&bench.options, open_json(&a, &bench.options), 0};
    measure(&bench, &problems);
    free(problems.list);
    if (bench.report.json && bench.report.json != stdout) {
        bench_file_close(&a, bench.options.json_name, bench.report.json);
    }
    if (fflush(stdout) || ferror(stdout)) {
        arguments_fail(&a, "standard output cannot be written: %s", strerror(errno));
    }
    if (bench.report.wrong) {
        arguments_fail(&a, "%zu rows are not what the reference says", bench.report.wrong);
    }
    return 0;
}
