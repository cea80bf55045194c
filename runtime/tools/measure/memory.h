/* Memory to measure in. */
#ifndef LOOM_TOOLS_MEASURE_MEMORY_H
#define LOOM_TOOLS_MEASURE_MEMORY_H

#include <stddef.h>

/* Zeroed memory on huge pages where the system has them, freed with free. Ends the program
 * with a message when there is none. */
void *bench_alloc(size_t bytes);

/* So many bytes of matrices that none of them is found in the last-level cache when its turn comes
 * again; a message on stderr where that would be too much memory. */
size_t bench_dram_bytes(void);

#endif
