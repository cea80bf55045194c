/* The pages of a model's file that the host has mapped. */
#ifndef LOOM_LLAMA_MAPPING_H
#define LOOM_LLAMA_MAPPING_H

#include <stddef.h>

/* Lets go of the whole pages in [data, data + size), which stay in the page cache and come back
 * when they are read again: they count as the process's memory otherwise. Does nothing unless all
 * of it is one mapping of a file, shared and read-only, as hosts map models. */
void mapping_release(const void *data, size_t size);

#endif
