/* Every error of every function, and that nothing is written where one comes back. */
#include "fake.h"
#include "select/select.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const loom_cpu plain_cpu = {0, "c"};

/* Good arguments, of which each test spoils one at a time: 20 rows in blocks of 16. */
struct good {
    loom_plan plan;
    struct fake_matrix matrix;
    size_t packed_size, prepared_size, n;
    uint8_t *packed, *prepared;
    float *x, *y;
};
enum { M = 20, K = 70, N = 3 };
static const size_t y_bytes = N * M * sizeof(float);

static int set_up(void **state) {
    struct good *g = calloc(1, sizeof *g);
    assert_non_null(g);
    g->plan = fake_plan("w3g64zf32", M, K);
    g->matrix = fake_matrix_new(&g->plan, 1);
    g->packed_size = loom_packed_size(&g->plan);
    g->prepared_size = loom_prepared_size(&g->plan, N);
    g->packed = fake_alloc(g->packed_size);
    g->prepared = fake_alloc(g->prepared_size);
    g->x = fake_activations(N, K, K, 1);
    g->y = fake_alloc(y_bytes);
    *state = g;
    return 0;
}

static int tear_down(void **state) {
    struct good *g = *state;
    fake_free(g->packed, g->packed_size);
    fake_free(g->prepared, g->prepared_size);
    fake_free(g->y, y_bytes);
    fake_matrix_free(&g->matrix);
    free(g->x);
    free(g);
    return 0;
}

static void assert_filled(const void *memory, size_t size) {
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(((const uint8_t *)memory)[i], FAKE_FILL);
    }
}

/* A pointer that is no float's. */
static float *off_by_one(float *p) {
    char *bytes = (char *)p + 1;
    float *misaligned;
    memcpy((void *)&misaligned, (const void *)&bytes, sizeof misaligned);
    return misaligned;
}

/* ---- Plan ------------------------------------------------------------------------------- */

static void every_status_has_its_text(void **state) {
    (void)state;
    for (int i = LOOM_OK; i <= LOOM_ERROR_NAME; i++) {
        for (int j = i + 1; j <= LOOM_ERROR_NAME + 1; j++) {
            assert_string_not_equal(loom_status_text((loom_status)i),
                                    loom_status_text((loom_status)j));
        }
    }
    assert_non_null(loom_status_text((loom_status)-1));
    assert_non_null(loom_status_text((loom_status)1000));
}

static void null_pointers_of_small_functions(void **state) {
    (void)state;
    loom_format format;
    assert_int_equal(loom_format_parse(NULL, "w2g32"), LOOM_ERROR_NULL);
    assert_int_equal(loom_format_parse(&format, NULL), LOOM_ERROR_NULL);
    assert_int_equal(loom_cpu_detect(NULL, ~0u), LOOM_ERROR_NULL);
    assert_null(loom_plan_kernel(NULL, 1));
    assert_int_equal(loom_plan_mode(NULL, 1), LOOM_FASTEST);
    assert_int_equal(loom_groups(NULL), 0);
    assert_int_equal(loom_packed_size(NULL), 0);
    assert_int_equal(loom_prepared_size(NULL, 1), 0);
    const loom_plan plan = fake_plan("w2g32f32", M, K);
    assert_int_equal(loom_can_share(NULL, &plan, 1), 0);
    assert_int_equal(loom_can_share(&plan, NULL, 1), 0);
    assert_int_equal(loom_can_share(&plan, &plan, 0), 0);
    assert_int_equal(loom_can_share(&plan, &plan, LOOM_MAX_DIM + 1), 0);
}

static void assert_no_plan(loom_problem problem, loom_status expected) {
    loom_plan plan, before;
    memset(&plan, FAKE_FILL, sizeof plan);
    before = plan;
    assert_int_equal(loom_plan_create_for(&plan, &problem, &plain_cpu, NULL), expected);
    assert_memory_equal(&plan, &before, sizeof plan);
    assert_int_equal(loom_plan_create(&plan, &problem), expected);
    assert_memory_equal(&plan, &before, sizeof plan);
}

/* A mode as a careless caller may have it. */
static loom_mode mode_of(int value) {
    loom_mode mode;
    memcpy(&mode, &value, sizeof mode);
    return mode;
}

