/* loom-sweep: which of all kernels are the fastest for each of the library's problems.
 *
 * loom_sweep_main, at the end, is the whole run. It opens the tuning file (tuning_file/file.h),
 * drops the problems that the file has, and verifies the kernels (failures.h). Then all candidates
 * for a problem run a race (field.h, race.h), whose results enter the file at once
 * (tuning_file/report.h). */
#define _GNU_SOURCE
#include "common/random.h"
#include "common/seconds.h"
#include "measure/limits.h"
#include "measure/memory.h"
#include "sweep/progress.h"
#include "sweep/race.h"
#include "sweep/tuning_file/header.h"
#include "sweep/tuning_file/report.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* Seconds for one problem at most, without --budget. */
enum { USUAL_SECONDS = 20 };
/* A kernel's call on a small problem takes milliseconds. */
enum { CALL_SECONDS = 2 };

static volatile sig_atomic_t stopped_by;

static void on_signal(int signal) {
    stopped_by = signal;
}

struct run {
    struct sweep sweep;
    struct sweep_file file;
    struct sweep_problems problems; /* those that the file has no choice for */
    size_t done;                    /* of them */
    size_t unserved;                /* for which nothing could be chosen */
    struct watch watch;
};

/* ---- Before measuring ------------------------------------------------------------------ */

/* Drops the problems that the file has already, unless they are wanted again. */
static void keep_missing(struct run *run) {
    size_t kept = 0;
    if (run->sweep.options.fresh) {
        return;
    }
    for (size_t i = 0; i < run->problems.count; i++) {
        char *key = sweep_choice_key(&run->problems.list[i], &run->sweep.options.bench);
        if (!sweep_file_has(&run->file, key)) {
            run->problems.list[kept++] = run->problems.list[i];
        }
        free(key);
    }
    run->problems.count = kept;
}

/* Kernels that failed in an earlier run are not tried again. */
static void read_failures(struct run *run) {
    for (size_t i = 0; i < run->file.count; i++) {
        char kernel[256];
        int reason = 0;
        if (sscanf(run->file.lines[i], "failed %255s %n", kernel, &reason) == 1 && reason) {
            failures_add(&run->sweep.failures, kernel, run->file.lines[i] + reason);
            untuned_drop(&run->sweep.untuned, kernel);
        }
    }
}

static bool has_unit(const struct units *units, const struct loom_kernel *kernel) {
    for (size_t i = 0; i < units->count; i++) {
        if (units->unit[i].kernel == kernel) {
            return true;
        }
    }
    return false;
}

static void add_units(struct units *units, const struct candidates *candidates) {
    for (size_t i = 0; i < candidates->count; i++) {
        const struct loom_kernel *kernel = candidates->list[i].kernel;
        if (!has_unit(units, kernel)) {
            units->unit[units->count++] = (struct unit){kernel->name, kernel->isa, kernel, NULL};
        }
    }
}

/* Verifies every kernel that is to be measured, once. */
static void verify(struct run *run) {
    struct sweep *sweep = &run->sweep;
    const size_t known = sweep->failures.count, most = sweep->untuned.registry.kernel_count;
    struct units units = {bench_alloc(most * sizeof *units.unit), 0};
    for (size_t i = 0; i < run->problems.count; i++) {
        for (int class = 0; class < LOOM_OPS; class ++) {
            struct candidates found;
            if (field_find(&found, sweep, &run->problems.list[i], (enum loom_op) class)) {
                add_units(&units, &found);
                candidates_free(&found);
            }
        }
    }
    failures_find(&sweep->failures, &units, sweep->options.bench.features, CALL_SECONDS);
    for (size_t i = known; i < sweep->failures.count; i++) {
        const struct failure *failure = &sweep->failures.list[i];
        fprintf(stderr, "%s is left out: %s\n", failure->kernel, failure->reason);
        sweep_file_add(&run->file, "failed %s %s", failure->kernel, failure->reason);
        untuned_drop(&sweep->untuned, failure->kernel);
    }
    free(units.unit);
}

