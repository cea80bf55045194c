/* Threads that wait for work: awake for a moment after the last work, then asleep. */
#define _GNU_SOURCE
#include "pool/pool.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 1024 };

/* Of a thread; loom_matmul takes up to 128 KiB of it, and some systems' own default is that. */
static const size_t stack_bytes = (size_t)1 << 20;

/* Longer than what stands between two matmuls of a model, shorter than a user would notice. */
static const int64_t awake_ns = 50000;

/* pool->gate: how many threads are inside, whether more may come, whether all shall end, and the
 * number of the work. The number wraps: a thread that slept through all of them misses a work,
 * which is allowed. */
enum { GATE_MEMBERS = 0x7ff, GATE_OPEN = 0x800, GATE_END = 0x1000, GATE_WORK = 0x2000 };

static uint32_t work_number(uint32_t gate) {
    return gate / GATE_WORK;
}

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void pause_cpu(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
    __asm__ volatile("yield");
#endif
}

void loom_pool_pause(unsigned *turns) {
    if (++*turns < 4096) {
        pause_cpu();
    } else {
        sched_yield(); /* it may need this CPU */
    }
}

/* ---- A thread --------------------------------------------------------------------------- */

/* 1 if the thread is inside now: the gate was open for another work than `done`. */
static int try_join(loom_pool *pool, uint32_t done) {
    uint32_t gate = atomic_load(&pool->gate);
    while ((gate & GATE_OPEN) && work_number(gate) != done) {
        if (atomic_compare_exchange_weak(&pool->gate, &gate, gate + 1)) {
            return 1;
        }
    }
    return 0;
}

static int join_awake(loom_pool *pool, uint32_t done) {
    const int64_t end = now_ns() + awake_ns;
    do {
        for (int i = 0; i < 64; i++) {
            if (try_join(pool, done)) {
                return 1;
            }
            pause_cpu();
        }
        sched_yield(); /* the caller itself may need this CPU */
    } while (now_ns() < end);
    return 0;
}

/* Until the gate has changed in more than its members. */
static void sleep_on(loom_pool *pool, uint32_t gate) {
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1); /* before the gate is read: see wake_sleepers */
    while (((atomic_load(&pool->gate) ^ gate) & ~(uint32_t)(GATE_MEMBERS | GATE_OPEN)) == 0) {
        pthread_cond_wait(&pool->wake, &pool->mutex);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

/* 0 if the pool ends. */
static int wait_and_join(loom_pool *pool, uint32_t done) {
    for (;;) {
        const uint32_t gate = atomic_load(&pool->gate);
        if (gate & GATE_END) {
            return 0;
        }
        if (join_awake(pool, done)) {
            return 1;
        }
        sleep_on(pool, gate);
    }
}

static void *thread_main(void *argument) {
    const struct loom_pool_thread *thread = argument;
    loom_pool *pool = thread->pool;
    uint32_t done = 0;
    while (wait_and_join(pool, done)) {
        pool->work(pool, (size_t)(thread - pool->thread), pool->context);
        done = work_number(atomic_fetch_sub(&pool->gate, 1));
    }
    return NULL;
}

/* ---- The caller ------------------------------------------------------------------------- */

/* After a change of the gate: either this sees the sleeper, or the sleeper sees the change. */
static void wake_sleepers(loom_pool *pool) {
    if (atomic_load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
        pthread_cond_broadcast(&pool->wake);
    }
}

static void open_gate(loom_pool *pool) {
    const uint32_t number = work_number(atomic_load(&pool->gate)) + 1;
    atomic_store(&pool->gate, number * GATE_WORK | GATE_OPEN);
    wake_sleepers(pool);
}

/* Nobody comes any more; those who came have left when it returns. */
static void close_gate(loom_pool *pool) {
    unsigned turns = 0;
    atomic_fetch_and(&pool->gate, ~(uint32_t)GATE_OPEN);
    while (atomic_load(&pool->gate) & GATE_MEMBERS) {
        loom_pool_pause(&turns);
    }
}

int loom_pool_is_own(const loom_pool *pool) {
    return pool->process == getpid();
}

void loom_pool_run(loom_pool *pool, loom_pool_work *work, void *context) {
    if (pool->threads == 1) {
        work(pool, 0, context);
        return;
    }
    pool->work = work;
    pool->context = context;
    open_gate(pool);
    work(pool, 0, context);
    close_gate(pool);
}

/* ---- Creation --------------------------------------------------------------------------- */

/* CPUs that this process may run on, at most MAX_THREADS. */
static size_t usable_cpus(void) {
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
    cpu_set_t allowed; /* of 1024 CPUs: with more in the machine the call fails */
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        cpus = CPU_COUNT(&allowed);
    }
#endif
    return cpus < 1 ? 1 : cpus < MAX_THREADS ? (size_t)cpus : MAX_THREADS;
}

/* All signals but those that a thread's own fault raises: a program's handler may want to see
 * where that was. */
static void fill_asynchronous(sigset_t *signals) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    sigfillset(signals);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        sigdelset(signals, faults[i]);
    }
}

/* Starts threads 1 and on; pool->threads says how many there are then. They inherit a mask that
 * leaves the program's signals to the program's threads. */
static void start_threads(loom_pool *pool, size_t threads) {
    sigset_t blocked, usual;
    fill_asynchronous(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &usual);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    for (pool->threads = 1; pool->threads < threads; pool->threads++) {
        struct loom_pool_thread *thread = &pool->thread[pool->threads];
        thread->pool = pool;
        if (pthread_create(&thread->id, &attributes, thread_main, thread) != 0) {
            break;
        }
    }
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &usual, NULL);
}

static loom_pool *new_pool(size_t threads) {
    loom_pool *pool =
        aligned_alloc(LOOM_ALIGN, sizeof *pool + threads * sizeof(struct loom_pool_thread));
    if (pool) {
        *pool = (loom_pool){.mutex = PTHREAD_MUTEX_INITIALIZER,
                            .wake = PTHREAD_COND_INITIALIZER,
                            .process = getpid()};
        start_threads(pool, threads);
    }
    return pool;
}

loom_status loom_pool_create(loom_pool **pool, size_t threads) {
    if (!pool) {
        return LOOM_ERROR_NULL;
    }
    if (threads > MAX_THREADS) {
        return LOOM_ERROR_POOL;
    }
    const size_t count = threads > 0 ? threads : usable_cpus();
    loom_pool *made = new_pool(count);
    if (!made || made->threads < count) {
        loom_pool_free(made);
        return LOOM_ERROR_POOL;
    }
    *pool = made;
    return LOOM_OK;
}

static void end_threads(loom_pool *pool) {
    atomic_fetch_or(&pool->gate, GATE_END);
    wake_sleepers(pool);
    for (size_t i = 1; i < pool->threads; i++) {
        pthread_join(pool->thread[i].id, NULL);
    }
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
}

/* A forked child has the pool's memory and none of its threads, one of which may have held the
 * mutex. */
void loom_pool_free(loom_pool *pool) {
    if (pool && loom_pool_is_own(pool)) {
        end_threads(pool);
    }
    free(pool);
}
