/* Which samples count as quiet, and what a result is made of. */
#include "measure/result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SAMPLES = 16 };
static const double issue_alone = 0.5, cycle = 1e-9;

/* A machine on which a round of the issue probe takes half a step of the chain at best. The clock
 * has been wrong once. */
static struct quiet machine(void) {
    struct quiet quiet = {0};
    for (int i = 0; i < QUIET_RANKS; i++) {
        quiet.least[i] = issue_alone;
    }
    quiet.least[0] = issue_alone / 2;
    return quiet;
}

/* SAMPLES samples that take 1, 2, 3 ... seconds, all of them disturbed, the later the more. */
static struct samples disturbed(void) {
    struct samples samples = {calloc(SAMPLES, sizeof(struct sample)), SAMPLES, SAMPLES};
    assert_non_null(samples.list);
    for (size_t i = 0; i < SAMPLES; i++) {
        samples.list[i].timing.seconds = (double)(i + 1);
        samples.list[i].moment = (struct moment){cycle, issue_alone * (1.2 + 0.1 * (double)i), 0};
    }
    return samples;
}

static struct bench_result result_of(struct samples *samples) {
    const struct quiet quiet = machine();
    return summarise(&quiet, usual_cycle(&quiet, samples, 1), samples);
}

static void takes_the_median_of_quiet_samples(void **state) {
    struct samples samples = disturbed();
    (void)state;
    samples.list[15].moment.issue = issue_alone * 1.09;
    samples.list[3].moment.issue = issue_alone;
    samples.list[8].moment.issue = issue_alone * 0.9;
    const struct bench_result result = result_of(&samples);
    assert_int_equal(result.rounds, SAMPLES);
    assert_int_equal(result.quiet, 3);
    assert_true(result.timing.seconds == 9);
    free(samples.list);
}

static void takes_the_least_disturbed_quarter_of_others(void **state) {
    struct samples samples = disturbed();
    (void)state;
    samples.list[15].moment.issue = issue_alone;
    samples.list[14].moment.issue = issue_alone;
    const struct bench_result result = result_of(&samples);
    assert_int_equal(result.quiet, 2);
    assert_true(result.timing.seconds == (2 + 15) / 2.0); /* of 1, 2, 15 and 16 */
    free(samples.list);
}

static void leaves_out_samples_at_another_frequency(void **state) {
    struct samples samples = disturbed();
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        samples.list[i].moment.issue = issue_alone;
    }
    samples.list[0].moment.cycle = cycle * 1.05;
    samples.list[4].moment.cycle = cycle * 0.95;
    const struct bench_result result = result_of(&samples);
    assert_int_equal(result.quiet, 3);
    assert_true(result.timing.seconds == 3);
    free(samples.list);
}

static void a_sample_is_as_bad_as_its_worse_end(void **state) {
    const struct moment calm = {cycle, issue_alone, 7}, busy = {2 * cycle, 2 * issue_alone, 7};
    (void)state;
    assert_true(moment_between(calm, busy).issue == busy.issue);
    assert_true(moment_between(busy, calm).issue == busy.issue);
    assert_true(moment_between(calm, busy).cycle == busy.cycle);
    assert_true(moment_between(busy, calm).cycle == busy.cycle);
    assert_true(moment_between(calm, calm).issue == calm.issue);
}

static void a_preempted_sample_is_disturbed(void **state) {
    const struct quiet quiet = machine();
    const struct moment before = {cycle, issue_alone, 7}, after = {cycle, issue_alone, 8};
    (void)state;
    assert_true(quiet_alone(&quiet, before));
    assert_false(quiet_alone(&quiet, moment_between(before, after)));
}

static uint64_t issue(const uint8_t *bytes, uint64_t rounds) {
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        sum += bytes[round % 4096] ^ round;
    }
    return sum;
}

/* Some moment of many is as good as the fifth best. */
static void probes_find_their_own_best(void **state) {
    const struct loom_probe probe = {.issue = issue};
    struct quiet quiet;
    bool pinned, found = false;
    struct team *team = team_start(1, &pinned);
    (void)state;
    quiet_start(&quiet, team, &probe);
    for (int i = 0; i < 1000 && !found; i++) {
        const struct moment moment = quiet_probe(&quiet);
        assert_true(moment.cycle > 0 && moment.issue > 0);
        found = isfinite(quiet.least[QUIET_RANKS - 1]) && quiet_alone(&quiet, moment);
    }
    assert_true(found);
    for (int i = 1; i < QUIET_RANKS; i++) {
        assert_true(quiet.least[i - 1] <= quiet.least[i]);
    }
    quiet_stop(&quiet);
    team_stop(team);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_median_of_quiet_samples),
        cmocka_unit_test(takes_the_least_disturbed_quarter_of_others),
        cmocka_unit_test(leaves_out_samples_at_another_frequency),
        cmocka_unit_test(a_sample_is_as_bad_as_its_worse_end),
        cmocka_unit_test(a_preempted_sample_is_disturbed),
        cmocka_unit_test(probes_find_their_own_best),
    };
    return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}
