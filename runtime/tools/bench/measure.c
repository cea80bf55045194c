#include "bench/measure.h"

#include "common/seconds.h"
#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROUNDS = 5, LEAST_OF_PEER = 3, MOST_ROUNDS = 4000 };

struct measurement {
    struct session session; /* the limits are its first entries */
    const struct bench_group *group;
    struct ring *rings;
    size_t ring_count;
    uint8_t *read_buffer;
};

/* ---- Rounds ---------------------------------------------------------------------------- */

/* A peer that has had twice its even share of the time leaves the rest of it to the others: some
 * are a hundred times slower than a kernel. */
static bool sits_out(const struct session *session, size_t index, double elapsed) {
    return session->entries[index].target.kind == TARGET_PEER &&
           session->samples[index].count >= LEAST_OF_PEER &&
           session->entries[index].spent > 2 * elapsed / (double)session->count;
}

/* The peak lasts as long as the shortest kernel's sample: so it is as often disturbed. */
static void even_peak(struct session *session, double sample) {
    for (size_t i = 0; i < session->count; i++) {
        struct entry *entry = &session->entries[i];
        if (entry->target.kind == TARGET_DOT) {
            entry->repetitions =
                (size_t)((double)entry->repetitions * sample / session_sample_seconds) + 1;
        }
    }
}

static void find_repetitions(struct session *session) {
    double shortest = session_long_seconds;
    for (size_t i = 0; i < session->count; i++) {
        const double seconds = session_time(session, i);
        if (session->entries[i].target.kind == TARGET_KERNEL) {
            shortest = fmin(shortest, fmax(seconds, session_sample_seconds));
        }
    }
    even_peak(session, shortest);
}

/* From DRAM the fastest kernel's repetitions for all, so that every matrix comes again only after
 * all the others. */
static void even_repetitions(struct session *session) {
    size_t most = 1;
    for (size_t i = 0; i < session->count; i++) {
        const struct entry *entry = &session->entries[i];
        if (entry->target.kind == TARGET_KERNEL && entry->repetitions > most) {
            most = entry->repetitions;
        }
    }
    for (size_t i = 0; i < session->count; i++) {
        if (session->entries[i].target.kind != TARGET_DOT) {
            session->entries[i].repetitions = most;
        }
    }
}

static void run_rounds(struct session *session, double seconds) {
    find_repetitions(session);
    if (session->residency == LOOM_DRAM) {
        even_repetitions(session);
    }
    const double start = seconds_now(), end = start + seconds;
    for (size_t round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && seconds_now() >= end) {
            return;
        }
        for (size_t i = 0; i < session->count; i++) {
            const size_t index = (round + i) % session->count;
            if (!sits_out(session, index, seconds_now() - start)) {
                session_sample(session, index);
            }
        }
    }
}

/* ---- Results --------------------------------------------------------------------------- */

static size_t peer_index(const struct peer *list, const struct peer *peer) {
    size_t index = 0;
    for (; list != peer; list = list->next) {
        index++;
    }
    return index;
}

/* Where the result of a kernel or a peer stands. */
static struct bench_result *result_of(struct bench_results *results,
                                      const struct bench_group *group,
                                      const struct target *target) {
    return target->kind == TARGET_PEER
               ? &results->peers[peer_index(group->peers, target->peer)]
               : &results->kernels[target->candidate - group->candidates->list];
}

static void write_result(struct bench_results *results, const struct bench_group *group,
                         const struct target *target, const struct bench_result *result) {
    const double bandwidth = (double)target->bytes / result->timing.seconds;
    switch (target->kind) {
    case TARGET_READ:
        if (bandwidth > results->read_bandwidth) {
            results->read_bandwidth = bandwidth;
        }
        break;
    case TARGET_DOT:
        results->dot_peak = result->timing.macs / result->timing.seconds;
        break;
    case TARGET_KERNEL:
    case TARGET_PEER:
        *result_of(results, group, target) = *result;
        break;
    }
}

static void write_results(const struct measurement *measurement, struct bench_results *results) {
    const struct session *session = &measurement->session;
    const double usual = usual_cycle(session->quiet, session->samples, session->count);
    for (size_t i = 0; i < session->count; i++) {
        const struct bench_result result = summarise(session->quiet, usual, &session->samples[i]);
        write_result(results, measurement->group, &session->entries[i].target, &result);
    }
}

