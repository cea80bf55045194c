/* The threads of a pool, for what runs on them. Not for users of the library. */
#ifndef LOOM_POOL_H
#define LOOM_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "loom.h"

/* What all threads of a pool run at once; `thread` counts from 0, the one that called. */
typedef void loom_pool_work(loom_pool *pool, size_t thread, void *context);

/* A thread, and the part of the work that it begins with: [next, end), from which others take
 * too when theirs is done. On a cache line of its own. */
struct loom_pool_thread {
    _Alignas(LOOM_ALIGN) _Atomic size_t next;
    size_t end;
    loom_pool *pool;
    pthread_t id; /* of thread 0, nothing */
};

struct loom_pool {
    /* Members are the threads that are inside the work. All wait on this word. */
    _Alignas(LOOM_ALIGN) _Atomic uint32_t gate;
    _Alignas(LOOM_ALIGN) _Atomic uint32_t sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    loom_pool_work *work;
    void *context;
    pid_t process; /* that its threads are in */
    size_t threads;
    struct loom_pool_thread thread[];
};

/* 0 in a forked child, where there are no threads to run anything on. */
int loom_pool_is_own(const loom_pool *pool);

/* Calls work(pool, 0, context) here and work(pool, i, context) on every thread that comes before
 * this call returns: a thread that is late does not come, so that no work may be left to a
 * certain one, nor wait for one. */
void loom_pool_run(loom_pool *pool, loom_pool_work *work, void *context);

/* Waits a moment for another thread that is at work, longer after many `turns` in a row. */
void loom_pool_pause(unsigned *turns);

#endif
