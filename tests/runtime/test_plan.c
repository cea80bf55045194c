/* Plans: LOOM_FORCE, sizes, offsets, and what ties memory to a plan. */
#define _POSIX_C_SOURCE 200809L
#include "fake.h"
#include "plan.h"

#include <stdlib.h>
#include <string.h>

static loom_status create(loom_plan *plan) {
    return loom_plan_create(plan, &(loom_problem){"w2g32f32", 20, 70, LOOM_FASTEST});
}

static void environment_forces(void **state) {
    (void)state;
    loom_plan plan;
    assert_int_equal(unsetenv("LOOM_FORCE"), 0);
    assert_int_equal(create(&plan), LOOM_OK);
    assert_int_equal(plan.choice, LOOM_CHOICE_DEFAULT);
    setenv("LOOM_FORCE", "", 1);
    assert_int_equal(create(&plan), LOOM_OK);
    assert_int_equal(plan.choice, LOOM_CHOICE_DEFAULT);
    setenv("LOOM_FORCE", "c", 1);
    assert_int_equal(create(&plan), LOOM_OK);
    assert_int_equal(plan.choice, LOOM_CHOICE_FORCED);
    setenv("LOOM_FORCE", "nonsense", 1);
    assert_int_equal(create(&plan), LOOM_ERROR_FORCE);
    assert_int_equal(fake_plan("w2g32f32", 20, 70).choice, LOOM_CHOICE_DEFAULT);
    unsetenv("LOOM_FORCE");
}

static void a_plan_says_what_it_is(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    assert_int_equal(plan.m, 20);
    assert_int_equal(plan.k, 70);
    assert_int_equal(plan.row_block, 6);
    assert_int_equal(plan.format.group, 32);
    assert_int_equal(loom_groups(&plan), 3);
    assert_int_equal(loom_plan_mode(&plan, 1), LOOM_EXACT);
    assert_string_equal(loom_plan_kernel(&plan, 1), "loom_gemv_w2g32f32_exact__fake_c");
    assert_string_equal(loom_plan_kernel(&plan, 2), "loom_gemm_w2g32f32_exact__fake_c");
    const loom_plan row = fake_plan("w2rowf32", 20, 70), tensor = fake_plan("tf32", 20, 70);
    assert_int_equal(loom_groups(&row), 1);
    assert_int_equal(loom_groups(&tensor), 1);
}

/* 20 rows are 4 blocks of 6, 70 activations 3 groups of 32. */
static void packed_memory_has_its_size(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    const struct loom_packed_offsets at = loom_packed_offsets(&plan);
    assert_int_equal(at.k_padded, 96);
    assert_int_equal(at.blocks, 4);
    assert_int_equal(at.groups, 3);
    assert_int_equal(at.weights, 64);
    assert_int_equal(at.scales, 64 + 24 * 96 * 2 / 8);
    assert_int_equal(at.size, at.scales + 320); /* 24 * 3 * 4 = 288 */
    assert_int_equal(loom_packed_size(&plan), at.size);
    const loom_plan zeros = fake_plan("w3g64zf32", 20, 70);
    const struct loom_packed_offsets with_zeros = loom_packed_offsets(&zeros);
    assert_int_equal(with_zeros.zeros, 64 + 32 * 128 * 3 / 8 + 32 * 2 * 4);
    assert_int_equal(with_zeros.size, with_zeros.zeros + 64);
}

