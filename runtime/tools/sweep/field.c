#include "sweep/field.h"

#include "measure/memory.h"
#include "sweep/halve.h"

#include <stdlib.h>

/* ---- Candidates ------------------------------------------------------------------------ */

/* How many candidates of the kernel's op and mode the model ranks before it. */
static size_t place(const struct candidates *candidates, const struct loom_kernel *kernel) {
    size_t before = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct loom_kernel *other = candidates->list[i].kernel;
        before += other->op == kernel->op && other->mode == kernel->mode && !other->tmac &&
                  other->rank < kernel->rank;
    }
    return before;
}

static bool is_untuned_choice(const struct sweep *sweep, const struct sweep_problem *problem,
                              enum loom_op class, const char *kernel) {
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        const char *names[LOOM_OPS];
        if (untuned_select(&sweep->untuned, problem, (loom_mode)mode, sweep->options.bench.features,
                           names) &&
            strcmp(names[class], kernel) == 0) {
            return true;
        }
    }
    return false;
}

bool field_find(struct candidates *candidates, const struct sweep *sweep,
                const struct sweep_problem *problem, enum loom_op class) {
    const struct bench_matrix named = {
        .name = problem->name, .w = {.format = problem->format, .m = problem->m, .k = problem->k}};
    if (candidates_find(candidates, &sweep->options.bench, &named, sweep_tokens[class]) !=
        LOOM_OK) {
        return false;
    }
    bool *keep = bench_alloc(candidates->count * sizeof *keep);
    const size_t top = sweep->options.top ? sweep->options.top : SIZE_MAX;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct loom_kernel *kernel = candidates->list[i].kernel;
        keep[i] = !kernel->tmac && !failures_has(&sweep->failures, kernel->name) &&
                  (place(candidates, kernel) < top ||
                   is_untuned_choice(sweep, problem, class, kernel->name));
    }
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        if (keep[i]) {
            candidates->list[kept++] = candidates->list[i];
        }
    }
    candidates->count = kept;
    free(keep);
    return true;
}

/* ---- Contenders ------------------------------------------------------------------------ */

struct runner {
    const struct candidate *candidate;
    enum loom_op class;
    bool incumbent;
};

static int by_rank(const void *a, const void *b) {
    const struct runner *x = a, *y = b;
    if (x->incumbent != y->incumbent) {
        return y->incumbent - x->incumbent;
    }
    if (x->candidate->kernel->rank != y->candidate->kernel->rank) {
        return x->candidate->kernel->rank - y->candidate->kernel->rank;
    }
    return (int)x->class - (int)y->class;
}

static struct runner *make_runners(const struct field *field, const struct sweep *sweep,
                                   size_t *count) {
    size_t most = 0;
    for (int class = 0; class < LOOM_OPS; class ++) {
        most += field->candidates[class].count;
    }
    struct runner *runners = bench_alloc(most * sizeof *runners);
    *count = 0;
    for (int class = 0; class < LOOM_OPS; class ++) {
        const struct candidates *candidates = &field->candidates[class];
        for (size_t i = 0; i < candidates->count; i++) {
            const struct candidate *c = &candidates->list[i];
            if (c->packed) {
                runners[(*count)++] =
                    (struct runner){c, (enum loom_op) class,
                                    is_untuned_choice(sweep, field->problem, (enum loom_op) class,
                                                      c->kernel->name)};
            }
        }
    }
    qsort(runners, *count, sizeof *runners, by_rank);
    return runners;
}

static void add_runner(struct field *field, const struct runner *runner) {
    const struct candidate *c = runner->candidate;
    field->contest.list[field->contest.count++] =
        (struct contender){.kernel = c->kernel, .class = runner->class};
    session_add(&field->session, &(struct target){.kind = TARGET_KERNEL,
                                                  .candidate = c,
                                                  .input = &field->inputs[runner->class],
                                                  .bytes = c->packed_bytes});
}

static const struct contender *find_contender(const struct contest *contest, enum loom_op class,
                                              const char *name) {
    for (size_t i = 0; i < contest->count; i++) {
        const struct contender *c = &contest->list[i];
        if (c->class == class && strcmp(c->kernel->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

static void set_incumbents(struct contest *contest, const struct sweep *sweep,
                           const struct sweep_problem *problem) {
    const struct measure_options *options = &sweep->options.bench;
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        const char *names[LOOM_OPS];
        contest->wanted[mode] = options->any_mode || mode == (int)options->mode;
        if (!untuned_select(&sweep->untuned, problem, (loom_mode)mode, options->features, names)) {
            continue;
        }
        for (int class = 0; class < LOOM_OPS; class ++) {
            contest->incumbent[mode][class] =
                find_contender(contest, (enum loom_op) class, names[class]);
        }
    }
}

/* ---- The whole ------------------------------------------------------------------------- */

static void make_data(struct field *field, struct sweep *sweep) {
    const struct sweep_problem *problem = field->problem;
    bench_matrix_make(&field->matrix, problem->name, problem->m, problem->k, sweep->seed);
    for (int class = 0; class < LOOM_OPS; class ++) {
        bench_input_make(&field->inputs[class], &field->matrix, sweep_tokens[class], sweep->seed);
        candidates_pack(&field->candidates[class], &sweep->options.bench, &field->matrix);
    }
}

/* One buffer for all classes: the largest. */
static uint8_t *largest_prepared(const struct field *field) {
    const struct candidates *largest = &field->candidates[0];
    for (int class = 1; class < LOOM_OPS; class ++) {
        if (field->candidates[class].prepared_bytes > largest->prepared_bytes) {
            largest = &field->candidates[class];
        }
    }
    return largest->prepared;
}

bool field_make(struct field *field, struct sweep *sweep, const struct sweep_problem *problem) {
    *field = (struct field){.problem = problem};
    for (int class = 0; class < LOOM_OPS; class ++) {
        if (!field_find(&field->candidates[class], sweep, problem, (enum loom_op) class)) {
            return false;
        }
    }
    make_data(field, sweep);
    size_t count;
    struct runner *runners = make_runners(field, sweep, &count);
    field->session = session_make(&sweep->quiet, sweep->options.bench.residency[0], count);
    field->session.setting.prepared = largest_prepared(field);
    field->contest.list = bench_alloc(count * sizeof *field->contest.list);
    for (size_t i = 0; i < count; i++) {
        add_runner(field, &runners[i]);
    }
    free(runners);
    set_incumbents(&field->contest, sweep, problem);
    sweep_drop_unpaired(&field->contest);
    sweep->copies.count = 0;
    return true;
}

void field_free(struct field *field) {
    session_free(&field->session);
    free(field->contest.list);
    for (int class = 0; class < LOOM_OPS; class ++) {
        candidates_free(&field->candidates[class]);
        bench_input_free(&field->inputs[class]);
    }
    bench_matrix_free(&field->matrix);
}
