/* On what it is measured. */
#ifndef LOOM_TOOLS_BENCH_MACHINE_H
#define LOOM_TOOLS_BENCH_MACHINE_H

#include <stddef.h>

/* The CPU's name as the system gives it, without characters that JSON escapes; "unknown CPU" where
 * the system gives none. */
void bench_machine_name(char *name, size_t size);

#endif
