/* Who goes on being measured, with times that are known. */
#include "common/random.h"
#include "contest.h"
#include "sweep/halve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct made_up made;

static size_t count_left(enum loom_op class) {
    size_t left = 0;
    for (size_t i = 0; i < made.contest.count; i++) {
        left += !made.list[i].out && made.list[i].class == class;
    }
    return left;
}

static void what_has_no_partner_is_out_at_once(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    const struct contender *one = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 0);
    const struct contender *many = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 0);
    const struct contender *alone = add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 0);
    const struct contender *unwanted = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_TABLE, 0);
    sweep_drop_unpaired(&made.contest);
    assert_false(one->out);
    assert_false(many->out);
    assert_true(alone->out);
    assert_true(unwanted->out);
}

static void the_better_half_of_each_class_stays(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    for (int i = 1; i <= 8; i++) {
        add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, i);
        add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 100 * i);
    }
    for (int i = 1; i <= 4; i++) {
        add(&made, LOOM_OP_FEW, &layout_a, LOOM_EXACT, 2 * i);
    }
    assert_int_equal(sweep_halve(&made.contest), 4 + 4 + 2);
    assert_int_equal(count_left(LOOM_OP_GEMV), 4);
    assert_int_equal(count_left(LOOM_OP_FEW), 2);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(made.list[i].out, i >= 8);
    }
}

/* A layout's fastest kernels go on together, and out together. */
static void layouts_keep_their_partners(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    const struct contender *slow = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 500);
    add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 50);
    for (int i = 0; i < 4; i++) {
        add(&made, LOOM_OP_GEMM, &layout_b, LOOM_EXACT, 1 + i);
    }
    sweep_halve(&made.contest);
    assert_false(slow->out);
    assert_int_equal(count_left(LOOM_OP_GEMV), 1);
    assert_int_equal(count_left(LOOM_OP_GEMM), 1);
}

/* The second best layout stays with its only kernel for many tokens, although those of the best one
 * are more than half of the class. */
static void a_layout_that_stays_keeps_its_partner(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 1.1);
    add(&made, LOOM_OP_GEMV, &layout_c, LOOM_EXACT, 2);
    const struct contender *partner = add(&made, LOOM_OP_GEMM, &layout_b, LOOM_EXACT, 1);
    const struct contender *lost = add(&made, LOOM_OP_GEMM, &layout_c, LOOM_EXACT, 1);
    for (int i = 0; i < 8; i++) {
        add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1 + 0.01 * i);
    }
    sweep_halve(&made.contest);
    assert_int_equal(count_left(LOOM_OP_GEMV), 2);
    assert_false(partner->out);
    assert_true(lost->out);
}

static void incumbents_and_the_unmeasured_stay(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    for (int i = 0; i < 6; i++) {
        add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1 + i);
    }
    struct contender *last = &made.list[6], *before = &made.list[5];
    made.contest.incumbent[LOOM_EXACT][LOOM_OP_GEMV] = last;
    before->seconds = 0;
    sweep_halve(&made.contest);
    assert_false(last->out);
    assert_false(before->out);
    assert_true(made.list[4].out);
}

static void every_wanted_mode_keeps_its_best(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    made.contest.wanted[LOOM_TABLE] = true;
    for (int i = 0; i < 4; i++) {
        add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1 + 0.01 * i);
    }
    const struct contender *table = add(&made, LOOM_OP_GEMV, &layout_b, LOOM_TABLE, 9);
    const struct contender *partner = add(&made, LOOM_OP_GEMM, &layout_b, LOOM_TABLE, 900);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    sweep_halve(&made.contest);
    assert_false(table->out);
    assert_false(partner->out);
}

static void told_apart_when_all_others_are_slower_than_the_noise(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    struct contender *other = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1.015);
    assert_false(sweep_told_apart(&made.contest));
    other->seconds = 1.03;
    assert_true(sweep_told_apart(&made.contest));
    other->seconds = 0;
    assert_false(sweep_told_apart(&made.contest));
    other->out = true;
    assert_true(sweep_told_apart(&made.contest));
    made.contest.wanted[LOOM_TABLE] = true;
    assert_true(sweep_told_apart(&made.contest)); /* nobody serves it */
}

/* An incumbent that is not beaten by more than the noise is no reason to stop. */
static void a_challenger_within_the_noise_goes_on(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    made.contest.incumbent[LOOM_EXACT][LOOM_OP_GEMV] =
        add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1.01);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    struct contender *challenger = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    assert_false(sweep_told_apart(&made.contest));
    challenger->noise = made.list[0].noise = 0.001;
    assert_true(sweep_told_apart(&made.contest));
}

/* Times with less and less noise, as more samples give: the best of 60 is found. */
static void the_fastest_is_left_in_the_end(void **state) {
    struct random random = {7};
    (void)state;
    for (int run = 0; run < 20; run++) {
        start(&made, LOOM_EXACT);
        double truth[MOST_CONTENDERS];
        const size_t best = random_below(&random, 60);
        for (size_t i = 0; i < 120; i++) {
            truth[i] = 1.1 + random_unit(&random);
            add(&made, i < 60 ? LOOM_OP_GEMV : LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 0);
        }
        truth[best] = 1;
        made.contest.incumbent[LOOM_EXACT][LOOM_OP_GEMV] = &made.list[(best + 1) % 60];
        double noise = 0.08;
        size_t stages = 0;
        do {
            for (size_t i = 0; i < 120; i++) {
                made.list[i].seconds = truth[i] * (1 + (random_unit(&random) - 0.5) * noise);
                made.list[i].noise = noise / 2;
            }
            sweep_halve(&made.contest);
            noise /= 1.5;
        } while (++stages < 16 && !sweep_told_apart(&made.contest));
        assert_true(stages < 16);
        struct sweep_choice choice;
        assert_true(sweep_choose(&made.contest, LOOM_EXACT, &choice));
        assert_ptr_equal(choice.of[LOOM_OP_GEMV], &made.list[best]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_no_partner_is_out_at_once),
        cmocka_unit_test(the_better_half_of_each_class_stays),
        cmocka_unit_test(layouts_keep_their_partners),
        cmocka_unit_test(a_layout_that_stays_keeps_its_partner),
        cmocka_unit_test(incumbents_and_the_unmeasured_stay),
        cmocka_unit_test(every_wanted_mode_keeps_its_best),
        cmocka_unit_test(told_apart_when_all_others_are_slower_than_the_noise),
        cmocka_unit_test(a_challenger_within_the_noise_goes_on),
        cmocka_unit_test(the_fastest_is_left_in_the_end),
    };
    return cmocka_run_group_tests_name("halve", tests, NULL, NULL);
}
