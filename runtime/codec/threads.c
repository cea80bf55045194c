#include "codec/threads.h"

#include "pool/pool.h"

struct job {
    void (*work)(void *data, size_t i);
    void *data;
};

void threads_begin(struct threads *threads) {
    pthread_mutex_init(&threads->turn, NULL);
    threads->pool = NULL;
}

void threads_end(struct threads *threads) {
    loom_pool_free(threads->pool);
    pthread_mutex_destroy(&threads->turn);
}

/* First a thread's own share, then what others leave. */
static void run(loom_pool *pool, size_t thread, void *context) {
    const struct job *const job = context;
    for (size_t t = 0; t < pool->threads; t++) {
        struct loom_pool_thread *const share = &pool->thread[(thread + t) % pool->threads];
        size_t i;
        while ((i = atomic_fetch_add(&share->next, 1)) < share->end) {
            job->work(job->data, i);
        }
    }
}

static void run_on(loom_pool *pool, size_t count, struct job *job) {
    for (size_t t = 0; t < pool->threads; t++) {
        atomic_init(&pool->thread[t].next, count * t / pool->threads);
        pool->thread[t].end = count * (t + 1) / pool->threads;
    }
    loom_pool_run(pool, run, job);
}

/* A forked child has none of the threads. */
static int has_threads(struct threads *threads) {
    if (!threads->pool && loom_pool_create(&threads->pool, 0) != LOOM_OK) {
        return 0;
    }
    return loom_pool_is_own(threads->pool);
}

void threads_run(struct threads *threads, size_t count, void (*work)(void *data, size_t i),
                 void *data) {
    struct job job = {work, data};
    if (pthread_mutex_trylock(&threads->turn) == 0) {
        const int shared = has_threads(threads);
        if (shared) {
            run_on(threads->pool, count, &job);
        }
        pthread_mutex_unlock(&threads->turn);
        if (shared) {
            return;
        }
    }
    for (size_t i = 0; i < count; i++) {
        work(data, i);
    }
}
