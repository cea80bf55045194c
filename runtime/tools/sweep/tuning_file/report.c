#define _GNU_SOURCE
#include "sweep/tuning_file/report.h"
#include "sweep/progress.h"

#include <stdio.h>
#include <stdlib.h>

static void report_samples(struct sweep_file *file, const struct field *field,
                           const struct measure_options *options) {
    const struct sweep_problem *p = field->problem;
    for (size_t i = 0; i < field->contest.count; i++) {
        const struct contender *c = &field->contest.list[i];
        if (c->seconds > 0) {
            sweep_file_add(file, "sample %s %zu %zu %zu %u %s %s %.4g %.2g %zu %zu", p->name, p->m,
                           p->k, sweep_tokens[c->class], options->threads,
                           residency_name(options->residency[0]), c->kernel->name, c->seconds,
                           c->noise, c->rounds, c->quiet);
        }
    }
}

static char *choice_key(const struct sweep_problem *p, loom_mode mode,
                        const struct measure_options *options) {
    char *key;
    if (asprintf(&key, "choice %s %s %zu %zu %u %s", p->name, mode_name(mode), p->m, p->k,
                 options->threads, residency_name(options->residency[0])) < 0) {
        abort();
    }
    return key;
}

static void warn(const struct sweep_problem *p, loom_mode mode) {
    progress_clear();
    fprintf(stderr,
            "%s %zux%zu %s: too few quiet samples in this --budget; what seems faster does not "
            "replace what the library takes untuned\n",
            p->name, p->m, p->k, mode_name(mode));
}

static bool report_choice(struct sweep_file *file, const struct field *field, loom_mode mode,
                          const struct measure_options *options) {
    struct sweep_choice choice;
    if (!sweep_choose(&field->contest, mode, &choice)) {
        return false;
    }
    if (choice.disturbed) {
        warn(field->problem, mode);
    }
    const struct contender *one = choice.of[LOOM_OP_GEMV], *few = choice.of[LOOM_OP_FEW],
                           *many = choice.of[LOOM_OP_GEMM];
    char *key = choice_key(field->problem, mode, options);
    sweep_file_add(file, "%s %s %.4g %zu %s %.4g %zu %s %.4g %zu", key, one->kernel->name,
                   one->seconds, sweep_tokens[one->class], few->kernel->name, few->seconds,
                   sweep_tokens[few->class], many->kernel->name, many->seconds,
                   sweep_tokens[many->class]);
    free(key);
    return true;
}

char *sweep_choice_key(const struct sweep_problem *problem, const struct measure_options *options) {
    return choice_key(problem, options->mode, options);
}

bool sweep_report(struct sweep_file *file, const struct field *field,
                  const struct measure_options *options) {
    bool chosen = false;
    report_samples(file, field, options);
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (field->contest.wanted[mode] && report_choice(file, field, (loom_mode)mode, options) &&
            mode == (int)options->mode) {
            chosen = true;
        }
    }
    return chosen;
}
