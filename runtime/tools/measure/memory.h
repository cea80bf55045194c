/* Memory to measure in. */
#ifndef LOOM_TOOLS_MEASURE_MEMORY_H
#define LOOM_TOOLS_MEASURE_MEMORY_H

#include <stddef.h>

/* Zeroed memory on huge pages where the system has them, freed with free. Ends the program
 * with a message when there is none. */
void *bench_alloc(size_t bytes);

/* Bytes of a matrix's copies that are read in turn, so that none is found in the last-level cache
 * when it comes again: twice that cache; a message on stderr where that is too much memory. */
size_t bench_dram_bytes(void);

/* The bytes for each of so many matrices, where one alone gets `bytes`: all together at most
 * 1 GiB. */
size_t bench_dram_share(size_t bytes, size_t matrices);

#endif
