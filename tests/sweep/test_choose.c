/* Which kernels of a problem are chosen. */
#include "contest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct made_up made;

static struct sweep_choice choose(loom_mode mode) {
    struct sweep_choice choice;
    assert_true(sweep_choose(&made.contest, mode, &choice));
    return choice;
}

static void kernels_share_one_layout(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    const struct contender *one = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    const struct contender *many = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 128);
    add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 0.5);
    add(&made, LOOM_OP_GEMM, &layout_c, LOOM_EXACT, 1);
    add(&made, LOOM_OP_FEW, &layout_b, LOOM_EXACT, 0.1);
    const struct sweep_choice choice = choose(LOOM_EXACT);
    assert_ptr_equal(choice.of[LOOM_OP_GEMV], one);
    assert_ptr_equal(choice.of[LOOM_OP_FEW], many); /* none of its layout was measured */
    assert_ptr_equal(choice.of[LOOM_OP_GEMM], many);
}

/* With 128 tokens a GEMM's 32 seconds count as the GEMV's one. */
static void a_token_read_counts_as_its_share(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    const struct contender *a = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 32);
    add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 0.9);
    add(&made, LOOM_OP_GEMM, &layout_b, LOOM_EXACT, 38.4);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], a);
    const struct contender *c = add(&made, LOOM_OP_GEMV, &layout_c, LOOM_EXACT, 0.9);
    add(&made, LOOM_OP_GEMM, &layout_c, LOOM_EXACT, 33.6);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], c);
}

static void for_a_few_tokens_the_fastest_of_the_layout(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 100);
    add(&made, LOOM_OP_FEW, &layout_a, LOOM_EXACT, 3);
    const struct contender *few = add(&made, LOOM_OP_FEW, &layout_a, LOOM_EXACT, 2);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_FEW], few);
}

static void modes_are_served_by_their_own(void **state) {
    (void)state;
    start(&made, LOOM_FASTEST);
    const struct contender *exact = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 2);
    const struct contender *table = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_TABLE, 1);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_TABLE7, 0.5);
    const struct contender *many = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    const struct contender *slow = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_TABLE, 2);
    struct sweep_choice none;
    assert_ptr_equal(choose(LOOM_FASTEST).of[LOOM_OP_GEMV], table);
    assert_ptr_equal(choose(LOOM_FASTEST).of[LOOM_OP_GEMM], many);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], exact);
    assert_ptr_equal(choose(LOOM_TABLE).of[LOOM_OP_GEMM], slow);
    assert_false(sweep_choose(&made.contest, LOOM_TABLE7, &none));
}

/* Layout a is the incumbent's, with 1 second for one token. */
static struct contender *start_with_incumbent(void) {
    start(&made, LOOM_EXACT);
    struct contender *one = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    made.contest.incumbent[LOOM_EXACT][LOOM_OP_GEMV] = one;
    made.contest.incumbent[LOOM_EXACT][LOOM_OP_GEMM] =
        add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1);
    return one;
}

static void within_the_noise_the_incumbent_stays(void **state) {
    (void)state;
    const struct contender *incumbent = start_with_incumbent();
    struct contender *challenger = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 0.985);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
    challenger->noise = 0.001;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], challenger);
    challenger->noise = 0.1;
    challenger->seconds = 0.95;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
}

static void another_layout_must_be_faster_by_more_than_the_noise(void **state) {
    (void)state;
    const struct contender *incumbent = start_with_incumbent();
    struct contender *other = add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 0.985);
    add(&made, LOOM_OP_GEMM, &layout_b, LOOM_EXACT, 1);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
    other->seconds = 0.97;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], other);
    other->out = true;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
}

static void an_unmeasured_incumbent_is_none(void **state) {
    (void)state;
    struct contender *incumbent = start_with_incumbent();
    incumbent->seconds = 0;
    const struct contender *slow = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 5);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], slow);
}

static void a_disturbed_measurement_replaces_no_incumbent(void **state) {
    (void)state;
    struct contender *incumbent = start_with_incumbent();
    struct contender *fast = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 0.5);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], fast);
    assert_false(choose(LOOM_EXACT).disturbed);
    static const size_t few[][2] = {{100, 2}, {1000, 19}};
    for (size_t i = 0; i < 2; i++) {
        for (int own = 0; own < 2; own++) { /* the incumbent's own is as bad */
            struct contender *c = own ? incumbent : fast;
            const struct contender before = *c;
            c->rounds = few[i][0];
            c->quiet = few[i][1];
            assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
            assert_true(choose(LOOM_EXACT).disturbed);
            *c = before;
        }
    }
    fast->rounds = 1000;
    fast->quiet = 20;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], fast);
    add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 0.1)->quiet = 0;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], fast); /* the fastest of the quiet */
}

static void a_disturbed_layout_replaces_no_incumbent(void **state) {
    (void)state;
    const struct contender *incumbent = start_with_incumbent();
    const struct contender *other = add(&made, LOOM_OP_GEMV, &layout_b, LOOM_EXACT, 0.5);
    struct contender *many = add(&made, LOOM_OP_GEMM, &layout_b, LOOM_EXACT, 1);
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], other);
    many->quiet = 1;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], incumbent);
    assert_true(choose(LOOM_EXACT).disturbed);
}

/* Something has to be chosen. */
static void without_an_incumbent_a_disturbed_one_is_better_than_none(void **state) {
    (void)state;
    start(&made, LOOM_EXACT);
    struct contender *one = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 1);
    add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 1)->quiet = 0;
    one->quiet = 0;
    assert_ptr_equal(choose(LOOM_EXACT).of[LOOM_OP_GEMV], one);
}

/* Even what the library takes untuned is not kept for a mode that it may not serve. */
static void fastest_never_takes_7_bits(void **state) {
    (void)state;
    start(&made, LOOM_FASTEST);
    const struct contender *one = add(&made, LOOM_OP_GEMV, &layout_a, LOOM_EXACT, 2);
    const struct contender *many = add(&made, LOOM_OP_GEMM, &layout_a, LOOM_EXACT, 200);
    const struct contender *few = add(&made, LOOM_OP_FEW, &layout_a, LOOM_EXACT, 6);
    for (int class = 0; class < LOOM_OPS; class ++) {
        made.contest.incumbent[LOOM_FASTEST][class] =
            add(&made, (enum loom_op) class, &layout_a, LOOM_TABLE7, 1);
    }
    const struct sweep_choice choice = choose(LOOM_FASTEST);
    assert_ptr_equal(choice.of[LOOM_OP_GEMV], one);
    assert_ptr_equal(choice.of[LOOM_OP_FEW], few);
    assert_ptr_equal(choice.of[LOOM_OP_GEMM], many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_share_one_layout),
        cmocka_unit_test(a_token_read_counts_as_its_share),
        cmocka_unit_test(for_a_few_tokens_the_fastest_of_the_layout),
        cmocka_unit_test(modes_are_served_by_their_own),
        cmocka_unit_test(within_the_noise_the_incumbent_stays),
        cmocka_unit_test(another_layout_must_be_faster_by_more_than_the_noise),
        cmocka_unit_test(an_unmeasured_incumbent_is_none),
        cmocka_unit_test(a_disturbed_measurement_replaces_no_incumbent),
        cmocka_unit_test(a_disturbed_layout_replaces_no_incumbent),
        cmocka_unit_test(without_an_incumbent_a_disturbed_one_is_better_than_none),
        cmocka_unit_test(fastest_never_takes_7_bits),
    };
    return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
