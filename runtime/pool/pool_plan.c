/* A whole plan on the threads of a pool. */
#include <string.h>

#include "plan.h"
#include "pool/pool.h"

/* The part of a share that is taken at once: a quarter of what is left of it, so that it ends with
 * small pieces, but no less than a 16th of all of it, so that there are few. */
enum { TAKE_OF_REST = 4, TAKES_OF_SHARE = 16 };

/* Activations that are worth a part of the preparation: they take longer than claiming them. */
enum { PART_ACTS = 512 };

/* Any one failure of a thread is the call's. */
static void note_status(_Atomic loom_status *shared, loom_status status) {
    if (status != LOOM_OK) {
        atomic_store_explicit(shared, status, memory_order_relaxed);
    }
}

/* ---- Rows, dealt to the threads --------------------------------------------------------- */

/* The fewest rows that are dealt and taken: whole row blocks, and whole lines of y if it is
 * aligned to them, which no two threads then write. */
static size_t row_unit(const loom_plan *plan) {
    const size_t line = LOOM_ALIGN / sizeof(float);
    const size_t power = plan->row_block & (~plan->row_block + 1);
    return power < line ? plan->row_block * (line / power) : plan->row_block;
}

static size_t units_of(const loom_plan *plan) {
    return (plan->m + row_unit(plan) - 1) / row_unit(plan);
}

/* A thread gets the same rows each time, and has them in its cache, or in memory near it. */
static void deal_rows(loom_pool *pool, const loom_plan *plan) {
    const size_t units = units_of(plan);
    for (size_t i = 0; i < pool->threads; i++) {
        atomic_init(&pool->thread[i].next, units * i / pool->threads);
        pool->thread[i].end = units * (i + 1) / pool->threads;
    }
}

struct rows {
    size_t begin, end;
};

/* The next rows out of the share of a thread; 0 if there are none. */
static int take_rows(struct loom_pool_thread *from, const loom_plan *plan, size_t least,
                     struct rows *rows) {
    size_t next = atomic_load_explicit(&from->next, memory_order_relaxed), end;
    do {
        if (next >= from->end) {
            return 0;
        }
        const size_t left = from->end - next, part = (left + TAKE_OF_REST - 1) / TAKE_OF_REST;
        const size_t count = part > least ? part : least;
        end = count < left ? next + count : from->end;
    } while (!atomic_compare_exchange_weak_explicit(&from->next, &next, end, memory_order_relaxed,
                                                    memory_order_relaxed));
    const size_t unit = row_unit(plan);
    *rows = (struct rows){next * unit, end * unit < plan->m ? end * unit : plan->m};
    return 1;
}

typedef void rows_fn(void *context, size_t thread, struct rows rows);

/* Its own share, then what is left of the others'. */
static void for_rows(loom_pool *pool, size_t thread, const loom_plan *plan, rows_fn *run,
                     void *context) {
    const size_t least = units_of(plan) / pool->threads / TAKES_OF_SHARE + 1;
    for (size_t i = 0; i < pool->threads; i++) {
        struct loom_pool_thread *from = &pool->thread[(thread + i) % pool->threads];
        struct rows rows;
        while (take_rows(from, plan, least, &rows)) {
            run(context, thread, rows);
        }
    }
}

/* ---- Pack ------------------------------------------------------------------------------- */

struct pack_job {
    const loom_plan *plan;
    void *packed;
    const loom_parts *parts;
    unsigned code_bits;
    _Atomic loom_status status;
};

static void pack_range(void *context, size_t thread, struct rows rows) {
    struct pack_job *job = context;
    (void)thread;
    note_status(&job->status, loom_pack_parts(job->plan, job->packed, job->parts, job->code_bits,
                                              rows.begin, rows.end));
}

static void pack_work(loom_pool *pool, size_t thread, void *context) {
    const struct pack_job *job = context;
    for_rows(pool, thread, job->plan, pack_range, context);
}

loom_status loom_pool_pack_parts(loom_pool *pool, const loom_plan *plan, void *packed,
                                 const loom_parts *parts, unsigned code_bits) {
    if (!pool || !loom_plan_ready(plan)) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_pool_is_own(pool)) {
        return LOOM_ERROR_POOL;
    }
    struct pack_job job = {plan, packed, parts, code_bits, LOOM_OK};
    deal_rows(pool, plan);
    loom_pool_run(pool, pack_work, &job);
    /* Another thread may have packed row 0, and written the header, of a matrix that failed. */
    if (job.status == LOOM_ERROR_VALUE) {
        memset(packed, 0, LOOM_HEADER_BYTES);
    }
    return job.status;
}

loom_status loom_pool_pack(loom_pool *pool, const loom_plan *plan, void *packed,
                           const uint8_t *codes, const void *scales, const uint8_t *zeros) {
    const loom_parts parts = loom_three_parts(codes, scales, zeros);
    return loom_pool_pack_parts(pool, plan, packed, &parts, 8);
}

/* ---- Prepare and multiply --------------------------------------------------------------- */

