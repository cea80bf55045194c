/* The problems that the options name. */
#ifndef LOOM_TOOLS_BENCH_PROBLEMS_H
#define LOOM_TOOLS_BENCH_PROBLEMS_H

#include "measure/options.h"

struct bench_problem {
    const char *name; /* the format's, as it was asked for */
    loom_format format;
    size_t m, k;
};

struct bench_problems {
    struct bench_problem *list;
    size_t count;
};

/* Those of the library's problems that have the format and the shape asked for, each once. If
 * none has both, the shape in every format, or every shape in the format, or, given both, just
 * that. An unknown format ends the program. The caller frees the list. */
struct bench_problems bench_problems_make(const struct arguments *a,
                                          const struct measure_options *options);

#endif
