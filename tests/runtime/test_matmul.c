/* Multiplication through the fake kernels: every split of rows, tokens, and threads of work. */
#include "fake.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* One problem with everything it takes to multiply. */
struct setup {
    loom_plan plan;
    struct fake_matrix matrix;
    size_t n, x_stride, y_stride, y_bytes;
    float *x, *y;
    void *packed, *prepared;
};

static struct setup set_up(const char *format, size_t m, size_t k, size_t n) {
    struct setup s = {
        .plan = fake_plan(format, m, k), .n = n, .x_stride = k + 3, .y_stride = m + 5};
    s.matrix = fake_matrix_new(&s.plan, m * 31 + k);
    s.x = fake_activations(n, k, s.x_stride, n);
    s.y_bytes = ((n - 1) * s.y_stride + m) * sizeof *s.y;
    s.y = fake_alloc(s.y_bytes);
    s.packed = fake_alloc(loom_packed_size(&s.plan));
    s.prepared = fake_alloc(loom_prepared_size(&s.plan, n));
    assert_int_equal(loom_pack_parts(&s.plan, s.packed, &s.matrix.parts, 8, 0, m), LOOM_OK);
    assert_int_equal(loom_prepare(&s.plan, s.prepared, s.x, s.x_stride, n, 0, 1), LOOM_OK);
    return s;
}

static void tear_down(struct setup *s) {
    fake_free(s->packed, loom_packed_size(&s->plan));
    fake_free(s->prepared, loom_prepared_size(&s->plan, s->n));
    fake_free(s->y, s->y_bytes);
    fake_matrix_free(&s->matrix);
    free(s->x);
}

static void assert_untouched(const float *y) {
    static const uint8_t fill[4] = {FAKE_FILL, FAKE_FILL, FAKE_FILL, FAKE_FILL};
    assert_memory_equal(y, fill, sizeof fill);
}

/* Rows [begin, end) hold results, all other elements of y still the pattern. */
static void check_rows(const struct setup *s, size_t begin, size_t end) {
    for (size_t i = 0; i < s->y_bytes / sizeof *s->y; i++) {
        const size_t token = i / s->y_stride, row = i % s->y_stride;
        if (row < begin || row >= end) {
            assert_untouched(&s->y[i]);
            continue;
        }
        const float expected =
            fake_reference(&s->plan, &s->matrix, s->x + token * s->x_stride, row);
        if (s->y[i] != expected) {
            fail_msg("m %zu k %zu n %zu token %zu row %zu: %g, expected %g", s->plan.m, s->plan.k,
                     s->n, token, row, (double)s->y[i], (double)expected);
        }
    }
}

static void multiply(const struct setup *s, size_t begin, size_t end) {
    assert_int_equal(
        loom_matmul(&s->plan, s->y, s->y_stride, s->packed, s->prepared, s->n, begin, end),
        LOOM_OK);
}

static void every_format_multiplies(void **state) {
    (void)state;
    static const size_t ms[] = {1, 5, 6, 7, 33}, ks[] = {1, 31, 32, 65, 200}, ns[] = {1, 2, 5};
    for (size_t i = 0; i < fake_format_count * 5 * 5 * 3; i++) {
        const size_t m = ms[i / 15 % 5], k = ks[i / 3 % 5];
        struct setup s = set_up(fake_formats[i / 75], m, k, ns[i % 3]);
        multiply(&s, 0, m);
        check_rows(&s, 0, m);
        tear_down(&s);
    }
}

/* Row blocks of 6 in 20 rows: ranges inside a block, across blocks, whole, at the padded end. */
static void every_row_range_multiplies(void **state) {
    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        struct setup s = set_up("w2g32f32", 20, 70, n);
        for (size_t begin = 0; begin < 20; begin++) {
            for (size_t end = begin + 1; end <= 20; end++) {
                memset(s.y, FAKE_FILL, s.y_bytes);
                multiply(&s, begin, end);
                check_rows(&s, begin, end);
            }
        }
        tear_down(&s);
    }
}

