/* The thread pool: the same results as one thread, and its errors. */
#define _GNU_SOURCE
#include "fake.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"
#include "pool/pool.h"

static loom_pool *new_pool(size_t threads) {
    loom_pool *pool = NULL;
    assert_int_equal(loom_pool_create(&pool, threads), LOOM_OK);
    assert_non_null(pool);
    return pool;
}

/* It begins with what loom_prepare writes. */
static void check_prepared(const loom_plan *plan, const void *prepared, const float *x, size_t n) {
    const size_t bytes = loom_prepared_size(plan, n);
    void *expected = fake_alloc(bytes);
    assert_int_equal(loom_prepare(plan, expected, x, plan->k, n, 0, 1), LOOM_OK);
    assert_memory_equal(prepared, expected, bytes);
    fake_free(expected, bytes);
}

/* The tokens backwards, with the order that turns them, come to the same y. */
static void check_ordered(loom_pool *pool, const loom_plan *plan, const void *packed,
                          void *prepared, const float *x, size_t n, const float *y,
                          size_t y_stride) {
    const size_t k = plan->k, y_bytes = n * y_stride * sizeof(float);
    float *turned = malloc(n * k * sizeof *turned), *again = fake_alloc(y_bytes);
    uint32_t *order = malloc(k * sizeof *order);
    assert_true(turned && order);
    for (size_t i = 0; i < n * k; i++) {
        turned[i] = x[i / k * k + k - 1 - i % k];
        order[i % k] = (uint32_t)(k - 1 - i % k);
    }
    const loom_status status = loom_pool_matmul_ordered(pool, plan, again, y_stride, packed,
                                                        prepared, turned, k, order, n);
    assert_int_equal(status, plan->format.group ? LOOM_OK : LOOM_ERROR_FORMAT);
    if (status == LOOM_OK) {
        assert_memory_equal(again, y, y_bytes);
        check_prepared(plan, prepared, x, n);
    }
    fake_free(again, y_bytes);
    free(turned);
    free(order);
}

static void check_multiply(loom_pool *pool, const char *format, size_t m, size_t n) {
    const size_t k = 200, y_stride = m + 2, y_bytes = n * y_stride * sizeof(float);
    const loom_plan plan = fake_plan(format, m, k);
    const size_t prepared_bytes = loom_pool_prepared_size(pool, &plan, n);
    struct fake_matrix matrix = fake_matrix_new(&plan, m);
    float *x = fake_activations(n, k, k, n), *y = fake_alloc(y_bytes);
    void *packed = fake_alloc(loom_packed_size(&plan));
    void *prepared = fake_alloc(prepared_bytes);
    assert_int_equal(loom_pool_pack_parts(pool, &plan, packed, &matrix.parts, 8), LOOM_OK);
    assert_int_equal(loom_pool_matmul(pool, &plan, y, y_stride, packed, prepared, x, k, n),
                     LOOM_OK);
    for (size_t i = 0; i < n * m; i++) {
        const float expected = fake_reference(&plan, &matrix, x + i / m * k, i % m);
        assert_true(y[i / m * y_stride + i % m] == expected);
    }
    check_prepared(&plan, prepared, x, n);
    check_ordered(pool, &plan, packed, prepared, x, n, y, y_stride);
    fake_free(packed, loom_packed_size(&plan));
    fake_free(prepared, prepared_bytes);
    fake_free(y, y_bytes);
    fake_matrix_free(&matrix);
    free(x);
}

static void every_pool_gives_the_same(void **state) {
    (void)state;
    static const size_t threads[] = {0, 1, 3, 40}, ms[] = {1, 7, 300}, ns[] = {1, 2, 9};
    for (size_t i = 0; i < 4; i++) {
        loom_pool *pool = new_pool(threads[i]);
        for (size_t j = 0; j < fake_format_count * 3 * 3; j++) {
            check_multiply(pool, fake_formats[j / 9], ms[j / 3 % 3], ns[j % 3]);
        }
        loom_pool_free(pool);
    }
}

/* Runs of one pool, and who came to them. */
struct visits {
    _Atomic int inside, seen[4], all;
    int wait_for; /* threads that have to come before one may leave */
};

static void visit(loom_pool *pool, size_t thread, void *context) {
    struct visits *visits = context;
    const time_t end = time(NULL) + 20;
    (void)pool;
    atomic_fetch_add(&visits->inside, 1);
    atomic_fetch_add(&visits->seen[thread], 1);
    atomic_fetch_add(&visits->all, 1);
    while (atomic_load(&visits->all) < visits->wait_for && time(NULL) < end) {
        usleep(10);
    }
    atomic_fetch_sub(&visits->inside, 1);
}

