/* The thread pool: the same results as one thread, and its errors; or, in a build without one,
 * that it says so. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#ifdef LOOM_HAVE_POOL

static loom_pool *new_pool(size_t threads) {
    loom_pool *pool = NULL;
    assert_int_equal(loom_pool_create(&pool, threads), LOOM_OK);
    assert_non_null(pool);
    return pool;
}

static void check_multiply(loom_pool *pool, const char *format, size_t m, size_t n) {
    const size_t k = 200, y_stride = m + 2, y_bytes = n * y_stride * sizeof(float);
    const loom_plan plan = fake_plan(format, m, k);
    struct fake_matrix matrix = fake_matrix_new(&plan, m);
    float *x = fake_activations(n, k, k, n), *y = fake_alloc(y_bytes);
    void *packed = fake_alloc(loom_packed_size(&plan));
    void *prepared = fake_alloc(loom_prepared_size(&plan, n));
    assert_int_equal(loom_pool_pack(pool, &plan, packed, matrix.codes, matrix.scales, matrix.zeros),
                     LOOM_OK);
    assert_int_equal(loom_pool_matmul(pool, &plan, y, y_stride, packed, prepared, x, k, n),
                     LOOM_OK);
    for (size_t i = 0; i < n * m; i++) {
        const float expected = fake_reference(&plan, &matrix, x + i / m * k, i % m);
        assert_true(y[i / m * y_stride + i % m] == expected);
    }
    fake_free(packed, loom_packed_size(&plan));
    fake_free(prepared, loom_prepared_size(&plan, n));
    fake_free(y, y_bytes);
    fake_matrix_free(&matrix);
    free(x);
}

static void every_pool_gives_the_same(void **state) {
    (void)state;
    static const size_t threads[] = {0, 1, 3}, ms[] = {1, 7, 300}, ns[] = {1, 2, 9};
    for (size_t i = 0; i < 3; i++) {
        loom_pool *pool = new_pool(threads[i]);
        for (size_t j = 0; j < fake_format_count * 3 * 3; j++) {
            check_multiply(pool, fake_formats[j / 9], ms[j / 3 % 3], ns[j % 3]);
        }
        loom_pool_free(pool);
    }
}

static void pool_errors(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    struct fake_matrix w = fake_matrix_new(&plan, 1);
    const size_t packed_size = loom_packed_size(&plan),
                 prepared_size = loom_prepared_size(&plan, 2);
    void *packed = fake_alloc(packed_size), *prepared = fake_alloc(prepared_size);
    float *x = fake_activations(2, 70, 70, 1), *y = fake_alloc(160);
    loom_pool *pool = new_pool(2), *none = NULL;
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_pool_create(NULL, 1), LOOM_ERROR_NULL},
        {loom_pool_create(&none, (size_t)-1), LOOM_ERROR_POOL},
        {loom_pool_create(&none, 1025), LOOM_ERROR_POOL},
        {loom_pool_pack(NULL, &plan, packed, w.codes, w.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_pack(pool, NULL, packed, w.codes, w.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_pack(pool, &plan, NULL, w.codes, w.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_PACKED},
        {loom_pool_pack(pool, &plan, packed, w.codes, w.scales, NULL), LOOM_OK},
        {loom_pool_matmul(NULL, &plan, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, NULL, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, NULL, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 19, packed, prepared, x, 70, 2), LOOM_ERROR_SIZE},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 69, 2), LOOM_ERROR_SIZE},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 70, 0), LOOM_ERROR_SIZE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    for (size_t i = 0; i < 160; i++) {
        assert_int_equal(((uint8_t *)y)[i], FAKE_FILL);
    }
    loom_pool_free(pool);
    loom_pool_free(NULL);
    fake_free(packed, packed_size);
    fake_free(prepared, prepared_size);
    fake_free(y, 160);
    fake_matrix_free(&w);
    free(x);
}

#ifdef __SANITIZE_ADDRESS__
#define ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#endif
#endif

/* Without memory for their stacks: an error, and no waiting for threads that never come. */
static void threads_that_cannot_start(void **state) {
    (void)state;
#ifdef ADDRESS_SANITIZER
    skip(); /* it needs more memory than the limit leaves */
#endif
    struct rlimit usual;
    assert_int_equal(getrlimit(RLIMIT_AS, &usual), 0);
    const struct rlimit little = {(rlim_t)256 << 20, usual.rlim_max};
    loom_pool *pool = NULL;
    if (setrlimit(RLIMIT_AS, &little) != 0) {
        skip();
    }
    const loom_status status = loom_pool_create(&pool, 512);
    setrlimit(RLIMIT_AS, &usual);
    assert_int_equal(status, LOOM_ERROR_POOL);
    assert_null(pool);
}

/* A bad code in the last row spoils the matrix, though row 0 was packed well. */
static void a_failed_pack_leaves_no_header(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 60, 70);
    struct fake_matrix w = fake_matrix_new(&plan, 1);
    const size_t size = loom_packed_size(&plan);
    void *packed = fake_alloc(size);
    loom_pool *pool = new_pool(2);
    w.codes[60 * 70 - 1] = 4;
    assert_int_equal(loom_pool_pack(pool, &plan, packed, w.codes, w.scales, NULL),
                     LOOM_ERROR_VALUE);
    assert_int_equal(loom_packed_valid(&plan, packed), 0);
    loom_pool_free(pool);
    fake_free(packed, size);
    fake_matrix_free(&w);
}

#define POOL_TESTS                                                                                 \
    cmocka_unit_test(every_pool_gives_the_same), cmocka_unit_test(pool_errors),                    \
        cmocka_unit_test(threads_that_cannot_start),                                               \
        cmocka_unit_test(a_failed_pack_leaves_no_header)

#else

static void no_pool_says_so(void **state) {
    (void)state;
    loom_pool *pool = NULL;
    assert_int_equal(loom_pool_create(&pool, 1), LOOM_ERROR_POOL);
    assert_null(pool);
    assert_int_equal(loom_pool_create(NULL, 1), LOOM_ERROR_NULL);
    assert_int_equal(loom_pool_pack(NULL, NULL, NULL, NULL, NULL, NULL), LOOM_ERROR_POOL);
    assert_int_equal(loom_pool_matmul(NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0),
                     LOOM_ERROR_POOL);
    loom_pool_free(NULL);
}

#define POOL_TESTS cmocka_unit_test(no_pool_says_so)

#endif

int main(void) {
    const struct CMUnitTest tests[] = {POOL_TESTS};
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
