/* Work on whole matrices, on as many threads as the process may use. */
#ifndef LOOM_CODEC_PARALLEL_H
#define LOOM_CODEC_PARALLEL_H

#include <stddef.h>

/* Calls work(data, i) for every i < count, in any order, from several threads at once; returns when
 * all have returned. Where threads cannot be had the caller does all by itself. */
void parallel(size_t count, void (*work)(void *data, size_t i), void *data);

#endif