/* After all times: so energy takes none of their rounds. */
static void measure_energy(struct measurement *measurement, struct bench_results *results) {
    struct session *session = &measurement->session;
    const struct bench_group *group = measurement->group;
    for (size_t i = 0; group->energy && i < session->count; i++) {
        struct target *target = &session->entries[i].target;
        if (target->kind == TARGET_KERNEL || target->kind == TARGET_PEER) {
            struct bench_result *result = result_of(results, group, target);
            result->joules =
                bench_joules(group->energy, &session->setting, target, result->timing.seconds);
        }
    }
}

/* ---- The whole ------------------------------------------------------------------------- */

static struct ring *add_ring(struct measurement *measurement, const uint8_t *matrix, size_t bytes,
                             size_t share) {
    struct ring *ring = &measurement->rings[measurement->ring_count++];
    *ring = ring_make(matrix, bytes, share);
    return ring;
}

static unsigned count_readers(const struct quiet *quiet) {
    return quiet->probe->read_ahead ? 2 : 1;
}

static size_t count_verified(const struct bench_group *group) {
    size_t count = 0;
    for (size_t i = 0; i < group->candidates->count; i++) {
        count += group->candidates->list[i].verified;
    }
    for (const struct peer *peer = group->peers; peer; peer = peer->next) {
        count += peer->verified;
    }
    return count;
}

/* The readers read as many bytes as the first candidate's matrix has. Which of the two is faster
 * depends on where the bytes are. */
static void add_limits(struct measurement *measurement, size_t share) {
    const size_t bytes = (measurement->group->candidates->list[0].weight_bytes + 255) / 256 * 256;
    measurement->read_buffer = bench_alloc(bytes);
    memset(measurement->read_buffer, 1, bytes);
    for (unsigned ahead = 0; ahead < count_readers(measurement->session.quiet); ahead++) {
        session_add(
            &measurement->session,
            &(struct target){.kind = TARGET_READ,
                             .read_ahead = ahead > 0,
                             .ring = add_ring(measurement, measurement->read_buffer, bytes, share),
                             .bytes = bytes});
    }
    session_add(&measurement->session, &(struct target){.kind = TARGET_DOT});
}

static void add_kernels(struct measurement *measurement, size_t share) {
    const struct candidates *candidates = measurement->group->candidates;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *c = &candidates->list[i];
        if (c->verified) {
            session_add(
                &measurement->session,
                &(struct target){.kind = TARGET_KERNEL,
                                 .candidate = c,
                                 .input = measurement->group->input,
                                 .ring = add_ring(measurement, c->packed, c->packed_bytes, share),
                                 .bytes = c->packed_bytes});
        }
    }
}

static void add_peers(struct measurement *measurement, size_t share) {
    for (struct peer *peer = measurement->group->peers; peer; peer = peer->next) {
        if (peer->verified) {
            peer->calls->use_copies(peer, share / peer->bytes + 1);
            session_add(&measurement->session, &(struct target){.kind = TARGET_PEER,
                                                                .peer = peer,
                                                                .input = measurement->group->input,
                                                                .bytes = peer->bytes});
        }
    }
}

static struct measurement make_targets(struct quiet *quiet, const struct bench_group *group) {
    const size_t rings = count_readers(quiet) + count_verified(group);
    const size_t share =
        group->residency == LOOM_DRAM ? bench_dram_share(group->dram_bytes, rings) : 0;
    struct measurement measurement = {.session = session_make(quiet, group->residency, rings + 1),
                                      .group = group,
                                      .rings = bench_alloc(rings * sizeof(struct ring))};
    measurement.session.setting.prepared = group->candidates->prepared;
    measurement.session.setting.pool = group->candidates->pool;
    add_limits(&measurement, share);
    add_kernels(&measurement, share);
    add_peers(&measurement, share);
    return measurement;
}

static void free_targets(struct measurement *measurement) {
    for (size_t i = 0; i < measurement->ring_count; i++) {
        ring_free(&measurement->rings[i]);
    }
    free(measurement->rings);
    session_free(&measurement->session);
    free(measurement->read_buffer);
}

void bench_measure(struct quiet *quiet, const struct bench_group *group,
                   struct bench_results *results) {
    if (!count_verified(group)) {
        return;
    }
    struct measurement measurement = make_targets(quiet, group);
    run_rounds(&measurement.session, group->seconds);
    write_results(&measurement, results);
    measure_energy(&measurement, results);
    free_targets(&measurement);
}
