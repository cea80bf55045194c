/* The file for loom-bench's rows. */
#ifndef LOOM_TOOLS_BENCH_FILE_H
#define LOOM_TOOLS_BENCH_FILE_H

#include "common/arguments.h"

#include <stdio.h>

/* Opens `path` to be written; until it is closed all stands beside it, in `path`.partial, and is
 * gone when the program ends or is stopped before that. One at a time; errors end the program. */
FILE *bench_file_open(const struct arguments *a, const char *path);
void bench_file_close(const struct arguments *a, const char *path, FILE *file);

#endif
