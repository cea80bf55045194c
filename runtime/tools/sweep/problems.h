/* What is tuned: the library's distinct problems. */
#ifndef LOOM_TOOLS_SWEEP_PROBLEMS_H
#define LOOM_TOOLS_SWEEP_PROBLEMS_H

#include "common/one_kernel.h"
#include "sweep/options.h"

struct sweep_problem {
    char name[FORMAT_NAME_SIZE]; /* of the format that kernels are made for: no `arow`, `tensor`
                                    as `row` */
    loom_format format;
    size_t m, k;
    double weights; /* of all layers that it stands for */
};

struct sweep_problems {
    struct sweep_problem *list;
    size_t count;
};

/* Those that the options list, or else the library's of the format and the shape that they ask for;
 * none, and one that the library has no kernels for, is an error, which ends the program. Those
 * with the most weights first, for they take the most time. The caller frees the list. */
struct sweep_problems sweep_problems_make(const struct arguments *a,
                                          const struct sweep_options *options);

#endif
