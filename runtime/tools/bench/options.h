/* The command line of loom-bench. */
#ifndef LOOM_TOOLS_BENCH_OPTIONS_H
#define LOOM_TOOLS_BENCH_OPTIONS_H

#include "measure/options.h"

/* Reads all arguments; errors end the program. */
struct measure_options bench_options_read(struct arguments *a);

#endif