static void plan_create_errors(void **state) {
    (void)state;
    loom_plan plan;
    const loom_problem good = {"w2g32f32", M, K, LOOM_EXACT};
    assert_int_equal(loom_plan_create(NULL, &good), LOOM_ERROR_NULL);
    assert_int_equal(loom_plan_create(&plan, NULL), LOOM_ERROR_NULL);
    assert_int_equal(loom_plan_create_for(NULL, &good, &plain_cpu, NULL), LOOM_ERROR_NULL);
    assert_int_equal(loom_plan_create_for(&plan, NULL, &plain_cpu, NULL), LOOM_ERROR_NULL);
    assert_int_equal(loom_plan_create_for(&plan, &good, NULL, NULL), LOOM_ERROR_NULL);
    assert_int_equal(loom_plan_create_for(&plan, &good, &plain_cpu, "x"), LOOM_ERROR_FORCE);
    assert_int_equal(loom_select(&plan, NULL, &good, &plain_cpu, NULL, NULL), LOOM_ERROR_NULL);
    assert_no_plan((loom_problem){NULL, M, K, LOOM_EXACT}, LOOM_ERROR_NULL);
    assert_no_plan((loom_problem){"", M, K, LOOM_EXACT}, LOOM_ERROR_FORMAT);
    assert_no_plan((loom_problem){"q4_0", M, K, LOOM_EXACT}, LOOM_ERROR_FORMAT);
    assert_no_plan((loom_problem){"w2g32f32", M, K, mode_of(4)}, LOOM_ERROR_MODE);
    assert_no_plan((loom_problem){"w2g32f32", M, K, mode_of(-1)}, LOOM_ERROR_MODE);
    assert_no_plan((loom_problem){"w2g32f32", 0, K, LOOM_EXACT}, LOOM_ERROR_SIZE);
    assert_no_plan((loom_problem){"w2g32f32", M, 0, LOOM_EXACT}, LOOM_ERROR_SIZE);
    assert_no_plan((loom_problem){"w2g32f32", LOOM_MAX_DIM + 1, K, LOOM_EXACT}, LOOM_ERROR_SIZE);
    assert_no_plan((loom_problem){"w2g32f32", M, LOOM_MAX_DIM + 1, LOOM_EXACT}, LOOM_ERROR_SIZE);
    assert_no_plan((loom_problem){"w2g32f32", SIZE_MAX, SIZE_MAX, LOOM_EXACT}, LOOM_ERROR_SIZE);
    assert_no_plan((loom_problem){"w4g32f32", M, K, LOOM_EXACT}, LOOM_ERROR_NO_KERNEL);
    assert_no_plan((loom_problem){"w2g32f32", M, K, LOOM_TABLE}, LOOM_ERROR_NO_KERNEL);
}

/* ---- Pack ------------------------------------------------------------------------------- */

static void pack_errors(void **state) {
    struct good *g = *state;
    const struct fake_matrix *w = &g->matrix;
    const loom_plan *plan = &g->plan;
    uint8_t *to = g->packed;
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_pack(NULL, to, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
         LOOM_ERROR_NULL},
        {loom_pack(plan, NULL, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
         LOOM_ERROR_NULL},
        {loom_pack(plan, to, NULL, w->parts.scales, w->parts.zeros, 0, M), LOOM_ERROR_NULL},
        {loom_pack(plan, to, w->parts.codes, NULL, w->parts.zeros, 0, M), LOOM_ERROR_NULL},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, NULL, 0, M), LOOM_ERROR_NULL},
        {loom_pack(plan, to + 32, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
         LOOM_ERROR_ALIGN},
        {loom_pack(plan, to + 1, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
         LOOM_ERROR_ALIGN},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 0, 0),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 16, 16),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 16, 0),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M + 1),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 0, 32),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 0, 15),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, 8, M),
         LOOM_ERROR_RANGE},
        {loom_pack(plan, to, w->parts.codes, w->parts.scales, w->parts.zeros, M, SIZE_MAX),
         LOOM_ERROR_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    assert_filled(g->packed, g->packed_size);
}

/* Zero points for a format that has none would be dropped in silence. */
static void pack_refuses_zeros_without_z(void **state) {
    struct good *g = *state;
    const loom_plan plan = fake_plan("w2g32f32", 6, 32);
    uint8_t codes[6 * 32] = {0}, zeros[6] = {0};
    const float scales[6] = {0};
    assert_int_equal(loom_pack(&plan, g->packed, codes, scales, zeros, 0, 6), LOOM_ERROR_VALUE);
    assert_filled(g->packed, g->packed_size);
    assert_int_equal(loom_pack(&plan, g->packed, codes, scales, NULL, 0, 6), LOOM_OK);
}

