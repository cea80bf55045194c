/* Prepared activations: the parts make the whole, whatever their number. */
#include "fake.h"
#include "plan.h"

#include <stdlib.h>
#include <string.h>

static void prepare_whole(const loom_plan *plan, void *prepared, const float *x, size_t x_stride,
                          size_t n) {
    assert_int_equal(loom_prepare(plan, prepared, x, x_stride, n, 0, 1), LOOM_OK);
}

/* Parts in descending order, so that nothing can rely on an earlier one. */
static void prepare_parts(const loom_plan *plan, void *prepared, const float *x, size_t x_stride,
                          size_t n, size_t parts) {
    for (size_t part = parts; part-- > 0;) {
        assert_int_equal(loom_prepare(plan, prepared, x, x_stride, n, part, parts), LOOM_OK);
    }
}

static void check_parts(const char *format, size_t k, size_t n, size_t parts) {
    const loom_plan plan = fake_plan(format, 10, k);
    const size_t size = loom_prepared_size(&plan, n), x_stride = k + 1;
    float *x = fake_activations(n, k, x_stride, k);
    void *whole = fake_alloc(size), *joined = fake_alloc(size);
    prepare_whole(&plan, whole, x, x_stride, n);
    prepare_parts(&plan, joined, x, x_stride, n, parts);
    assert_memory_equal(whole, joined, size);
    fake_free(whole, size);
    fake_free(joined, size);
    free(x);
}

static void parts_make_the_whole(void **state) {
    (void)state;
    static const size_t ks[] = {1, 32, 100, 320, 1000}, parts[] = {1, 2, 3, 8, 100};
    for (size_t i = 0; i < fake_format_count * 5 * 5; i++) {
        for (size_t n = 1; n <= 4; n++) {
            check_parts(fake_formats[i / 25], ks[i / 5 % 5], n, parts[i % 5]);
        }
    }
}

/* ---- Another order of columns --------------------------------------------------------------- */

