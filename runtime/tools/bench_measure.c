#include "bench_measure.h"

#include "bench_memory.h"
#include "bench_ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sample is long beside its probes and short beside a disturbance. */
static const double sample_seconds = 300e-6;
enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 4000, LEAST_QUIET = 3 };

struct sample {
    double seconds, prepare; /* of one repetition */
    double probe;            /* the longer one of those before and after */
};

/* A candidate, or, when that is NULL, the read probe. */
struct member {
    const struct candidate *candidate;
    struct ring ring;
    size_t bytes;       /* of the read probe */
    size_t repetitions; /* in a sample */
    struct sample *samples;
    size_t count;
};

struct session {
    struct limits *limits;
    const struct bench_group *group;
    struct member *members; /* the read probe first */
    size_t count;
    uint8_t *read_buffer;
};

/* ---- One sample ------------------------------------------------------------------------ */

struct work {
    const struct session *session;
    const struct member *member;
    size_t repetitions;
    double prepare; /* seconds of all repetitions, by thread 0 */
    loom_status status;
};

/* The rows of a thread: its share of the row blocks. */
static void multiply_share(const struct work *work, const uint8_t *packed, unsigned thread,
                           unsigned threads, loom_status *status) {
    const struct candidate *c = work->member->candidate;
    const struct bench_group *group = work->session->group;
    const size_t m = c->plan.m, block = c->plan.row_block, blocks = (m + block - 1) / block;
    const size_t begin = blocks * thread / threads * block;
    const size_t end = blocks * (thread + 1) / threads * block;
    if (begin < end && begin < m)
        *status = loom_matmul(&c->plan, group->input->y, m, packed, group->candidates->prepared,
                              group->input->n, begin, end < m ? end : m);
}

static void run_candidate(struct team *team, unsigned thread, void *context) {
    struct work *work = context;
    const struct candidate *c = work->member->candidate;
    const struct bench_group *group = work->session->group;
    const struct bench_input *input = group->input;
    const unsigned threads = team_threads(team);
    loom_status status = LOOM_OK;
    for (size_t i = 0; i < work->repetitions; i++) {
        const double start = thread == 0 ? seconds_now() : 0;
        loom_prepare(&c->plan, group->candidates->prepared, input->x, c->plan.k, input->n, thread,
                     threads);
        team_wait(team);
        if (thread == 0)
            work->prepare += seconds_now() - start;
        multiply_share(work, ring_at(&work->member->ring, i), thread, threads, &status);
        team_wait(team);
    }
    if (thread == 0)
        work->status = status;
}

static void repeat_reads(const struct session *session, const struct member *member,
                         size_t repetitions) {
    for (size_t i = 0; i < repetitions; i++)
        limits_read(session->limits, ring_at(&member->ring, i), member->bytes);
}

/* Seconds of one repetition. */
static struct sample run_sample(const struct session *session, struct member *member,
                                size_t repetitions) {
    struct work work = {session, member, repetitions, 0, LOOM_OK};
    const double start = seconds_now();
    if (member->candidate)
        team_run(session->limits->team, run_candidate, &work);
    else
        repeat_reads(session, member, repetitions);
    const double seconds = seconds_now() - start;
    ring_advance(&member->ring, repetitions);
    if (work.status != LOOM_OK) {
        fprintf(stderr, "loom-bench: %s: %s\n", member->candidate->kernel->name,
                loom_status_text(work.status));
        exit(2);
    }
    const double each = 1 / (double)repetitions;
    return (struct sample){seconds * each, work.prepare * each, 0};
}

/* ---- Rounds ---------------------------------------------------------------------------- */

/* What another member left in the nearest cache is no part of this one's time. */
static void warm(const struct session *session, struct member *member) {
    if (session->group->residency == RESIDENCY_CACHE && member->repetitions > 1)
        run_sample(session, member, 1);
}

static void run_round(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        struct member *member = &session->members[i];
        warm(session, member);
        const double before = limits_probe(session->limits);
        struct sample sample = run_sample(session, member, member->repetitions);
        const double after = limits_probe(session->limits);
        sample.probe = before > after ? before : after;
        member->samples[member->count++] = sample;
    }
}

/* The shorter of two repetitions. */
static double time_once(const struct session *session, struct member *member) {
    const double first = run_sample(session, member, 1).seconds;
    const double second = run_sample(session, member, 1).seconds;
    return first < second ? first : second;
}

/* As many repetitions as make a sample long enough. With RESIDENCY_DRAM the fastest candidate's
 * number for all, so that every matrix comes again only after all the others. */