struct matmul_job {
    const loom_plan *plan;
    float *y;
    const float *x;
    const uint32_t *order; /* NULL: that of x */
    const void *packed;
    uint8_t *prepared;
    size_t y_stride, x_stride, n;
    size_t copy_bytes; /* of what each thread prepares for itself; 0: they prepare for all */
    size_t parts;
    _Alignas(LOOM_ALIGN) _Atomic size_t next_part;
    _Alignas(LOOM_ALIGN) _Atomic size_t parts_done;
    _Alignas(LOOM_ALIGN) _Atomic loom_status status;
};

/* One token is prepared faster than it is read from the cache of the core that prepared it. */
static size_t copy_bytes(const loom_plan *plan, size_t n) {
    return n == 1 ? loom_prepared_size(plan, n) : 0;
}

static size_t part_count(const loom_pool *pool, const loom_plan *plan, size_t n) {
    const size_t tokens = n < LOOM_MAX_DIM ? n : LOOM_MAX_DIM;
    const size_t useful = (size_t)((uint64_t)tokens * plan->k / PART_ACTS) + 1;
    return useful < pool->threads ? useful : pool->threads;
}

size_t loom_pool_prepared_size(const loom_pool *pool, const loom_plan *plan, size_t n) {
    const size_t bytes = pool ? loom_prepared_size(plan, n) : 0;
    if (bytes == 0 || copy_bytes(plan, n) == 0) {
        return bytes;
    }
    return bytes <= SIZE_MAX / pool->threads ? bytes * pool->threads : 0;
}

static void prepare(struct matmul_job *job, uint8_t *to, size_t part, size_t parts) {
    note_status(&job->status,
                job->order
                    ? loom_prepare_ordered(job->plan, to, job->x, job->x_stride, job->order, job->n,
                                           part, parts)
                    : loom_prepare(job->plan, to, job->x, job->x_stride, job->n, part, parts));
}

/* Returns when all of it is prepared. It waits for threads that have taken a part, not for any
 * that may come. */
static void prepare_parts(struct matmul_job *job) {
    size_t part;
    unsigned turns = 0;
    while ((part = atomic_fetch_add(&job->next_part, 1)) < job->parts) {
        prepare(job, job->prepared, part, job->parts);
        atomic_fetch_add(&job->parts_done, 1);
    }
    while (atomic_load(&job->parts_done) < job->parts) {
        loom_pool_pause(&turns);
    }
}

static void multiply_rows(void *context, size_t thread, struct rows rows) {
    struct matmul_job *job = context;
    note_status(&job->status, loom_matmul(job->plan, job->y, job->y_stride, job->packed,
                                          job->prepared + thread * job->copy_bytes, job->n,
                                          rows.begin, rows.end));
}

static void matmul_work(loom_pool *pool, size_t thread, void *context) {
    struct matmul_job *job = context;
    if (job->copy_bytes > 0) {
        prepare(job, job->prepared + thread * job->copy_bytes, 0, 1);
    } else {
        prepare_parts(job);
    }
    if (atomic_load(&job->status) == LOOM_OK) {
        for_rows(pool, thread, job->plan, multiply_rows, context);
    }
}

/* The caller has filled in what it was given; the rest is set here. */
static loom_status run_matmul(loom_pool *pool, struct matmul_job *job) {
    if (!pool || !loom_plan_ready(job->plan) || !job->prepared) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_pool_is_own(pool)) {
        return LOOM_ERROR_POOL;
    }
    job->copy_bytes = copy_bytes(job->plan, job->n);
    job->parts = part_count(pool, job->plan, job->n);
    deal_rows(pool, job->plan);
    loom_pool_run(pool, matmul_work, job);
    return job->status;
}

static struct matmul_job job_of(const loom_plan *plan, float *y, size_t y_stride,
                                const void *packed, void *prepared, const float *x, size_t x_stride,
                                size_t n) {
    return (struct matmul_job){
        .plan = plan,
        .y = y,
        .x = x,
        .packed = packed,
        .prepared = prepared,
        .y_stride = y_stride,
        .x_stride = x_stride,
        .n = n,
        .status = LOOM_OK,
    };
}

loom_status loom_pool_matmul(loom_pool *pool, const loom_plan *plan, float *y, size_t y_stride,
                             const void *packed, void *prepared, const float *x, size_t x_stride,
                             size_t n) {
    struct matmul_job job = job_of(plan, y, y_stride, packed, prepared, x, x_stride, n);
    return run_matmul(pool, &job);
}

loom_status loom_pool_matmul_ordered(loom_pool *pool, const loom_plan *plan, float *y,
                                     size_t y_stride, const void *packed, void *prepared,
                                     const float *x, size_t x_stride, const uint32_t *order,
                                     size_t n) {
    struct matmul_job job = job_of(plan, y, y_stride, packed, prepared, x, x_stride, n);
    job.order = order;
    return order ? run_matmul(pool, &job) : LOOM_ERROR_NULL;
}