/* A permutation: each number changes place with one at random. */
static uint32_t *make_order(size_t k, uint64_t seed) {
    uint32_t *const order = malloc(k * sizeof *order);
    assert_non_null(order);
    for (uint32_t i = 0; i < k; i++) {
        const size_t other = fake_random(&seed) % (i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    return order;
}

/* x with its columns in that order; what is between tokens stays. */
static float *permute(const float *x, const uint32_t *order, size_t n, size_t k, size_t x_stride) {
    float *const permuted = calloc(n * x_stride, sizeof *permuted);
    assert_non_null(permuted);
    for (size_t i = 0; i < n * k; i++) {
        permuted[i / k * x_stride + i % k] = x[i / k * x_stride + order[i % k]];
    }
    return permuted;
}

static void check_ordered(const char *format, size_t k, size_t n, size_t parts) {
    const loom_plan plan = fake_plan(format, 10, k);
    const size_t size = loom_prepared_size(&plan, n), x_stride = k + 3;
    float *x = fake_activations(n, k, x_stride, k);
    uint32_t *order = make_order(k, n);
    float *permuted = permute(x, order, n, k, x_stride);
    void *expected = fake_alloc(size), *ordered = fake_alloc(size);
    prepare_whole(&plan, expected, permuted, x_stride, n);
    for (size_t part = parts; part-- > 0;) {
        assert_int_equal(loom_prepare_ordered(&plan, ordered, x, x_stride, order, n, part, parts),
                         LOOM_OK);
    }
    assert_memory_equal(expected, ordered, size);
    fake_free(expected, size);
    fake_free(ordered, size);
    free(permuted);
    free(order);
    free(x);
}

/* Groups of 32, 64 and 256, and a scale for the whole token: as if x had been permuted. */
static void an_order_is_a_permuted_input(void **state) {
    (void)state;
    static const char *const formats[] = {"w2g32f32", "w3g64zf32", "w2g256s16x4mf32",
                                          "w2g32f32arow"};
    static const size_t ks[] = {1, 32, 100, 320, 1000, 3000}, parts[] = {1, 2, 3, 100};
    for (size_t i = 0; i < 4 * 6 * 4; i++) {
        for (size_t n = 1; n <= 4; n++) {
            check_ordered(formats[i / 24], ks[i / 4 % 6], n, parts[i % 4]);
        }
    }
}

static void wrong_orders_are_refused(void **state) {
    (void)state;
    enum { K = 100 };
    const loom_plan plan = fake_plan("w2g32f32", 10, K), row = fake_plan("w2rowf32", 10, K);
    const size_t size = loom_prepared_size(&plan, 1), row_size = loom_prepared_size(&row, 1);
    float *x = fake_activations(1, K, K, 1);
    uint32_t *order = make_order(K, 1);
    void *prepared = fake_alloc(size), *of_row = fake_alloc(row_size);
    assert_int_equal(loom_prepare_ordered(&row, of_row, x, K, order, 1, 0, 1), LOOM_ERROR_FORMAT);
    assert_int_equal(loom_prepare_ordered(&plan, prepared, x, K, NULL, 1, 0, 1), LOOM_ERROR_NULL);
    assert_int_equal(loom_prepare_ordered(&plan, prepared, x, K, order, 1, 1, 1), LOOM_ERROR_RANGE);
    order[K - 1] = K;
    assert_int_equal(loom_prepare_ordered(&plan, prepared, x, K, order, 1, 0, 1), LOOM_ERROR_RANGE);
    fake_free(prepared, size);
    fake_free(of_row, row_size);
    free(order);
    free(x);
}

/* ---- Lines ---------------------------------------------------------------------------------- */

/* The cache lines of acts that a part writes, as a set of lines of `prepared`. */
static void mark_lines(const loom_plan *plan, const float *x, size_t n, size_t part, size_t parts,
                       uint8_t *writers) {
    const struct loom_prepared_offsets at = loom_prepared_offsets(plan, n);
    uint8_t *prepared = fake_alloc(at.size);
    assert_int_equal(loom_prepare(plan, prepared, x, plan->k, n, part, parts), LOOM_OK);
    for (size_t line = at.acts / LOOM_ALIGN; line < at.act_scale / LOOM_ALIGN; line++) {
        for (size_t i = 0; i < LOOM_ALIGN; i++) {
            if (prepared[line * LOOM_ALIGN + i] != FAKE_FILL) {
                writers[line]++;
                break;
            }
        }
    }
    fake_free(prepared, at.size);
}

static void check_lines(const char *format, size_t n) {
    const loom_plan plan = fake_plan(format, 10, 500);
    const size_t lines = loom_prepared_size(&plan, n) / LOOM_ALIGN;
    float *x = fake_activations(n, 500, 500, n);
    uint8_t *writers = calloc(lines, 1);
    assert_non_null(writers);
    size_t busy = 0;
    for (size_t part = 0; part < 5; part++) {
        mark_lines(&plan, x, n, part, 5, writers);
    }
    for (size_t i = 0; i < lines; i++) {
        assert_true(writers[i] <= 1);
        busy += writers[i];
    }
    assert_true(busy >= n * 500 * (n == 1 ? 4 : 1) / LOOM_ALIGN);
    free(writers);
    free(x);
}

static void parts_share_no_line(void **state) {
    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        check_lines("w2g32f32", n);
        check_lines("trowf32", n);
    }
}

/* Cache lines of acts that one part of `parts` writes. */
static size_t lines_of_part(const loom_plan *plan, size_t n, size_t part, size_t parts) {
    const size_t lines = loom_prepared_size(plan, n) / LOOM_ALIGN;
    float *x = fake_activations(n, plan->k, plan->k, 1);
    uint8_t *writers = calloc(lines, 1);
    assert_non_null(writers);
    mark_lines(plan, x, n, part, parts, writers);
    size_t written = 0;
    for (size_t i = 0; i < lines; i++) {
        written += writers[i];
    }
    free(writers);
    free(x);
    return written;
}

/* 16 groups of 32, or the one group of the row, go to all 4 parts, not to one. */
static void a_single_token_is_split(void **state) {
    (void)state;
    const loom_plan groups = fake_plan("w2g32f32", 10, 512), row = fake_plan("trowf32", 10, 512);
    for (size_t part = 0; part < 4; part++) {
        assert_int_equal(lines_of_part(&groups, 1, part, 4), 512 * 4 / 4 / LOOM_ALIGN);
        assert_int_equal(lines_of_part(&row, 1, part, 4), 512 * 4 / 4 / LOOM_ALIGN);
    }
}

/* 3 tokens in 2 parts are 2 and 1: a split token would have its range measured twice. */
static void enough_tokens_stay_whole(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32arow", 10, 512);
    assert_int_equal(lines_of_part(&plan, 3, 0, 2), 2 * 512 / LOOM_ALIGN);
    assert_int_equal(lines_of_part(&plan, 3, 1, 2), 512 / LOOM_ALIGN);
}

static void sharing_needs_equal_inputs(void **state) {
    (void)state;
    const loom_plan q = fake_plan("w2g32f32", 100, 320), v = fake_plan("w2g32f32", 30, 320);
    const loom_plan long_k = fake_plan("w2g32f32", 100, 321);
    const loom_plan other_group = fake_plan("w3g64zf32", 100, 320);
    const loom_plan one_scale = fake_plan("w2g32f32arow", 100, 320);
    const loom_plan row = fake_plan("w2rowf32", 100, 320), ternary = fake_plan("tf32", 30, 320);
    const loom_plan sums = fake_plan("w2g256s16x4mf32", 100, 320);
    loom_plan other_sums = sums;
    other_sums.format.sub = 32;
    for (size_t n = 1; n <= 2; n++) {
        assert_int_equal(loom_can_share(&q, &v, n), 1);
        assert_int_equal(loom_can_share(&row, &ternary, n), 1);
        assert_int_equal(loom_can_share(&q, &long_k, n), 0);
        assert_int_equal(loom_can_share(&q, &other_group, n), 0);
        assert_int_equal(loom_can_share(&q, &one_scale, n), 0);
        assert_int_equal(loom_can_share(&q, &row, n), 0);
        assert_int_equal(loom_can_share(&sums, &sums, n), 1);
        assert_int_equal(loom_can_share(&sums, &other_sums, n), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(an_order_is_a_permuted_input),
        cmocka_unit_test(wrong_orders_are_refused),
        cmocka_unit_test(parts_share_no_line),
        cmocka_unit_test(a_single_token_is_split),
        cmocka_unit_test(enough_tokens_stay_whole),
        cmocka_unit_test(sharing_needs_equal_inputs),
    };
    return cmocka_run_group_tests_name("prepare", tests, NULL, NULL);
}
