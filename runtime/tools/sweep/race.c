#include "sweep/race.h"

#include "common/seconds.h"
#include "measure/memory.h"
#include "sweep/halve.h"

#include <math.h>
#include <stdlib.h>

/* A median of fewer samples says too little to drop a kernel. */
enum { LEAST_PASSES = 3 };

/* What a few samples that happen to agree do not show: a sample's usual spread, and what differs
 * from run to run, such as where memory lies. */
static const double usual_spread = 0.02, least_noise = 0.005;

static bool is_incumbent_of_any(const struct contest *contest, const struct contender *c) {
    for (int mode = 0; mode < SWEEP_MODES; mode++) {
        if (contest->incumbent[mode][c->class] == c) {
            return true;
        }
    }
    return false;
}

/* ---- Samples --------------------------------------------------------------------------- */

static bool is_over(const struct race *race) {
    return *race->stop || seconds_now() >= race->end;
}

static void sample_once(struct session *session, size_t index) {
    if (!session->entries[index].repetitions) {
        session_time(session, index);
    }
    session_sample(session, index);
}

/* The class that had more than half of the time so far, or LOOM_OPS: samples of many tokens are a
 * hundred times as long as those of one, and matter less. */
static enum loom_op greedy_class(const struct field *field) {
    double spent[LOOM_OPS] = {0}, all = 0;
    for (size_t i = 0; i < field->contest.count; i++) {
        spent[field->contest.list[i].class] += field->session.entries[i].spent;
        all += field->session.entries[i].spent;
    }
    int class = 0;
    while (class < LOOM_OPS && spent[class] <= all / 2) {
        class ++;
    }
    return (enum loom_op) class;
}

/* One sample of each that is not out, beginning with the pass-th. Where the time is over before the
 * end, the model's order decides in the first pass who is measured at all. */
static void run_pass(struct field *field, const struct race *race, size_t pass) {
    const struct contest *contest = &field->contest;
    const enum loom_op rests = pass < LEAST_PASSES ? LOOM_OPS : greedy_class(field);
    for (size_t i = 0; i < contest->count; i++) {
        const size_t index = (pass + i) % contest->count;
        const struct contender *c = &contest->list[index];
        const bool needed = !field->session.samples[index].count && is_incumbent_of_any(contest, c);
        if (!c->out && c->class != rests && (!is_over(race) || (needed && !*race->stop))) {
            sample_once(&field->session, index);
        }
    }
}

/* Voids what was sampled since `seen`, where the CPU has become slow meanwhile. */
static void check_pass(const struct session *session, const struct race *race, size_t *seen) {
    const bool throttled = watch_throttled(race->watch);
    for (size_t i = 0; i < session->count; i++) {
        if (throttled) {
            session_void(session, i, seen[i]);
        }
        seen[i] = session->samples[i].count;
    }
}

/* ---- Stages ---------------------------------------------------------------------------- */

static void estimate(struct contender *c, const struct bench_result *result) {
    const double least = fmax(least_noise, usual_spread / sqrt((double)result->used));
    c->seconds = result->timing.seconds;
    c->noise = fmax(least, result->noise);
    c->rounds = result->rounds;
    c->quiet = result->quiet;
}

static void estimate_all(struct field *field) {
    const struct session *session = &field->session;
    const double usual = usual_cycle(session->quiet, session->samples, session->count);
    for (size_t i = 0; i < session->count; i++) {
        if (session->samples[i].count && !field->contest.list[i].out) {
            const struct bench_result result =
                summarise(session->quiet, usual, &session->samples[i]);
            estimate(&field->contest.list[i], &result);
        }
    }
}

/* Passes until the end of the stage, or of the contest: that is looked at after 3, 6, 12 ... of
 * them. */
static void run_stage(struct field *field, const struct race *race, size_t stage, double end) {
    const size_t count = field->contest.count;
    size_t *seen = bench_alloc(count * sizeof *seen), left = 0, look = LEAST_PASSES;
    for (size_t i = 0; i < count; i++) {
        seen[i] = field->session.samples[i].count;
        left += !field->contest.list[i].out;
    }
    bool done = false;
    for (size_t pass = 0; !done && (pass < LEAST_PASSES || seconds_now() < end); pass++) {
        race->show(race->context, stage, left);
        run_pass(field, race, pass);
        check_pass(&field->session, race, seen);
        done = is_over(race);
        if (!done && pass + 1 == look) {
            look *= 2;
            estimate_all(field);
            done = sweep_told_apart(&field->contest);
        }
    }
    free(seen);
    if (!*race->stop) {
        estimate_all(field);
    }
}

/* Until one of a class is left; and one more to tell it from the incumbent. */
static size_t count_stages(const struct contest *contest) {
    size_t stages = 2;
    for (size_t left = contest->count / LOOM_OPS; left > 1; left /= 2) {
        stages++;
    }
    return stages;
}

void sweep_race(struct field *field, struct copies *copies, const struct race *race) {
    struct contest *contest = &field->contest;
    size_t stages = count_stages(contest);
    for (size_t stage = 1; contest->count; stage++) {
        copies_deal(copies, &field->session, contest);
        const double now = seconds_now();
        run_stage(field, race, stage, now + (race->end - now) / (double)stages);
        if (is_over(race)) {
            return;
        }
        sweep_halve(contest);
        if (sweep_told_apart(contest)) {
            return;
        }
        stages -= stages > 1;
    }
}
