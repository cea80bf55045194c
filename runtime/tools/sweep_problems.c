#include "sweep_problems.h"

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

static void add(struct sweep_problems *problems, const struct loom_problem_row *row) {
    struct sweep_problem problem = {.m = row->m, .k = row->k};
    if (loom_format_parse(&problem.format, row->format) != LOOM_OK) {
        abort(); /* the generator knows the format */
    }
    problem.format.tensor = problem.format.act_row = 0;
    format_name(&problem.format, problem.name);
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

struct sweep_problems sweep_problems_make(void) {
    struct sweep_problems problems = {calloc(loom_problem_row_count + 1, sizeof *problems.list), 0};
    if (!problems.list) {
        abort();
    }
    for (size_t i = 0; i < loom_problem_row_count; i++) {
        add(&problems, &loom_problem_rows[i]);
    }
    qsort(problems.list, problems.count, sizeof *problems.list, by_weights);
    return problems;
}
