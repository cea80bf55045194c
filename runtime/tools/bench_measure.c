#include "bench_measure.h"

#include "bench_memory.h"
#include "seconds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sample is long beside its probes and short beside a disturbance. */
static const double sample_seconds = 300e-6;
/* Beside this, one pass over the weights from DRAM instead of a cache is little. */
static const double long_seconds = 20e-3;
enum { LEAST_ROUNDS = 5, LEAST_OF_PEER = 3, MOST_ROUNDS = 4000 };

struct entry {
    struct target target;
    size_t repetitions; /* in a sample */
    bool warmed;        /* runs once before each sample */
    double spent;       /* seconds on it so far */
};

struct session {
    struct quiet *quiet;
    const struct bench_group *group;
    struct setting setting;
    struct entry *entries;   /* what is measured, the limits first */
    struct samples *samples; /* one an entry */
    size_t count;
    uint8_t *read_buffer;
};

/* ---- Rounds ---------------------------------------------------------------------------- */

static struct timing run_target(const struct session *session, size_t index, size_t repetitions) {
    return sample_run(&session->setting, &session->entries[index].target, repetitions);
}

static void take_sample(struct session *session, size_t index) {
    struct samples *samples = &session->samples[index];
    struct sample *sample = &samples->list[samples->count++];
    const double start = seconds_now();
    if (session->entries[index].warmed) {
        run_target(session, index, 1);
    }
    const struct moment before = quiet_probe(session->quiet);
    sample->timing = run_target(session, index, session->entries[index].repetitions);
    sample->moment = moment_between(before, quiet_probe(session->quiet));
    session->entries[index].spent += seconds_now() - start;
}

/* A peer that has had twice its even share of the time leaves the rest of it to the others: some
 * are a hundred times slower than a kernel. */
static bool sits_out(const struct session *session, size_t index, double elapsed) {
    return session->entries[index].target.kind == TARGET_PEER &&
           session->samples[index].count >= LEAST_OF_PEER &&
           session->entries[index].spent > 2 * elapsed / (double)session->count;
}

/* The shorter of two repetitions; one is enough where it is far longer than a sample. */
static double time_once(const struct session *session, size_t index) {
    const double first = run_target(session, index, 1).seconds;
    if (first > long_seconds) {
        return first;
    }
    const double second = run_target(session, index, 1).seconds;
    return first < second ? first : second;
}

static size_t enough_of(double seconds) {
    return seconds < sample_seconds ? (size_t)(sample_seconds / seconds + 0.999) : 1;
}

/* The peak lasts as long as the shortest kernel's sample: so it is as often disturbed. */
static void even_peak(struct session *session, double sample) {
    for (size_t i = 0; i < session->count; i++) {
        struct entry *entry = &session->entries[i];
        if (entry->target.kind == TARGET_DOT) {
            entry->repetitions = (size_t)((double)entry->repetitions * sample / sample_seconds) + 1;
        }
    }
}

/* As many repetitions as make a sample long enough. What the others left in the caches is no part
 * of a matrix's time that stays in them: it is read once before, unless that hardly shows. */
static void find_repetitions(struct session *session) {
    double shortest = long_seconds;
    for (size_t i = 0; i < session->count; i++) {
        const double seconds = time_once(session, i);
        if (session->entries[i].target.kind == TARGET_KERNEL) {
            shortest = fmin(shortest, fmax(seconds, sample_seconds));
        }
        session->entries[i].repetitions = enough_of(seconds);
        session->entries[i].warmed =
            session->group->residency == RESIDENCY_CACHE && seconds < long_seconds;
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

static void run_rounds(struct session *session) {
    find_repetitions(session);
    if (session->group->residency == RESIDENCY_DRAM) {
        even_repetitions(session);
    }
    const double start = seconds_now(), end = start + session->group->seconds;
    for (size_t round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && seconds_now() >= end) {
            return;
        }
        for (size_t i = 0; i < session->count; i++) {
            const size_t index = (round + i) % session->count;
            if (!sits_out(session, index, seconds_now() - start)) {
                take_sample(session, index);
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
        results->kernels[target->candidate - group->candidates->list] = *result;
        break;
    case TARGET_PEER:
        results->peers[peer_index(group->peers, target->peer)] = *result;
        break;
    }
}

static void write_results(const struct session *session, struct bench_results *results) {
    const double usual = usual_cycle(session->quiet, session->samples, session->count);
    for (size_t i = 0; i < session->count; i++) {
        const struct bench_result result = summarise(session->quiet, usual, &session->samples[i]);
        write_result(results, session->group, &session->entries[i].target, &result);
    }
}

/* ---- The whole ------------------------------------------------------------------------- */

static void add_target(struct session *session, const struct target *target) {
    session->samples[session->count].list = bench_alloc(MOST_ROUNDS * sizeof(struct sample));
    session->entries[session->count++].target = *target;
}

static unsigned count_readers(const struct session *session) {
    return session->setting.probe->read_ahead ? 2 : 1;
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
static void add_limits(struct session *session, size_t share) {
    const size_t bytes = (session->group->candidates->list[0].weight_bytes + 255) / 256 * 256;
    session->read_buffer = bench_alloc(bytes);
    memset(session->read_buffer, 1, bytes);
    for (unsigned ahead = 0; ahead < count_readers(session); ahead++) {
        add_target(session, &(struct target){.kind = TARGET_READ,
                                             .read_ahead = ahead > 0,
                                             .ring = ring_make(session->read_buffer, bytes, share),
                                             .bytes = bytes});
    }
    add_target(session, &(struct target){.kind = TARGET_DOT});
}

static void add_kernels(struct session *session, size_t share) {
    const struct candidates *candidates = session->group->candidates;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *c = &candidates->list[i];
        if (c->verified) {
            add_target(session,
                       &(struct target){.kind = TARGET_KERNEL,
                                        .candidate = c,
                                        .ring = ring_make(c->packed, c->packed_bytes, share),
                                        .bytes = c->packed_bytes});
        }
    }
}

static void add_peers(struct session *session, size_t share) {
    for (struct peer *peer = session->group->peers; peer; peer = peer->next) {
        if (peer->verified) {
            peer->calls->use_copies(peer, share / peer->bytes + 1);
            add_target(session,
                       &(struct target){.kind = TARGET_PEER, .peer = peer, .bytes = peer->bytes});
        }
    }
}

static void make_targets(struct session *session) {
    const struct bench_group *group = session->group;
    const size_t rings = count_readers(session) + count_verified(group);
    const size_t share = group->residency == RESIDENCY_DRAM ? group->dram_bytes / rings + 1 : 0;
    session->entries = bench_alloc((rings + 1) * sizeof *session->entries);
    session->samples = bench_alloc((rings + 1) * sizeof *session->samples);
    add_limits(session, share);
    add_kernels(session, share);
    add_peers(session, share);
}

static void free_targets(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        ring_free(&session->entries[i].target.ring);
        free(session->samples[i].list);
    }
    free(session->entries);
    free(session->samples);
    free(session->read_buffer);
}

void bench_measure(struct quiet *quiet, const struct bench_group *group,
                   struct bench_results *results) {
    struct session session = {
        .quiet = quiet,
        .group = group,
        .setting = {quiet->team, quiet->probe, group->input, group->candidates->prepared}};
    if (!count_verified(group)) {
        return;
    }
    make_targets(&session);
    run_rounds(&session);
    write_results(&session, results);
    free_targets(&session);
}
