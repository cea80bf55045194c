#include "bench_sample.h"

#include <stdio.h>
#include <stdlib.h>

struct work {
    const struct bench_group *group;
    const struct target *target;
    size_t repetitions;
    double prepare; /* seconds of all repetitions, by thread 0 */
    loom_status status;
};

/* The rows of a thread: its share of the row blocks. */
static void multiply_share(const struct work *work, const uint8_t *packed, unsigned thread,
                           unsigned threads, loom_status *status) {
    const struct candidate *c = work->target->candidate;
    const struct bench_group *group = work->group;
    const size_t m = c->plan.m, block = c->plan.row_block, blocks = (m + block - 1) / block;
    const size_t begin = blocks * thread / threads * block;
    const size_t end = blocks * (thread + 1) / threads * block;
    if (begin < end && begin < m) {
        *status = loom_matmul(&c->plan, group->input->y, m, packed, group->candidates->prepared,
                              group->input->n, begin, end < m ? end : m);
    }
}

static void run_candidate(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct candidate *c = work->target->candidate;
    const struct bench_group *group = work->group;
    const struct bench_input *input = group->input;
    const unsigned threads = team_threads(team);
    loom_status status = LOOM_OK;
    for (size_t i = 0; i < work->repetitions; i++) {
        const double start = thread == 0 ? seconds_now() : 0;
        loom_prepare(&c->plan, group->candidates->prepared, input->x, c->plan.k, input->n, thread,
                     threads);
        team_wait(team);
        if (thread == 0) {
            work->prepare += seconds_now() - start;
        }
        multiply_share(work, ring_at(&work->target->ring, i), thread, threads, &status);
        team_wait(team);
    }
    if (thread == 0) {
        work->status = status;
    }
}

static void repeat_reads(struct limits *limits, const struct target *target, size_t repetitions) {
    for (size_t i = 0; i < repetitions; i++) {
        limits_read(limits, ring_at(&target->ring, i), target->bytes);
    }
}

struct timing sample_run(struct limits *limits, const struct bench_group *group,
                         struct target *target, size_t repetitions) {
    struct work work = {group, target, repetitions, 0, LOOM_OK};
    const double start = seconds_now();
    if (target->candidate) {
        team_run(limits->team, run_candidate, &work);
    } else {
        repeat_reads(limits, target, repetitions);
    }
    const double seconds = seconds_now() - start;
    ring_advance(&target->ring, repetitions);
    if (work.status != LOOM_OK) {
        fprintf(stderr, "loom-bench: %s: %s\n", target->candidate->kernel->name,
                loom_status_text(work.status));
        exit(2);
    }
    const double each = 1 / (double)repetitions;
    return (struct timing){seconds * each, work.prepare * each};
}
