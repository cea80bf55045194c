#include "measure/session.h"

#include "common/seconds.h"
#include "measure/memory.h"

#include <math.h>
#include <stdlib.h>

const double session_sample_seconds = 300e-6, session_long_seconds = 20e-3;
enum { FIRST_ROOM = 16 };

struct session session_make(struct quiet *quiet, enum loom_residency residency, size_t room) {
    return (struct session){.quiet = quiet,
                            .setting = {.team = quiet->team, .probe = quiet->probe},
                            .residency = residency,
                            .entries = bench_alloc(room * sizeof(struct entry)),
                            .samples = bench_alloc(room * sizeof(struct samples))};
}

void session_free(struct session *session) {
    for (size_t i = 0; i < session->count; i++) {
        free(session->samples[i].list);
    }
    free(session->entries);
    free(session->samples);
}

void session_add(struct session *session, const struct target *target) {
    session->entries[session->count++] = (struct entry){.target = *target};
}

static struct timing run(const struct session *session, struct entry *entry, size_t repetitions) {
    return sample_run(&session->setting, &entry->target, repetitions);
}

/* The shorter of two repetitions; one is enough where it is far longer than a sample. */
static double time_once(const struct session *session, struct entry *entry) {
    const double first = run(session, entry, 1).seconds;
    if (first > session_long_seconds) {
        return first;
    }
    const double second = run(session, entry, 1).seconds;
    return first < second ? first : second;
}

double session_time(const struct session *session, size_t index) {
    struct entry *entry = &session->entries[index];
    const double seconds = time_once(session, entry), wanted = session_sample_seconds;
    entry->repetitions = seconds < wanted ? (size_t)(wanted / seconds + 0.999) : 1;
    entry->warmed = session->residency == LOOM_CACHE && seconds < session_long_seconds;
    return seconds;
}

static struct sample *next_sample(struct samples *samples) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : FIRST_ROOM;
        struct sample *list = realloc(samples->list, samples->room * sizeof *list);
        if (!list) {
            abort();
        }
        samples->list = list;
    }
    return &samples->list[samples->count++];
}

void session_sample(const struct session *session, size_t index) {
    struct entry *entry = &session->entries[index];
    struct sample *sample = next_sample(&session->samples[index]);
    const double start = seconds_now();
    if (entry->warmed) {
        run(session, entry, 1);
    }
    const struct moment before = quiet_probe(session->quiet);
    sample->timing = run(session, entry, entry->repetitions);
    sample->moment = moment_between(before, quiet_probe(session->quiet));
    entry->spent += seconds_now() - start;
}

void session_void(const struct session *session, size_t index, size_t first) {
    const struct samples *samples = &session->samples[index];
    for (size_t i = first; i < samples->count; i++) {
        samples->list[i].moment.issue = INFINITY;
    }
}
