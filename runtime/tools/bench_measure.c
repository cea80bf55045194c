#include "bench_measure.h"

#include "bench_memory.h"
#include "bench_sample.h"

#include <stdlib.h>
#include <string.h>

/* A sample is long beside its probes and short beside a disturbance. */
static const double sample_seconds = 300e-6;
enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 4000, LEAST_QUIET = 3 };

struct sample {
    struct timing timing;
    double probe; /* the longer one of those before and after */
};

struct member {
    struct target target;
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

/* ---- Rounds ---------------------------------------------------------------------------- */

static struct timing time_member(const struct session *session, struct member *member,
                                 size_t repetitions) {
    return sample_run(session->limits, session->group, &member->target, repetitions);
}

/* What another member left in the nearest cache is no part of this one's time. */
static void warm(const struct session *session, struct member *member) {
    if (session->group->residency == RESIDENCY_CACHE && member->repetitions > 1) {
        time_member(session, member, 1);
    }
}

static void run_round(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        struct member *member = &session->members[i];
        warm(session, member);
        const double before = limits_probe(session->limits);
        const struct timing timing = time_member(session, member, member->repetitions);
        const double after = limits_probe(session->limits);
        member->samples[member->count++] = (struct sample){timing, before > after ? before : after};
    }
}

/* The shorter of two repetitions. */
static double time_once(const struct session *session, struct member *member) {
    const double first = time_member(session, member, 1).seconds;
    const double second = time_member(session, member, 1).seconds;
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
        if (member->target.candidate && seconds < fastest) {
            fastest = seconds;
        }
    }
    if (session->group->residency == RESIDENCY_DRAM) {
        for (size_t i = 0; i < session->count; i++) {
            session->members[i].repetitions = (size_t)(sample_seconds / fastest + 0.999);
        }
    }
}

static void run_rounds(struct session *session) {
    const double end = seconds_now() + session->group->seconds;
    find_repetitions(session);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && seconds_now() >= end) {
            return;
        }
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
    for (size_t i = 0; i < member->count; i++) {
        result->quiet += limits_quiet(session->limits, member->samples[i].probe);
    }
    for (size_t i = 0; i < member->count; i++) {
        if (is_used(session, &member->samples[i], result->quiet)) {
            seconds[used] = member->samples[i].timing.seconds;
            prepare[used++] = member->samples[i].timing.prepare;
        }
    }
    result->seconds = median(seconds, used);
    result->prepare_seconds = median(prepare, used);
    free(seconds);
}

static double best_seconds(const struct member *member) {
    double best = member->samples[0].timing.seconds;
    for (size_t i = 1; i < member->count; i++) {
        if (member->samples[i].timing.seconds < best) {
            best = member->samples[i].timing.seconds;
        }
    }
    return best;
}

static void write_results(const struct session *session, struct bench_result *results) {
    const struct member *reader = &session->members[0];
    const double seconds_a_byte = best_seconds(reader) / (double)reader->target.bytes;
    for (size_t i = 1; i < session->count; i++) {
        const struct candidate *c = session->members[i].target.candidate;
        struct bench_result *result = &results[c - session->group->candidates->list];
        summarise(session, &session->members[i], result);
        result->read_seconds = seconds_a_byte * (double)c->weight_bytes;
    }
}

/* ---- The whole ------------------------------------------------------------------------- */

static void add_member(struct session *session, const struct candidate *candidate,
                       const uint8_t *matrix, size_t bytes, size_t total) {
    struct member *member = &session->members[session->count++];
    member->target = (struct target){candidate, ring_make(matrix, bytes, total), bytes};
    member->samples = bench_alloc(MOST_ROUNDS * sizeof *member->samples);
}

static size_t count_verified(const struct candidates *candidates) {
    size_t count = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        count += candidates->list[i].verified;
    }
    return count;
}

/* The read probe reads as many bytes as the first candidate's matrix has. */
static void add_reader(struct session *session, size_t total) {
    const size_t bytes = (session->group->candidates->list[0].weight_bytes + 255) / 256 * 256;
    session->read_buffer = bench_alloc(bytes);
    memset(session->read_buffer, 1, bytes);
    add_member(session, NULL, session->read_buffer, bytes, total);
}

static void make_members(struct session *session) {
    const struct bench_group *group = session->group;
    const struct candidates *candidates = group->candidates;
    const size_t count = 1 + count_verified(candidates);
    const size_t share = group->residency == RESIDENCY_DRAM ? group->dram_bytes / count + 1 : 0;
    session->members = bench_alloc(count * sizeof *session->members);
    add_reader(session, share);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *c = &candidates->list[i];
        if (c->verified) {
            add_member(session, c, c->packed, c->packed_bytes, share);
        }
    }
}

static void free_members(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        ring_free(&session->members[i].target.ring);
        free(session->members[i].samples);
    }
    free(session->members);
    free(session->read_buffer);
}

void bench_measure(struct limits *limits, const struct bench_group *group,
                   struct bench_result *results) {
    struct session session = {.limits = limits, .group = group};
    if (!count_verified(group->candidates)) {
        return;
    }
    make_members(&session);
    run_rounds(&session);
    write_results(&session, results);
    free_members(&session);
}
