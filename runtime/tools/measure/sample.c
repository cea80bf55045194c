#include "measure/sample.h"

#include "common/seconds.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct work {
    const struct setting *setting;
    const struct target *target;
    size_t repetitions;
    double prepare;   /* seconds of all repetitions, by thread 0 */
    double peer;      /* the same of TARGET_PEER */
    sem_t apart_done; /* what runs on threads of its own */
    loom_status status;
    _Atomic uint64_t macs, checksum;
};

/* Wakes the team's others, which left the CPUs to what runs on threads of its own. */
static void release(struct work *work, const struct team *team) {
    for (unsigned i = 1; i < team_threads(team); i++) {
        sem_post(&work->apart_done);
    }
}

/* ---- Kernels --------------------------------------------------------------------------- */

/* The rows of a thread: its share of the row blocks. */
static void multiply_share(const struct work *work, const uint8_t *packed, unsigned thread,
                           unsigned threads, loom_status *status) {
    const struct candidate *c = work->target->candidate;
    const struct bench_input *input = work->target->input;
    const size_t m = c->plan.m, block = c->plan.row_block, blocks = (m + block - 1) / block;
    const size_t begin = blocks * thread / threads * block;
    const size_t end = blocks * (thread + 1) / threads * block;
    if (begin < end && begin < m) {
        *status = loom_matmul(&c->plan, input->y, m, packed, work->setting->prepared, input->n,
                              begin, end < m ? end : m);
    }
}

static void run_kernel(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct candidate *c = work->target->candidate;
    const struct bench_input *input = work->target->input;
    const unsigned threads = team_threads(team);
    loom_status status = LOOM_OK;
    for (size_t i = 0; i < work->repetitions; i++) {
        const double start = thread == 0 ? seconds_now() : 0;
        loom_prepare(&c->plan, work->setting->prepared, input->x, c->plan.k, input->n, thread,
                     threads);
        team_wait(team);
        if (thread == 0) {
            work->prepare += seconds_now() - start;
        }
        multiply_share(work, ring_at(work->target->ring, i), thread, threads, &status);
        team_wait(team);
    }
    if (thread == 0) {
        work->status = status;
    }
}

/* The pool has threads of its own, and prepares inside the call. */
static void run_pool(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct candidate *c = work->target->candidate;
    const struct bench_input *input = work->target->input;
    if (thread > 0) {
        sem_wait(&work->apart_done);
        return;
    }
    for (size_t i = 0; i < work->repetitions && work->status == LOOM_OK; i++) {
        work->status = loom_pool_matmul(work->setting->pool, &c->plan, input->y, c->plan.m,
                                        ring_at(work->target->ring, i), work->setting->prepared,
                                        input->x, c->plan.k, input->n);
    }
    release(work, team);
}

/* ---- Limits ---------------------------------------------------------------------------- */

static void run_read(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct target *target = work->target;
    uint64_t checksum = 0;
    for (size_t i = 0; i < work->repetitions; i++) {
        checksum += limits_read(work->setting->probe, target->read_ahead, ring_at(target->ring, i),
                                target->bytes, thread, team_threads(team));
        team_wait(team);
    }
    atomic_fetch_add(&work->checksum, checksum);
}

static void run_dot(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    uint64_t macs = 0;
    (void)team, (void)thread;
    for (size_t i = 0; i < work->repetitions; i++) {
        macs += limits_dot(work->setting->probe);
    }
    atomic_fetch_add(&work->macs, macs);
}

/* ---- Peers ----------------------------------------------------------------------------- */

/* A peer has threads of its own: ours leave the CPUs to them. */
static void run_peer(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct bench_input *input = work->target->input;
    struct peer *peer = work->target->peer;
    if (thread > 0) {
        sem_wait(&work->apart_done);
        return;
    }
    work->peer = peer->calls->multiply(peer, input->y, input->x, input->n, work->repetitions);
    release(work, team);
}

/* ---- Any of them ----------------------------------------------------------------------- */

static team_fn *const runs[] = {[TARGET_READ] = run_read,
                                [TARGET_DOT] = run_dot,
                                [TARGET_KERNEL] = run_kernel,
                                [TARGET_PEER] = run_peer};

struct timing sample_run(const struct setting *setting, struct target *target, size_t repetitions) {
    struct work work = {.setting = setting, .target = target, .repetitions = repetitions};
    sem_init(&work.apart_done, 0, 0);
    const bool pooled = target->kind == TARGET_KERNEL && setting->pool;
    const double start = seconds_now();
    team_run(setting->team, pooled ? run_pool : runs[target->kind], &work);
    const double whole = seconds_now() - start;
    const double seconds = target->kind == TARGET_PEER ? work.peer : whole;
    sem_destroy(&work.apart_done);
    if (target->ring) {
        ring_advance(target->ring, repetitions);
    }
    if (work.status != LOOM_OK) {
        fprintf(stderr, "%s: %s\n", target->candidate->kernel->name, loom_status_text(work.status));
        exit(2);
    }
    const double each = 1 / (double)repetitions;
    return (struct timing){seconds * each, work.prepare * each, (double)work.macs * each};
}
