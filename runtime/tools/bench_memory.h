/* Memory to measure in. */
#ifndef LOOM_TOOLS_BENCH_MEMORY_H
#define LOOM_TOOLS_BENCH_MEMORY_H

#include <stddef.h>

/* Zeroed memory on huge pages where the system has them, freed with free. Ends the program
 * with a message when there is none. */
void *bench_alloc(size_t bytes);

/* Bytes of the last-level cache; 0 when the system does not tell. */
size_t bench_last_level_cache(void);

#endif
