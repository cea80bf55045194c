#include "sweep/problems.h"

#include "tools.h"

#include <stdlib.h>

static struct sweep_problem *find(const struct sweep_problems *problems,
                                  const struct sweep_problem *problem) {
    for (size_t i = 0; i < problems->count; i++) {
        struct sweep_problem *p = &problems->list[i];
        if (p->m == problem->m && p->k == problem->k && strcmp(p->name, problem->name) == 0) {
            return p;
        }
    }
    return NULL;
}

/* The format that kernels are made for, and its name. */
static bool read_format(struct sweep_problem *problem, const char *name) {
    if (loom_format_parse(&problem->format, name) != LOOM_OK) {
        return false;
    }
    problem->format.tensor = problem->format.act_row = 0;
    format_name(&problem->format, problem->name);
    return true;
}

static void add(struct sweep_problems *problems, const struct loom_problem_row *row) {
    struct sweep_problem problem = {.m = row->m, .k = row->k};
    if (!read_format(&problem, row->format)) {
        abort(); /* the generator knows the format */
    }
    struct sweep_problem *known = find(problems, &problem);
    if (!known) {
        known = &problems->list[problems->count++];
        *known = problem;
    }
    known->weights += (double)row->m * (double)row->k;
}

static int by_weights(const void *a, const void *b) {
    const struct sweep_problem *x = a, *y = b;
    if (x->weights != y->weights) {
        return x->weights < y->weights ? 1 : -1;
    }
    if (x->m != y->m) {
        return x->m < y->m ? 1 : -1;
    }
    return strcmp(x->name, y->name);
}

/* Drops those that were not asked for. */
static void keep_wanted(struct sweep_problems *problems, const struct arguments *a,
                        const struct measure_options *options) {
    struct sweep_problem wanted;
    if (options->format && !read_format(&wanted, options->format)) {
        arguments_fail(a, "--format %s: %s", options->format, loom_status_text(LOOM_ERROR_FORMAT));
    }
    size_t kept = 0;
    for (size_t i = 0; i < problems->count; i++) {
        const struct sweep_problem *p = &problems->list[i];
        if ((!options->m || (p->m == options->m && p->k == options->k)) &&
            (!options->format || strcmp(p->name, wanted.name) == 0)) {
            problems->list[kept++] = *p;
        }
    }
    problems->count = kept;
}

static _Noreturn void fail_none(const struct arguments *a, const struct measure_options *options) {
    if (options->format && options->m) {
        arguments_fail(a, "--format %s --shape %zux%zu: the library has no such problem",
                       options->format, options->m, options->k);
    } else if (options->format) {
        arguments_fail(a, "--format %s: the library has no such problem", options->format);
    }
    arguments_fail(a, "--shape %zux%zu: the library has no such problem", options->m, options->k);
}

struct sweep_problems sweep_problems_make(const struct arguments *a,
                                          const struct measure_options *options) {
    struct sweep_problems problems = {calloc(loom_problem_row_count + 1, sizeof *problems.list), 0};
    if (!problems.list) {
        abort();
    }
    for (size_t i = 0; i < loom_problem_row_count; i++) {
        add(&problems, &loom_problem_rows[i]);
    }
    keep_wanted(&problems, a, options);
    if (!problems.count) {
        fail_none(a, options);
    }
    qsort(problems.list, problems.count, sizeof *problems.list, by_weights);
    return problems;
}