/* ---- Measuring ------------------------------------------------------------------------- */

/* The share of problem `index`: an even part of what is left. */
static double end_of(const struct run *run, size_t index, double end) {
    const double now = seconds_now(), left = end - now;
    return now + left / (double)(run->problems.count - index);
}

/* Returns whether the problem was measured to the end. */
static bool run_problem(struct run *run, struct progress *progress, double end) {
    struct sweep *sweep = &run->sweep;
    struct field field;
    const struct race race = {end, &stopped_by, &run->watch, progress_show, progress};
    if (field_make(&field, sweep, progress->problem)) {
        sweep_race(&field, &sweep->copies, &race);
    }
    const bool measured = !stopped_by;
    if (measured) {
        const bool chosen = sweep_report(&run->file, &field, &sweep->options.bench);
        sweep_file_write(&run->file);
        run->unserved += !chosen;
        progress_finish(progress, chosen ? "tuned" : "has no kernel that works");
    }
    field_free(&field);
    return measured;
}

static void run_problems(struct run *run) {
    const size_t count = run->problems.count;
    const double start = seconds_now(), budget = run->sweep.options.budget,
                 end = start + (budget > 0 ? budget : USUAL_SECONDS * (double)count);
    struct progress progress = {.count = count, .start = start, .end = end, .watch = &run->watch};
    for (size_t i = 0; i < count && !stopped_by && (i == 0 || seconds_now() < end); i++) {
        progress.problem = &run->problems.list[i];
        progress.number = i + 1;
        run->done += run_problem(run, &progress, end_of(run, i, end));
    }
}

static void measure_all(struct run *run) {
    struct sweep *sweep = &run->sweep;
    const struct measure_options *options = &sweep->options.bench;
    bool pinned;
    struct team *team = team_start(options->threads, &pinned);
    if (!pinned) {
        fprintf(stderr, "loom-sweep: the system does not let threads be pinned to CPUs\n");
    }
    quiet_start(&sweep->quiet, team, limits_probe(options->features));
    sweep->copies.each = options->residency[0] == LOOM_DRAM ? bench_dram_bytes() : 0;
    run->watch = watch_make("/sys", sched_getcpu());
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    run_problems(run);
    copies_free(&sweep->copies);
    quiet_stop(&sweep->quiet);
    team_stop(team);
}

/* ---- The program ----------------------------------------------------------------------- */

static void open_file(struct run *run, const struct arguments *a) {
    const struct sweep_options *options = &run->sweep.options;
    char *header = sweep_header(options->bench.features);
    run->file = sweep_file_open(a, options->output, header, options->fresh);
    free(header);
}

static void close_run(struct run *run) {
    failures_free(&run->sweep.failures);
    untuned_free(&run->sweep.untuned);
    sweep_file_free(&run->file);
    free(run->problems.list);
}

int loom_sweep_main(int argc, char **argv) {
    struct arguments a = arguments_make(argc, argv);
    struct run run = {.sweep = {.options = sweep_options_read(&a), .seed = random_seed()}};
    run.problems = sweep_problems_make(&a, &run.sweep.options);
    open_file(&run, &a);
    run.sweep.untuned = untuned_make();
    read_failures(&run);
    const size_t all = run.problems.count;
    keep_missing(&run);
    const size_t missing = run.problems.count;
    if (missing) {
        verify(&run);
        measure_all(&run);
    }
    progress_clear();
    fprintf(stderr, "%zu of %zu problems tuned, %zu of them now%s\n", all - missing + run.done, all,
            run.done,
            stopped_by && run.sweep.options.output ? "; the next run goes on from there" : "");
    const int status = stopped_by ? 128 + stopped_by : run.unserved > 0;
    close_run(&run);
    return status;
}