/* Parts of 5 rows of a group of 256 with 16 sub-blocks, all 0: each is needed, and no other is
 * taken. */
enum { ROWS = 5, SUBS = ROWS * 16 };
static uint8_t part_codes[ROWS * 256], part_zeros[ROWS], part_factors[SUBS], part_mins[SUBS];
static float part_scales[ROWS], part_offsets[ROWS];
static const loom_parts all_parts = {
    .codes = part_codes,
    .scales = part_scales,
    .offsets = part_offsets,
    .factors = part_factors,
    .mins = part_mins,
};

static loom_status pack_parts(const char *format, loom_parts parts, unsigned code_bits) {
    const loom_plan plan = fake_plan(format, ROWS, 256);
    const size_t size = loom_packed_size(&plan);
    uint8_t *packed = fake_alloc(size);
    const loom_status status = loom_pack_parts(&plan, packed, &parts, code_bits, 0, ROWS);
    if (status != LOOM_OK) {
        assert_filled(packed, size);
    }
    fake_free(packed, size);
    return status;
}

static void pack_needs_every_part(void **state) {
    (void)state;
    const char *const format = "w2g256s16x4mf32";
    loom_parts parts[5];
    assert_int_equal(pack_parts(format, all_parts, 8), LOOM_OK);
    assert_int_equal(pack_parts(format, all_parts, 2), LOOM_OK);
    for (size_t i = 0; i < 5; i++) {
        parts[i] = all_parts;
    }
    parts[0].codes = NULL;
    parts[1].scales = NULL;
    parts[2].offsets = NULL;
    parts[3].factors = NULL;
    parts[4].mins = NULL;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(pack_parts(format, parts[i], 8), LOOM_ERROR_NULL);
    }
    const loom_plan plan = fake_plan(format, ROWS, 256);
    uint8_t *packed = fake_alloc(loom_packed_size(&plan));
    assert_int_equal(loom_pack_parts(&plan, packed, NULL, 8, 0, ROWS), LOOM_ERROR_NULL);
    assert_int_equal(loom_pack(&plan, packed, part_codes, part_scales, NULL, 0, ROWS),
                     LOOM_ERROR_NULL);
    assert_int_equal(loom_unpack_parts(&plan, packed, NULL, 0, ROWS), LOOM_ERROR_NULL);
    fake_free(packed, loom_packed_size(&plan));
}

static void pack_refuses_parts_that_a_format_has_not(void **state) {
    (void)state;
    loom_parts parts = all_parts;
    parts.zeros = part_zeros;
    assert_int_equal(pack_parts("w2g256s16x4mf32", parts, 8), LOOM_ERROR_VALUE);
    const loom_parts two = {.codes = part_codes, .scales = part_scales};
    assert_int_equal(pack_parts("w2rowf32", two, 8), LOOM_OK);
    loom_parts more[4] = {two, two, two, two};
    more[0].zeros = part_zeros;
    more[1].offsets = part_offsets;
    more[2].factors = part_factors;
    more[3].mins = part_mins;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pack_parts("w2rowf32", more[i], 8), LOOM_ERROR_VALUE);
    }
}

static void pack_takes_two_sizes_of_codes(void **state) {
    (void)state;
    for (unsigned bits = 0; bits <= 64; bits++) {
        assert_int_equal(pack_parts("w2g256s16x4mf32", all_parts, bits),
                         bits == 2 || bits == 8 ? LOOM_OK : LOOM_ERROR_VALUE);
    }
}

static void pack_good(struct good *g) {
    assert_int_equal(loom_pack(&g->plan, g->packed, g->matrix.parts.codes, g->matrix.parts.scales,
                               g->matrix.parts.zeros, 0, M),
                     LOOM_OK);
}

