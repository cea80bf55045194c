#define _GNU_SOURCE
#include "sweep/problems.h"

#include "tools.h"

#include <stdlib.h>
#include <string.h>

static struct sweep_problem *find_problem(const struct sweep_problems *problems,
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

static void add_problem(struct sweep_problems *problems, const struct sweep_problem *problem) {
    struct sweep_problem *known = find_problem(problems, problem);
    if (!known) {
        known = &problems->list[problems->count++];
        *known = *problem;
    }
    known->weights += (double)problem->m * (double)problem->k;
}

/* ---- The library's --------------------------------------------------------------------- */

static void add_row(struct sweep_problems *problems, const struct loom_problem_row *row) {
    struct sweep_problem problem = {.m = row->m, .k = row->k};
    if (!read_format(&problem, row->format)) {
        abort(); /* the generator knows the format */
    }
    add_problem(problems, &problem);
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

static void add_rows(struct sweep_problems *problems, const struct arguments *a,
                     const struct measure_options *options) {
    for (size_t i = 0; i < loom_problem_row_count; i++) {
        add_row(problems, &loom_problem_rows[i]);
    }
    keep_wanted(problems, a, options);
    if (!problems->count) {
        fail_none(a, options);
    }
}

/* ---- Those of a list ------------------------------------------------------------------- */

static const char option[] = "--problems";

static bool has_kernels(const loom_format *format) {
    for (size_t i = 0; i < loom_registry.kernel_count; i++) {
        if (loom_format_same_kernel(&loom_registry.kernels[i].format, format)) {
            return true;
        }
    }
    return false;
}

static void add_item(struct sweep_problems *problems, const struct arguments *a, char *item) {
    struct sweep_problem problem = {0};
    char *const colon = strchr(item, ':');
    if (!colon) {
        arguments_fail(a, "%s %s: FORMAT:MxK is needed, such as w2g128:4096x11008", option, item);
    }
    *colon = 0;
    if (!read_format(&problem, item)) {
        arguments_fail(a, "%s %s: %s", option, item, loom_status_text(LOOM_ERROR_FORMAT));
    }
    if (!has_kernels(&problem.format)) {
        arguments_fail(a, "%s %s: %s", option, item, loom_status_text(LOOM_ERROR_NO_KERNEL));
    }
    measure_read_shape(a, option, colon + 1, &problem.m, &problem.k);
    add_problem(problems, &problem);
}

static void add_items(struct sweep_problems *problems, const struct arguments *a,
                      const char *value) {
    char *const items = arguments_copy(a, value), *list = items, *item;
    while ((item = strsep(&list, ","))) {
        add_item(problems, a, item);
    }
    free(items);
}

/* ---- All ------------------------------------------------------------------------------- */

static size_t count_items(const char *value) {
    size_t count = 1;
    while ((value = strchr(value, ','))) {
        value++, count++;
    }
    return count;
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

struct sweep_problems sweep_problems_make(const struct arguments *a,
                                          const struct sweep_options *options) {
    const char *const asked = options->problems;
    const size_t most = asked ? count_items(asked) : loom_problem_row_count + 1;
    struct sweep_problems problems = {calloc(most, sizeof *problems.list), 0};
    if (!problems.list) {
        abort();
    }
    if (asked) {
        add_items(&problems, a, asked);
    } else {
        add_rows(&problems, a, &options->bench);
    }
    qsort(problems.list, problems.count, sizeof *problems.list, by_weights);
    return problems;
}