/* Nobody comes twice, nobody is inside afterwards; in between the threads wait awake or asleep. */
static void a_run_is_over_when_it_returns(void **state) {
    (void)state;
    loom_pool *pool = new_pool(4);
    for (int run = 0; run < 3000; run++) {
        struct visits visits = {.wait_for = 1};
        loom_pool_run(pool, visit, &visits);
        assert_int_equal(visits.inside, 0);
        assert_int_equal(visits.seen[0], 1);
        for (int i = 1; i < 4; i++) {
            assert_true(visits.seen[i] <= 1);
        }
        if (run % 30 == 0) {
            usleep(run % 7 * 40);
        }
    }
    loom_pool_free(pool);
}

static void every_thread_comes_if_it_is_waited_for(void **state) {
    (void)state;
    loom_pool *pool = new_pool(4);
    for (int run = 0; run < 20; run++) {
        struct visits visits = {.wait_for = 4};
        loom_pool_run(pool, visit, &visits);
        assert_int_equal(visits.all, 4);
        usleep(run % 2 * 2000);
    }
    loom_pool_free(pool);
}

/* Many small matmuls, on more threads than CPUs, that sleep now and then. */
static void many_matmuls_in_a_row(void **state) {
    (void)state;
    loom_pool *pool = new_pool(5);
    for (int i = 0; i < 200; i++) {
        check_multiply(pool, i % 2 ? "w2g32f32" : "trowf32", 90, 1 + (size_t)(i % 3));
        if (i % 10 == 0) {
            usleep(200);
        }
    }
    loom_pool_free(pool);
}

/* Three threads that did not sleep would use 300 ms. */
static void idle_threads_sleep(void **state) {
    (void)state;
    loom_pool *pool = new_pool(4);
    check_multiply(pool, "w2g32f32", 90, 1);
    const clock_t start = clock();
    usleep(100000);
    assert_true(clock() - start < CLOCKS_PER_SEC / 20);
    loom_pool_free(pool);
}

