/* The optional thread pool. Without LOOM_HAVE_POOL every call says so. */
#include "loom.h"

#ifdef LOOM_HAVE_POOL
#include <pthread.h>
#include <pthreadpool.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

struct loom_pool {
    pthreadpool_t threads;
};

/* Work of a thread is cut this much finer than evenly, for threads that are held up. */
enum { CHUNKS_PER_THREAD = 4 };

enum { MAX_THREADS = 1024 };

static void *wait_for_gate(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* 1 if the system lets this many threads run at once. pthreadpool does not ask: without
 * them it would wait for ever. */
static int threads_can_start(size_t count) {
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread[MAX_THREADS];
    size_t started = 0;
    pthread_mutex_lock(&gate);
    while (started < count && pthread_create(&thread[started], NULL, wait_for_gate, &gate) == 0) {
        started++;
    }
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    return started == count;
}

loom_status loom_pool_create(loom_pool **pool, size_t threads) {
    if (!pool) {
        return LOOM_ERROR_NULL;
    }
    if (threads > MAX_THREADS || !threads_can_start(threads)) {
        return LOOM_ERROR_POOL;
    }
    loom_pool *made = malloc(sizeof *made);
    if (!made) {
        return LOOM_ERROR_POOL;
    }
    made->threads = pthreadpool_create(threads);
    if (!made->threads) {
        free(made);
        return LOOM_ERROR_POOL;
    }
    *pool = made;
    return LOOM_OK;
}

void loom_pool_free(loom_pool *pool) {
    if (pool) {
        pthreadpool_destroy(pool->threads);
        free(pool);
    }
}

/* Row blocks that one call of a thread takes. */
static size_t chunk_blocks(const loom_pool *pool, size_t blocks) {
    const size_t chunks = pthreadpool_get_threads_count(pool->threads) * CHUNKS_PER_THREAD;
    return (blocks + chunks - 1) / chunks;
}

static size_t plan_blocks(const loom_plan *plan) {
    return (plan->m + plan->row_block - 1) / plan->row_block;
}

/* The end of row blocks [first, first + count), in rows. */
static size_t end_row(const loom_plan *plan, size_t first, size_t count) {
    const size_t end = (first + count) * plan->row_block;
    return end < plan->m ? end : plan->m;
}

/* Any one failure of a thread is the call's. */
static void note_status(_Atomic loom_status *shared, loom_status status) {
    if (status != LOOM_OK) {
        atomic_store_explicit(shared, status, memory_order_relaxed);
    }
}

struct pack_job {
    const loom_plan *plan;
    void *packed;
    const uint8_t *codes;
    const void *scales;
    const uint8_t *zeros;
    _Atomic loom_status status;
};

static void pack_blocks(void *context, size_t first, size_t count) {
    struct pack_job *job = context;
    note_status(&job->status,
                loom_pack(job->plan, job->packed, job->codes, job->scales, job->zeros,
                          first * job->plan->row_block, end_row(job->plan, first, count)));
}

loom_status loom_pool_pack(loom_pool *pool, const loom_plan *plan, void *packed,
                           const uint8_t *codes, const void *scales, const uint8_t *zeros) {
    if (!pool || !loom_plan_ready(plan)) {
        return LOOM_ERROR_NULL;
    }
    struct pack_job job = {plan, packed, codes, scales, zeros, LOOM_OK};
    const size_t blocks = plan_blocks(plan);
    pthreadpool_parallelize_1d_tile_1d(pool->threads, pack_blocks, &job, blocks,
                                       chunk_blocks(pool, blocks), 0);
    /* Another thread may have packed row 0, and written the header, of a matrix that failed. */
    if (job.status == LOOM_ERROR_VALUE) {
        memset(packed, 0, LOOM_HEADER_BYTES);
    }
    return job.status;
}

struct matmul_job {
    const loom_plan *plan;
    float *y;
    const float *x;
    const void *packed;
    void *prepared;
    size_t y_stride, x_stride, n, parts;
    _Atomic loom_status status;
};

static void prepare_part(void *context, size_t part) {
    struct matmul_job *job = context;
    note_status(&job->status, loom_prepare(job->plan, job->prepared, job->x, job->x_stride, job->n,
                                           part, job->parts));
}

static void multiply_blocks(void *context, size_t first, size_t count) {
    struct matmul_job *job = context;
    note_status(&job->status,
                loom_matmul(job->plan, job->y, job->y_stride, job->packed, job->prepared, job->n,
                            first * job->plan->row_block, end_row(job->plan, first, count)));
}

loom_status loom_pool_matmul(loom_pool *pool, const loom_plan *plan, float *y, size_t y_stride,
                             const void *packed, void *prepared, const float *x, size_t x_stride,
                             size_t n) {
    if (!pool || !loom_plan_ready(plan)) {
        return LOOM_ERROR_NULL;
    }
    struct matmul_job job = {
        .plan = plan,
        .y = y,
        .x = x,
        .packed = packed,
        .prepared = prepared,
        .y_stride = y_stride,
        .x_stride = x_stride,
        .n = n,
        .parts = pthreadpool_get_threads_count(pool->threads),
        .status = LOOM_OK,
    };
    pthreadpool_parallelize_1d(pool->threads, prepare_part, &job, job.parts, 0);
    if (job.status != LOOM_OK) {
        return job.status;
    }
    const size_t blocks = plan_blocks(plan);
    pthreadpool_parallelize_1d_tile_1d(pool->threads, multiply_blocks, &job, blocks,
                                       chunk_blocks(pool, blocks), 0);
    return job.status;
}

#else

loom_status loom_pool_create(loom_pool **pool, size_t threads) {
    (void)threads;
    return pool ? LOOM_ERROR_POOL : LOOM_ERROR_NULL;
}

void loom_pool_free(loom_pool *pool) {
    (void)pool;
}

loom_status loom_pool_pack(loom_pool *pool, const loom_plan *plan, void *packed,
                           const uint8_t *codes, const void *scales, const uint8_t *zeros) {
    (void)pool, (void)plan, (void)packed, (void)codes, (void)scales, (void)zeros;
    return LOOM_ERROR_POOL;
}

loom_status loom_pool_matmul(loom_pool *pool, const loom_plan *plan, float *y, size_t y_stride,
                             const void *packed, void *prepared, const float *x, size_t x_stride,
                             size_t n) {
    (void)pool, (void)plan, (void)y, (void)y_stride, (void)packed, (void)prepared;
    (void)x, (void)x_stride, (void)n;
    return LOOM_ERROR_POOL;
}
#endif