static void find_repetitions(struct session *session) {
    double fastest = sample_seconds;
    for (size_t i = 0; i < session->count; i++) {
        struct member *member = &session->members[i];
        const double seconds = time_once(session, member);
        member->repetitions =
            seconds < sample_seconds ? (size_t)(sample_seconds / seconds + 0.999) : 1;
        if (member->candidate && seconds < fastest)
            fastest = seconds;
    }
    if (session->group->residency == RESIDENCY_DRAM)
        for (size_t i = 0; i < session->count; i++)
            session->members[i].repetitions = (size_t)(sample_seconds / fastest + 0.999);
}

static void run_rounds(struct session *session) {
    const double end = seconds_now() + session->group->seconds;
    find_repetitions(session);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && seconds_now() >= end)
            return;
        run_round(session);
    }
}

/* ---- Results --------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values. */
static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, compare_doubles);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static bool is_used(const struct session *session, const struct sample *sample, size_t quiet) {
    return quiet < LEAST_QUIET || limits_quiet(session->limits, sample->probe);
}

static void summarise(const struct session *session, const struct member *member,
                      struct bench_result *result) {
    double *seconds = bench_alloc(2 * member->count * sizeof *seconds);
    double *prepare = seconds + member->count;
    size_t used = 0;
    result->rounds = member->count;
    result->quiet = 0;
    for (size_t i = 0; i < member->count; i++)
        result->quiet += limits_quiet(session->limits, member->samples[i].probe);
    for (size_t i = 0; i < member->count; i++)
        if (is_used(session, &member->samples[i], result->quiet)) {
            seconds[used] = member->samples[i].seconds;
            prepare[used++] = member->samples[i].prepare;
        }
    result->seconds = median(seconds, used);
    result->prepare_seconds = median(prepare, used);
    free(seconds);
}

static double best_seconds(const struct member *member) {
    double best = member->samples[0].seconds;
    for (size_t i = 1; i < member->count; i++)
        if (member->samples[i].seconds < best)
            best = member->samples[i].seconds;
    return best;
}

static void write_results(const struct session *session, struct bench_result *results) {
    const struct member *reader = &session->members[0];
    const double seconds_a_byte = best_seconds(reader) / (double)reader->bytes;
    for (size_t i = 1; i < session->count; i++) {
        const struct candidate *c = session->members[i].candidate;
        struct bench_result *result = &results[c - session->group->candidates->list];
        summarise(session, &session->members[i], result);
        result->read_seconds = seconds_a_byte * (double)c->weight_bytes;
    }
}

/* ---- The whole ------------------------------------------------------------------------- */

static void add_member(struct session *session, const struct candidate *candidate,
                       const uint8_t *matrix, size_t bytes, size_t total) {
    struct member *member = &session->members[session->count++];
    member->candidate = candidate;
    member->ring = ring_make(matrix, bytes, total);
    member->bytes = bytes;
    member->samples = bench_alloc(MOST_ROUNDS * sizeof *member->samples);
}

static size_t count_verified(const struct candidates *candidates) {
    size_t count = 0;
    for (size_t i = 0; i < candidates->count; i++)
        count += candidates->list[i].verified;
    return count;
}

/* The read probe reads as many bytes as the first candidate's matrix has. */
static void add_reader(struct session *session, size_t total) {
    const size_t bytes = (session->group->candidates->list[0].weight_bytes + 255) / 256 * 256;
    session->read_buffer = bench_alloc(bytes);
    memset(session->read_buffer, 1, bytes);
    add_member(session, NULL, session->read_buffer, bytes, total);
}

void bench_measure(struct limits *limits, const struct bench_group *group,
                   struct bench_result *results) {
    const struct candidates *candidates = group->candidates;
    const size_t verified = count_verified(candidates);
    struct session session = {.limits = limits, .group = group};
    if (!verified)
        return;
    const size_t share =
        group->residency == RESIDENCY_DRAM ? group->dram_bytes / (verified + 1) + 1 : 0;
    session.members = bench_alloc((verified + 1) * sizeof *session.members);
    add_reader(&session, share);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *c = &candidates->list[i];
        if (c->verified)
            add_member(&session, c, c->packed, c->packed_bytes, share);
    }
    run_rounds(&session);
    write_results(&session, results);
    for (size_t i = 0; i < session.count; i++) {
        ring_free(&session.members[i].ring);
        free(session.members[i].samples);
    }
    free(session.members);
    free(session.read_buffer);
}
