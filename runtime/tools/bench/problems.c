#include "bench/problems.h"

#include "tools.h"

#include <stdlib.h>
#include <string.h>

static void parse(const struct arguments *a, loom_format *format, const char *name) {
    if (loom_format_parse(format, name) != LOOM_OK) {
        arguments_fail(a, "--format %s: %s", name, loom_status_text(LOOM_ERROR_FORMAT));
    }
}

static bool same_format(const loom_format *a, const loom_format *b) {
    return loom_format_same_kernel(a, b) && a->tensor == b->tensor && a->act_row == b->act_row;
}

static void add(struct bench_problems *problems, const struct bench_problem *problem) {
    for (size_t i = 0; i < problems->count; i++) {
        const struct bench_problem *p = &problems->list[i];
        if (p->m == problem->m && p->k == problem->k && same_format(&p->format, &problem->format)) {
            return;
        }
    }
    problems->list[problems->count++] = *problem;
}

/* The library's rows that match exactly. */
static void add_matching(struct bench_problems *problems, const struct arguments *a,
                         const struct measure_options *options, const loom_format *wanted) {
    for (size_t i = 0; i < loom_problem_row_count; i++) {
        const struct loom_problem_row *row = &loom_problem_rows[i];
        struct bench_problem problem = {.name = row->format, .m = row->m, .k = row->k};
        parse(a, &problem.format, row->format);
        const bool shape = !options->m || (options->m == row->m && options->k == row->k);
        if (shape && (!wanted || same_format(wanted, &problem.format))) {
            add(problems, &problem);
        }
    }
}

/* The shape or the format asked for, the other one from the library's rows. */
static void add_mixed(struct bench_problems *problems, const struct arguments *a,
                      const struct measure_options *options, const loom_format *wanted) {
    for (size_t i = 0; i < loom_problem_row_count; i++) {
        const struct loom_problem_row *row = &loom_problem_rows[i];
        struct bench_problem problem = {.name = wanted ? options->format : row->format,
                                        .m = options->m ? options->m : row->m,
                                        .k = options->k ? options->k : row->k};
        if (wanted) {
            problem.format = *wanted;
        } else {
            parse(a, &problem.format, row->format);
        }
        add(problems, &problem);
    }
}

struct bench_problems bench_problems_make(const struct arguments *a,
                                          const struct measure_options *options) {
    struct bench_problems problems = {calloc(loom_problem_row_count + 1, sizeof *problems.list), 0};
    loom_format format;
    const loom_format *wanted = options->format ? &format : NULL;
    if (!problems.list) {
        arguments_fail(a, "no memory");
    }
    if (wanted) {
        parse(a, &format, options->format);
    }
    add_matching(&problems, a, options, wanted);
    if (!problems.count && wanted && options->m) {
        add(&problems, &(struct bench_problem){options->format, format, options->m, options->k});
    } else if (!problems.count) {
        add_mixed(&problems, a, options, wanted);
    }
    return problems;
}
