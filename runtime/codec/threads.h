/* Threads for whole matrices: as many as the process may use, asleep between two of them. A thread
 * that sleeps comes sooner than a new one, which systems may start on a CPU that is busy. */
#ifndef LOOM_CODEC_THREADS_H
#define LOOM_CODEC_THREADS_H

#include "loom.h"

#include <pthread.h>

struct threads {
    pthread_mutex_t turn; /* held by the caller who uses them */
    loom_pool *pool;      /* NULL before they were needed, and where there are none */
};

void threads_begin(struct threads *threads);
void threads_end(struct threads *threads);

/* Calls work(data, i) for every i < count, from several threads at once, each of which begins with
 * numbers that follow one another; returns when all have returned. Where another thread of the
 * program's is in a call, or threads cannot be had, the caller does all by itself. */
void threads_run(struct threads *threads, size_t count, void (*work)(void *data, size_t i),
                 void *data);

#endif