static void unpack_errors(void **state) {
    struct good *g = *state;
    const loom_plan *plan = &g->plan, other = fake_plan("w3g64zf32", M, K + 1);
    const struct fake_matrix *w = &g->matrix;
    uint8_t *codes = fake_alloc(w->bytes.codes), *scales = fake_alloc(w->bytes.scales);
    uint8_t *zeros = fake_alloc(w->bytes.zeros), *from = g->packed;
    assert_int_equal(loom_unpack(plan, from, codes, scales, zeros, 0, M), LOOM_ERROR_PACKED);
    pack_good(g);
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_unpack(NULL, from, codes, scales, zeros, 0, M), LOOM_ERROR_NULL},
        {loom_unpack(plan, NULL, codes, scales, zeros, 0, M), LOOM_ERROR_NULL},
        {loom_unpack(plan, from, NULL, scales, zeros, 0, M), LOOM_ERROR_NULL},
        {loom_unpack(plan, from, codes, NULL, zeros, 0, M), LOOM_ERROR_NULL},
        {loom_unpack(plan, from, codes, scales, NULL, 0, M), LOOM_ERROR_NULL},
        {loom_unpack(plan, from + 16, codes, scales, zeros, 0, M), LOOM_ERROR_ALIGN},
        {loom_unpack(plan, from, codes, scales, zeros, 5, 5), LOOM_ERROR_RANGE},
        {loom_unpack(plan, from, codes, scales, zeros, 5, 4), LOOM_ERROR_RANGE},
        {loom_unpack(plan, from, codes, scales, zeros, 0, M + 1), LOOM_ERROR_RANGE},
        {loom_unpack(&other, from, codes, scales, zeros, 0, M), LOOM_ERROR_PACKED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    assert_filled(codes, w->bytes.codes);
    assert_filled(scales, w->bytes.scales);
    assert_filled(zeros, w->bytes.zeros);
    fake_free(codes, w->bytes.codes);
    fake_free(scales, w->bytes.scales);
    fake_free(zeros, w->bytes.zeros);
}

/* ---- Prepare ---------------------------------------------------------------------------- */

static void prepare_errors(void **state) {
    struct good *g = *state;
    const loom_plan *plan = &g->plan;
    uint8_t *to = g->prepared;
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_prepare(NULL, to, g->x, K, N, 0, 1), LOOM_ERROR_NULL},
        {loom_prepare(plan, NULL, g->x, K, N, 0, 1), LOOM_ERROR_NULL},
        {loom_prepare(plan, to, NULL, K, N, 0, 1), LOOM_ERROR_NULL},
        {loom_prepare(plan, to + 4, g->x, K, N, 0, 1), LOOM_ERROR_ALIGN},
        {loom_prepare(plan, to, off_by_one(g->x), K, N, 0, 1), LOOM_ERROR_ALIGN},
        {loom_prepare(plan, to, g->x, K - 1, N, 0, 1), LOOM_ERROR_SIZE},
        {loom_prepare(plan, to, g->x, 0, N, 0, 1), LOOM_ERROR_SIZE},
        {loom_prepare(plan, to, g->x, K, 0, 0, 1), LOOM_ERROR_SIZE},
        {loom_prepare(plan, to, g->x, K, LOOM_MAX_DIM + 1, 0, 1), LOOM_ERROR_SIZE},
        {loom_prepare(plan, to, g->x, K, SIZE_MAX, 0, 1), LOOM_ERROR_SIZE},
        {loom_prepare(plan, to, g->x, K, N, 0, 0), LOOM_ERROR_RANGE},
        {loom_prepare(plan, to, g->x, K, N, 1, 1), LOOM_ERROR_RANGE},
        {loom_prepare(plan, to, g->x, K, N, SIZE_MAX, SIZE_MAX), LOOM_ERROR_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    assert_filled(g->prepared, g->prepared_size);
    assert_int_equal(loom_prepare(plan, to, g->x, K, N, SIZE_MAX - 1, SIZE_MAX), LOOM_OK);
    assert_filled(g->prepared, g->prepared_size);
}

/* ---- Multiply --------------------------------------------------------------------------- */

static void matmul_argument_errors(void **state) {
    struct good *g = *state;
    const loom_plan *plan = &g->plan;
    const uint8_t *w = g->packed, *a = g->prepared;
    pack_good(g);
    assert_int_equal(loom_prepare(plan, g->prepared, g->x, K, N, 0, 1), LOOM_OK);
    const struct {
        loom_status got, expected;
    } cases[] = {
        {loom_matmul(NULL, g->y, M, w, a, N, 0, M), LOOM_ERROR_NULL},
        {loom_matmul(plan, NULL, M, w, a, N, 0, M), LOOM_ERROR_NULL},
        {loom_matmul(plan, g->y, M, NULL, a, N, 0, M), LOOM_ERROR_NULL},
        {loom_matmul(plan, g->y, M, w, NULL, N, 0, M), LOOM_ERROR_NULL},
        {loom_matmul(plan, g->y, M, w + 32, a, N, 0, M), LOOM_ERROR_ALIGN},
        {loom_matmul(plan, g->y, M, w, a + 32, N, 0, M), LOOM_ERROR_ALIGN},
        {loom_matmul(plan, off_by_one(g->y), M, w, a, N, 0, M), LOOM_ERROR_ALIGN},
        {loom_matmul(plan, g->y, M - 1, w, a, N, 0, M), LOOM_ERROR_SIZE},
        {loom_matmul(plan, g->y, M, w, a, 0, 0, M), LOOM_ERROR_SIZE},
        {loom_matmul(plan, g->y, M, w, a, LOOM_MAX_DIM + 1, 0, M), LOOM_ERROR_SIZE},
        {loom_matmul(plan, g->y, M, w, a, N, 0, M + 1), LOOM_ERROR_RANGE},
        {loom_matmul(plan, g->y, M, w, a, N, 0, 0), LOOM_ERROR_RANGE},
        {loom_matmul(plan, g->y, M, w, a, N, M, M), LOOM_ERROR_RANGE},
        {loom_matmul(plan, g->y, M, w, a, N, 10, 9), LOOM_ERROR_RANGE},
        {loom_matmul(plan, g->y, M, w, a, N - 1, 0, M), LOOM_ERROR_PREPARED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].got, cases[i].expected);
    }
    assert_filled(g->y, y_bytes);
}