static void prepared_memory_has_its_size(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    const struct loom_prepared_offsets one = loom_prepared_offsets(&plan, 1);
    assert_int_equal(one.acts, 64);
    assert_int_equal(one.act_stride, 96 * 4 + 64);
    assert_int_equal(one.act_scale, one.acts + one.act_stride);
    assert_int_equal(one.act_sum, one.act_scale + 64);
    assert_int_equal(one.size, one.act_sum + 64);
    const struct loom_prepared_offsets many = loom_prepared_offsets(&plan, 7);
    assert_int_equal(many.act_stride, 128 + 64);
    assert_int_equal(many.act_scale, 64 + 7 * 192);
    assert_int_equal(many.act_sum, many.act_scale + 128);
    assert_int_equal(loom_prepared_size(&plan, 7), many.act_sum + 128);
    /* 2 tiles of 4 tokens, 2 groups of 4 pairs of words. */
    const loom_plan factors = fake_plan("w2g256s16x4mf32", 20, 300);
    const struct loom_prepared_offsets sums = loom_prepared_offsets(&factors, 7);
    assert_int_equal(sums.act_stride, 512 * 4 + 64);
    assert_int_equal(sums.group_stride, 2 * 4);
    assert_int_equal(sums.sum_stride, 2 * 8 * 4);
    assert_int_equal(sums.size, sums.act_sum + 2 * 2 * 8 * 4 * 4);
    assert_int_equal(loom_prepared_size(&plan, 0), 0);
    assert_int_equal(loom_prepared_size(&plan, LOOM_MAX_DIM + 1), 0);
}

/* The largest problem either fits the address space or is refused. */
static void the_largest_sizes_do_not_wrap(void **state) {
    (void)state;
    loom_plan plan;
    const loom_problem problem = {"w3g64zf32", LOOM_MAX_DIM, LOOM_MAX_DIM, LOOM_FASTEST};
    const loom_cpu cpu = {0, "c"};
    const loom_status status = loom_plan_create_for(&plan, &problem, &cpu, NULL);
    if (SIZE_MAX == UINT32_MAX) {
        assert_int_equal(status, LOOM_ERROR_SIZE);
        return;
    }
    assert_int_equal(status, LOOM_OK);
    const uint64_t values = (uint64_t)1 << 40;
    assert_true(loom_packed_size(&plan) == 64 + values * 3 / 8 + values / 64 * 5);
    assert_true(loom_prepared_size(&plan, LOOM_MAX_DIM) ==
                64 + values + (16u << 20) + values / 64 * 8);
}

static uint32_t check_of(const char *format, size_t m, size_t k) {
    return fake_plan(format, m, k).check;
}

static void check_tells_packed_memory_apart(void **state) {
    (void)state;
    const uint32_t check = check_of("w2g32f32", 20, 70);
    assert_int_equal(check, check_of("w2g32f32", 20, 70));
    assert_int_equal(check, check_of("w2g32f32arow", 20, 70));
    assert_int_not_equal(check, check_of("w2g32f32", 21, 70));
    assert_int_not_equal(check, check_of("w2g32f32", 20, 71));
    assert_int_not_equal(check, check_of("w2g32f32", 70, 20));
    assert_int_not_equal(check, check_of("w2rowf32", 20, 70));
    assert_int_not_equal(check_of("trowf32", 20, 70), check_of("tf32", 20, 70));
}

/* The same bits in other places are another layout, whatever it is called. */
static void check_depends_on_the_digits(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    struct loom_layout layout = *plan.gemv->layout;
    struct loom_kernel gemv = *plan.gemv;
    loom_plan other = plan;
    gemv.layout = &layout;
    other.gemv = &gemv;
    layout.name = "renamed";
    assert_int_equal(loom_plan_check(&other), plan.check);
    const struct loom_digit first = layout.section[0].digit[0];
    layout.section[0].digit[0] = layout.section[0].digit[1];
    layout.section[0].digit[1] = first;
    assert_int_not_equal(loom_plan_check(&other), plan.check);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environment_forces),
        cmocka_unit_test(a_plan_says_what_it_is),
        cmocka_unit_test(packed_memory_has_its_size),
        cmocka_unit_test(prepared_memory_has_its_size),
        cmocka_unit_test(the_largest_sizes_do_not_wrap),
        cmocka_unit_test(check_tells_packed_memory_apart),
        cmocka_unit_test(check_depends_on_the_digits),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
