/* How far the packing is, on standard error if that is a terminal. */
#ifndef LOOM_TOOLS_PACK_PROGRESS_H
#define LOOM_TOOLS_PACK_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
    uint64_t all; /* bytes of the sources that are to be read */
    _Atomic uint64_t done;
    double begin, shown;
    bool live;
};

void progress_begin(struct progress *progress, uint64_t all);

/* So many bytes more were read; the thread that shows says so now and then. */
void progress_add(struct progress *progress, uint64_t bytes, bool shows);

/* The line goes; returns the seconds since the beginning. */
double progress_end(struct progress *progress);

#endif