/* Memory that was never written, or belongs to another plan. */
static void matmul_checks_its_memory(void **state) {
    struct good *g = *state;
    const loom_plan other_k = fake_plan("w3g64zf32", M, K - 1),
                    one_scale = fake_plan("w3g64zf32arow", M, K);
    assert_int_equal(loom_matmul(&g->plan, g->y, M, g->packed, g->prepared, N, 0, M),
                     LOOM_ERROR_PACKED);
    pack_good(g);
    assert_int_equal(loom_matmul(&g->plan, g->y, M, g->packed, g->prepared, N, 0, M),
                     LOOM_ERROR_PREPARED);
    assert_int_equal(loom_prepare(&g->plan, g->prepared, g->x, K, N, 0, 1), LOOM_OK);
    assert_int_equal(loom_matmul(&other_k, g->y, M, g->packed, g->prepared, N, 0, M),
                     LOOM_ERROR_PACKED);
    assert_int_equal(loom_matmul(&one_scale, g->y, M, g->packed, g->prepared, N, 0, M),
                     LOOM_ERROR_PREPARED);
    assert_filled(g->y, y_bytes);
    assert_int_equal(loom_matmul(&g->plan, g->y, M, g->packed, g->prepared, N, 0, M), LOOM_OK);
}

/* What an ignored error of loom_plan_create leaves of a plan of zeros. */
static void a_plan_that_was_never_created(void **state) {
    struct good *g = *state;
    const loom_plan none = {0};
    assert_null(loom_plan_kernel(&none, 1));
    assert_int_equal(loom_plan_mode(&none, 1), LOOM_FASTEST);
    assert_int_equal(loom_groups(&none), 0);
    assert_int_equal(loom_packed_size(&none), 0);
    assert_int_equal(loom_prepared_size(&none, 1), 0);
    assert_int_equal(loom_can_share(&none, &g->plan, 1), 0);
    const struct fake_matrix *w = &g->matrix;
    assert_int_equal(
        loom_pack(&none, g->packed, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
        LOOM_ERROR_NULL);
    assert_int_equal(
        loom_unpack(&none, g->packed, w->parts.codes, w->parts.scales, w->parts.zeros, 0, M),
        LOOM_ERROR_NULL);
    assert_int_equal(loom_prepare(&none, g->prepared, g->x, K, N, 0, 1), LOOM_ERROR_NULL);
    assert_int_equal(loom_matmul(&none, g->y, M, g->packed, g->prepared, N, 0, M), LOOM_ERROR_NULL);
    assert_filled(g->packed, g->packed_size);
    assert_filled(g->y, y_bytes);
}

#define WITH_GOOD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_text),
        cmocka_unit_test(null_pointers_of_small_functions),
        cmocka_unit_test(plan_create_errors),
        WITH_GOOD(a_plan_that_was_never_created),
        WITH_GOOD(pack_errors),
        WITH_GOOD(pack_refuses_zeros_without_z),
        cmocka_unit_test(pack_needs_every_part),
        cmocka_unit_test(pack_refuses_parts_that_a_format_has_not),
        cmocka_unit_test(pack_takes_two_sizes_of_codes),
        WITH_GOOD(unpack_errors),
        WITH_GOOD(prepare_errors),
        WITH_GOOD(matmul_argument_errors),
        WITH_GOOD(matmul_checks_its_memory),
    };
    return cmocka_run_group_tests_name("bad input", tests, NULL, NULL);
}