static void pool_errors(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    struct fake_matrix w = fake_matrix_new(&plan, 1);
    const size_t packed_size = loom_packed_size(&plan),
                 prepared_size = loom_prepared_size(&plan, 2);
    const loom_plan no_plan = {0};
    void *packed = fake_alloc(packed_size), *prepared = fake_alloc(prepared_size);
    float *x = fake_activations(2, 70, 70, 1), *y = fake_alloc(160);
    loom_pool *pool = new_pool(2), *none = NULL;
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_pool_create(NULL, 1), LOOM_ERROR_NULL},
        {loom_pool_create(&none, (size_t)-1), LOOM_ERROR_POOL},
        {loom_pool_create(&none, 1025), LOOM_ERROR_POOL},
        {loom_pool_pack(NULL, &plan, packed, w.parts.codes, w.parts.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_pack(pool, NULL, packed, w.parts.codes, w.parts.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_pack(pool, &plan, NULL, w.parts.codes, w.parts.scales, NULL), LOOM_ERROR_NULL},
        {loom_pool_pack_parts(pool, &plan, packed, NULL, 8), LOOM_ERROR_NULL},
        {loom_pool_pack_parts(NULL, &plan, packed, &w.parts, 8), LOOM_ERROR_NULL},
        {loom_pool_pack_parts(pool, &plan, packed, &w.parts, 3), LOOM_ERROR_VALUE},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_PACKED},
        {loom_pool_pack(pool, &plan, packed, w.parts.codes, w.parts.scales, NULL), LOOM_OK},
        {loom_pool_matmul(NULL, &plan, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, NULL, y, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, NULL, 20, packed, prepared, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 20, packed, NULL, x, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 20, packed, NULL, x, 70, 1), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, NULL, 70, 2), LOOM_ERROR_NULL},
        {loom_pool_matmul(pool, &plan, y, 19, packed, prepared, x, 70, 2), LOOM_ERROR_SIZE},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 69, 2), LOOM_ERROR_SIZE},
        {loom_pool_matmul(pool, &plan, y, 20, packed, prepared, x, 70, 0), LOOM_ERROR_SIZE},
        {loom_pool_matmul_ordered(pool, &plan, y, 20, packed, prepared, x, 70, NULL, 2),
         LOOM_ERROR_NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    for (size_t i = 0; i < 160; i++) {
        assert_int_equal(((uint8_t *)y)[i], FAKE_FILL);
    }
    assert_int_equal(loom_pool_prepared_size(NULL, &plan, 1), 0);
    assert_int_equal(loom_pool_prepared_size(pool, NULL, 1), 0);
    assert_int_equal(loom_pool_prepared_size(pool, &no_plan, 1), 0);
    assert_int_equal(loom_pool_prepared_size(pool, &plan, 0), 0);
    loom_pool_free(pool);
    loom_pool_free(NULL);
    fake_free(packed, packed_size);
    fake_free(prepared, prepared_size);
    fake_free(y, 160);
    fake_matrix_free(&w);
    free(x);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZER
#endif
#endif

/* Without memory for their stacks: an error, and no waiting for threads that never come. */
static void threads_that_cannot_start(void **state) {
    (void)state;
#ifdef SANITIZER
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
    w.parts.codes[60 * 70 - 1] = 4;
    assert_int_equal(loom_pool_pack(pool, &plan, packed, w.parts.codes, w.parts.scales, NULL),
                     LOOM_ERROR_VALUE);
    assert_int_equal(loom_packed_valid(&plan, packed), 0);
    loom_pool_free(pool);
    fake_free(packed, size);
    fake_matrix_free(&w);
}

/* ---- Processes and signals ---------------------------------------------------------------- */

/* Exit code of the child: the first thing that is wrong. */
static int use_in_child(loom_pool *pool, const loom_plan *plan, const struct fake_matrix *w,
                        void *packed) {
    static float x[70], y[20];
    _Alignas(LOOM_ALIGN) static uint8_t prepared[4096];
    if (loom_pool_pack(pool, plan, packed, w->parts.codes, w->parts.scales, NULL) !=
        LOOM_ERROR_POOL) {
        return 1;
    }
    if (loom_pool_matmul(pool, plan, y, 20, packed, prepared, x, 70, 1) != LOOM_ERROR_POOL) {
        return 2;
    }
    loom_pool_free(pool);
    return 0;
}

/* Its exit code, or -1 where it does not end within 10 seconds and is ended, or by a signal. */
static int wait_for(pid_t child) {
    int status = 0;
    for (int i = 0; i < 1000; i++) {
        if (waitpid(child, &status, WNOHANG) == child) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        usleep(10000);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
}

static void a_forked_child_is_refused_and_can_free(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w2g32f32", 20, 70);
    struct fake_matrix w = fake_matrix_new(&plan, 1);
    const size_t size = loom_packed_size(&plan);
    void *packed = fake_alloc(size);
    for (size_t threads = 1; threads <= 4; threads += 3) {
        loom_pool *pool = new_pool(threads);
        usleep(threads > 1 ? 2000 : 0); /* its threads sleep by then */
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(use_in_child(pool, &plan, &w, packed));
        }
        assert_int_equal(wait_for(child), 0);
        check_multiply(pool, "w2g32f32", 90, 2); /* the parent's goes on */
        loom_pool_free(pool);
    }
    fake_free(packed, size);
    fake_matrix_free(&w);
}

static volatile sig_atomic_t signals_taken;

static void take_signal(int number) {
    (void)number;
    signals_taken++;
}

/* A program may block a signal in its threads, to wait for it in one. */
static void the_program_keeps_its_signals(void **state) {
    (void)state;
    const struct sigaction counts = {.sa_handler = take_signal};
    struct sigaction usual;
    sigset_t before, after, one, pending;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    signals_taken = 0;
    assert_int_equal(sigaction(SIGUSR1, &counts, &usual), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    loom_pool *pool = new_pool(4);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGUSR1), sigismember(&before, SIGUSR1));
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    kill(getpid(), SIGUSR1);
    usleep(20000);
    sigpending(&pending);
    assert_int_equal(signals_taken, 0);
    assert_true(sigismember(&pending, SIGUSR1));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_int_equal(signals_taken, 1);
    loom_pool_free(pool);
    sigaction(SIGUSR1, &usual, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pool_gives_the_same),
        cmocka_unit_test(a_run_is_over_when_it_returns),
        cmocka_unit_test(every_thread_comes_if_it_is_waited_for),
        cmocka_unit_test(many_matmuls_in_a_row),
        cmocka_unit_test(idle_threads_sleep),
        cmocka_unit_test(pool_errors),
        cmocka_unit_test(threads_that_cannot_start),
        cmocka_unit_test(a_failed_pack_leaves_no_header),
        cmocka_unit_test(a_forked_child_is_refused_and_can_free),
        cmocka_unit_test(the_program_keeps_its_signals),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