/* Partial blocks go through a buffer of 32 tokens when a block has 256 rows. */
static void partial_blocks_take_any_n(void **state) {
    (void)state;
    static const size_t ns[] = {31, 32, 33, 64, 65, 100};
    for (size_t i = 0; i < 6; i++) {
        struct setup s = set_up("w2rowf32", 600, 40, ns[i]);
        multiply(&s, 100, 590);
        check_rows(&s, 100, 590);
        multiply(&s, 0, 100);
        multiply(&s, 590, 600);
        check_rows(&s, 0, 600);
        tear_down(&s);
    }
}

/* With 5 rows the buffer holds 1636 tokens; sums of sub-blocks are further apart than scales. */
static void partial_blocks_with_factors_take_any_n(void **state) {
    (void)state;
    struct setup s = set_up("w2g256s16x4mf32", 5, 300, 1640);
    multiply(&s, 1, 4);
    check_rows(&s, 1, 4);
    tear_down(&s);
}

/* A plan whose GEMV and GEMM kernels read different forms knows which one it is given. */
static void prepared_memory_knows_its_tokens(void **state) {
    (void)state;
    struct setup s = set_up("w2g32f32", 20, 70, 3);
    for (size_t n = 1; n <= 4; n++) {
        if (n != 3) {
            assert_int_equal(loom_matmul(&s.plan, s.y, s.y_stride, s.packed, s.prepared, n, 0, 20),
                             LOOM_ERROR_PREPARED);
        }
    }
    check_rows(&s, 0, 0);
    tear_down(&s);
}

/* Q prepares, V multiplies. */
static void shared_activations_multiply(void **state) {
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        struct setup q = set_up("w2g32f32", 40, 70, n), v = set_up("w2g32f32", 7, 70, n);
        assert_int_equal(
            loom_matmul(&v.plan, v.y, v.y_stride, v.packed, q.prepared, n, 0, v.plan.m), LOOM_OK);
        check_rows(&v, 0, v.plan.m);
        tear_down(&q);
        tear_down(&v);
    }
}

/* What one of several threads does: a part of the tokens, then a range of rows. */
struct work {
    const struct setup *s;
    size_t part, begin, end;
    loom_status status;
};
enum { THREADS = 3 };

static void *prepare_part(void *context) {
    struct work *w = context;
    w->status = loom_prepare(&w->s->plan, w->s->prepared, w->s->x, w->s->x_stride, w->s->n, w->part,
                             THREADS);
    return NULL;
}

static void *multiply_rows(void *context) {
    struct work *w = context;
    w->status = loom_matmul(&w->s->plan, w->s->y, w->s->y_stride, w->s->packed, w->s->prepared,
                            w->s->n, w->begin, w->end);
    return NULL;
}

static void run_threads(struct work *work, void *(*run)(void *)) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run, &work[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(work[i].status, LOOM_OK);
    }
}

/* Ranges that meet inside a row block. */
static void threads_prepare_and_multiply(void **state) {
    (void)state;
    for (size_t i = 0; i < fake_format_count * 4; i++) {
        struct setup s = set_up(fake_formats[i / 4], 50, 300, 1 + i % 4);
        memset(s.prepared, FAKE_FILL, loom_prepared_size(&s.plan, s.n));
        struct work work[THREADS] = {
            {&s, 0, 0, 17, LOOM_OK}, {&s, 1, 17, 31, LOOM_OK}, {&s, 2, 31, 50, LOOM_OK}};
        run_threads(work, prepare_part);
        run_threads(work, multiply_rows);
        check_rows(&s, 0, 50);
        tear_down(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_multiplies),
        cmocka_unit_test(every_row_range_multiplies),
        cmocka_unit_test(partial_blocks_take_any_n),
        cmocka_unit_test(partial_blocks_with_factors_take_any_n),
        cmocka_unit_test(prepared_memory_knows_its_tokens),
        cmocka_unit_test(shared_activations_multiply),
        cmocka_unit_test(threads_prepare_and_multiply),
    };
    return cmocka_run_group_tests_name("matmul", tests, NULL, NULL);
}
