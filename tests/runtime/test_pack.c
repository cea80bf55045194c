/* Packing and unpacking: bit for bit, in every kind of layout, in parts, on threads. */
#include "fake.h"
#include "made_up_layouts.h"
#include "plan.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAYOUTS = sizeof made_up_layouts / sizeof made_up_layouts[0],
    FIELDS_OF_4 = 4,
    ODD_COUNTS = 7
};

/* A plan as loom_select would make it, for a kernel of the layout. */
static struct loom_kernel plan_kernels[LAYOUTS];

static loom_plan plan_named(size_t layout, const char *name, size_t m, size_t k) {
    plan_kernels[layout].layout = &made_up_layouts[layout];
    loom_plan plan = {
        .m = m, .k = k, .row_block = made_up_layouts[layout].rows, .gemv = &plan_kernels[layout]};
    plan.few = plan.gemm = plan.gemv;
    assert_int_equal(loom_format_parse(&plan.format, name), LOOM_OK);
    plan.check = loom_plan_check(&plan);
    return plan;
}

/* Of the format that has the layout's bits. */
static loom_plan plan_for(size_t layout, const char *grain, size_t m, size_t k) {
    char name[32];
    snprintf(name, sizeof name, "w%u%s", made_up_layouts[layout].bits, grain);
    return plan_named(layout, name, m, k);
}

/* ---- Round trips ------------------------------------------------------------------------- */

/* Values of `rows` rows: those of rows [begin, end) are what was packed, all others the pattern. */
static void check_part(const uint8_t *got, const void *packed, size_t bytes, size_t rows,
                       size_t begin, size_t end) {
    const uint8_t *expected = packed;
    for (size_t i = 0; i < bytes; i++) {
        const size_t row = i / (bytes / rows);
        assert_int_equal(got[i], row >= begin && row < end ? expected[i] : FAKE_FILL);
    }
}

/* Unpacks rows [begin, end) over a pattern. A `tensor` matrix has one scale, zero point and offset,
 * which come with any rows. What the format has not is not written. */
static void check_rows(const loom_plan *plan, const struct fake_matrix *matrix, const void *packed,
                       size_t begin, size_t end) {
    const struct fake_bytes *bytes = &matrix->bytes;
    const loom_parts *parts = &matrix->parts;
    const loom_parts got = {fake_alloc(bytes->codes),   fake_alloc(bytes->scales),
                            fake_alloc(bytes->zeros),   fake_alloc(bytes->offsets),
                            fake_alloc(bytes->factors), fake_alloc(bytes->mins)};
    assert_int_equal(loom_unpack_parts(plan, packed, &got, begin, end), LOOM_OK);
    const size_t rows = plan->format.tensor ? 1 : plan->m;
    const size_t first = plan->format.tensor ? 0 : begin, last = plan->format.tensor ? 1 : end;
    check_part(got.codes, parts->codes, bytes->codes, plan->m, begin, end);
    check_part(got.scales, parts->scales, bytes->scales, rows, first, last);
    check_part(got.zeros, parts->zeros, bytes->zeros, rows, first, last);
    check_part(got.offsets, parts->offsets, bytes->offsets, rows, first, last);
    check_part(got.factors, parts->factors, bytes->factors, rows, first, last);
    check_part(got.mins, parts->mins, bytes->mins, rows, first, last);
    fake_free(got.codes, bytes->codes);
    fake_free(got.scales, bytes->scales);
    fake_free(got.zeros, bytes->zeros);
    fake_free(got.offsets, bytes->offsets);
    fake_free(got.factors, bytes->factors);
    fake_free(got.mins, bytes->mins);
}

/* The codes side by side, with ones after the last one of each row. */
static uint8_t *fields_of(const loom_plan *plan, const uint8_t *codes, size_t *bytes) {
    const size_t bits = plan->format.bits, row_bytes = (plan->k * bits + 7) / 8;
    *bytes = plan->m * row_bytes;
    uint8_t *const fields = fake_alloc(*bytes);
    memset(fields, 0xff, *bytes);
    for (size_t i = 0; i < plan->m * plan->k * bits; i++) {
        const size_t code = i / bits, bit = code % plan->k * bits + i % bits;
        uint8_t *const byte = fields + code / plan->k * row_bytes + bit / 8;
        if (!(codes[code] >> i % bits & 1u)) {
            *byte &= (uint8_t)~(1u << bit % 8);
        }
    }
    return fields;
}

static loom_status pack_fields(const loom_plan *plan, void *packed, const loom_parts *parts,
                               uint8_t *fields) {
    loom_parts with_fields = *parts;
    with_fields.codes = fields;
    return loom_pack_parts(plan, packed, &with_fields, plan->format.bits, 0, plan->m);
}

static void check_fields(const loom_plan *plan, const struct fake_matrix *matrix,
                         const void *expected) {
    size_t bytes;
    uint8_t *const fields = fields_of(plan, matrix->parts.codes, &bytes);
    const size_t size = loom_packed_size(plan);
    void *const packed = fake_alloc(size);
    assert_int_equal(pack_fields(plan, packed, &matrix->parts, fields), LOOM_OK);
    assert_memory_equal(packed, expected, size);
    fake_free(packed, size);
    fake_free(fields, bytes);
}

/* loom_pack and loom_unpack, where there are no parts but their three. */
static void check_three(const loom_plan *plan, const struct fake_matrix *matrix,
                        const void *expected) {
    const struct fake_bytes *bytes = &matrix->bytes;
    const loom_parts *parts = &matrix->parts;
    const size_t size = loom_packed_size(plan);
    uint8_t *const codes = fake_alloc(bytes->codes), *const scales = fake_alloc(bytes->scales);
    uint8_t *const zeros = fake_alloc(bytes->zeros), *const packed = fake_alloc(size);
    assert_int_equal(loom_pack(plan, packed, parts->codes, parts->scales, parts->zeros, 0, plan->m),
                     LOOM_OK);
    assert_memory_equal(packed, expected, size);
    assert_int_equal(
        loom_unpack(plan, packed, codes, scales, parts->zeros ? zeros : NULL, 0, plan->m), LOOM_OK);
    assert_memory_equal(codes, parts->codes, bytes->codes);
    assert_memory_equal(scales, parts->scales, bytes->scales);
    if (parts->zeros) {
        assert_memory_equal(zeros, parts->zeros, bytes->zeros);
    }
    fake_free(codes, bytes->codes);
    fake_free(scales, bytes->scales);
    fake_free(zeros, bytes->zeros);
    fake_free(packed, size);
}

static void check_round_trip(const loom_plan *plan) {
    struct fake_matrix matrix = fake_matrix_new(plan, plan->m + plan->k);
    const size_t size = loom_packed_size(plan);
    void *packed = fake_alloc(size);
    assert_int_equal(loom_pack_parts(plan, packed, &matrix.parts, 8, 0, plan->m), LOOM_OK);
    check_fields(plan, &matrix, packed);
    if (!plan->format.offsets && !plan->format.sub) {
        check_three(plan, &matrix, packed);
    }
    check_rows(plan, &matrix, packed, 0, plan->m);
    check_rows(plan, &matrix, packed, plan->m / 3, plan->m / 3 + 1);
    check_rows(plan, &matrix, packed, plan->m / 2, plan->m);
    fake_free(packed, size);
    fake_matrix_free(&matrix);
}

static void every_layout_returns_what_it_got(void **state) {
    (void)state;
    static const char *const grains[] = {"g64",      "g64z",   "g64zf32",    "row",
                                         "rowze8m0", "tensor", "tensorzf32", "g256s16x8"};
    static const size_t ms[] = {1, 17, 300}, ks[] = {1, 63, 64, 77, 257};
    for (size_t i = 0; i < LAYOUTS * 8; i++) {
        for (size_t j = 0; j < 15; j++) {
            const loom_plan plan = plan_for(i / 8, grains[i % 8], ms[j / 5], ks[j % 5]);
            check_round_trip(&plan);
        }
    }
}

static void every_part_returns(void **state) {
    (void)state;
    static const char *const grains[] = {
        "g16m",       "g16zue4m3",  "g32m",       "g32mf32",   "rowme8m0",       "tensorm",
        "tensormf32", "g256s16x4",  "g256s16x4m", "g256s16x6", "g256s16x6m",     "g256s16x8mf32",
        "g256s32x4z", "g256s32x4m", "g256s32x6m", "g256s32x8", "g256s32x8me8m0", "g256s32x6z3",
    };
    static const size_t ms[] = {1, 16, 35}, ks[] = {1, 33, 256, 300, 600};
    for (size_t i = 0; i < sizeof grains / sizeof grains[0]; i++) {
        for (size_t j = 0; j < 15; j++) {
            const loom_plan fields = plan_for(FIELDS_OF_4, grains[i], ms[j / 5], ks[j % 5]);
            const loom_plan odd = plan_for(ODD_COUNTS, grains[i], ms[j / 5], ks[j % 5]);
            check_round_trip(&fields);
            check_round_trip(&odd);
        }
    }
}

static void codes_of_a_book_return(void **state) {
    (void)state;
    static const char *const names[] = {"iq4g32", "iq4g256s32x6f32", "fp4g32e8m0",
                                        "fp4row", "fp4g16ue4m3",     "fp4g16f32"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const loom_plan plan = plan_named(FIELDS_OF_4, names[i], 35, 300);
        check_round_trip(&plan);
    }
}

/* Rows beyond M and what is between the arrays must not depend on what the memory held. */
static void packed_bytes_are_reproducible(void **state) {
    (void)state;
    static const char *const grains[] = {"g64",       "g64zf32",    "rowme8m0", "g256s16x4m",
                                         "g256s32x6", "g256s16x6m", "tensorm"};
    for (size_t i = 0; i < LAYOUTS * 7; i++) {
        const char *grain = made_up_layouts[i / 7].bits == 1 ? "g64zf32" : grains[i % 7];
        const loom_plan plan = plan_for(i / 7, grain, 37, 77);
        struct fake_matrix matrix = fake_matrix_new(&plan, i);
        const size_t size = loom_packed_size(&plan);
        uint8_t *packed[2] = {fake_alloc(size), fake_alloc(size)};
        memset(packed[1], 0, size);
        for (int j = 0; j < 2; j++) {
            assert_int_equal(loom_pack_parts(&plan, packed[j], &matrix.parts, 8, 0, 37), LOOM_OK);
        }
        assert_memory_equal(packed[0], packed[1], size);
        fake_free(packed[0], size);
        fake_free(packed[1], size);
        fake_matrix_free(&matrix);
    }
}

/* ---- Where the factors are --------------------------------------------------------------- */

/* Number i of the factors and minimums of a row in a group. */
static unsigned number_by_definition(const loom_parts *parts, size_t row_group, size_t subs,
                                     size_t i) {
    return parts->mins && i >= subs ? parts->mins[row_group * subs + i - subs]
                                    : parts->factors[row_group * subs + i];
}

/* What factors.h says of byte i of them. */
static unsigned byte_by_definition(const struct fake_matrix *matrix, const loom_format *format,
                                   size_t row_group, size_t i) {
    const loom_parts *parts = &matrix->parts;
    const size_t subs = 256u / format->sub, quarter = (parts->mins ? 2 * subs : subs) / 4;
    const unsigned value = number_by_definition(parts, row_group, subs, i);
    if (format->factor_bits == 4 && parts->mins) {
        return value | number_by_definition(parts, row_group, subs, subs + i) << 4;
    }
    if (format->factor_bits != 6) {
        return value;
    }
    const size_t third = i < quarter ? 0 : i < 2 * quarter ? 1 : 2;
    const size_t last = 3 * quarter + i - third * quarter;
    const unsigned above = number_by_definition(parts, row_group, subs, last) >> (4 - 2 * third);
    return (value << 2 & 255) | (above & 3);
}

/* `count` bytes from number `first` on of every row, of 45, 8 of which are none, and group, `each`
 * of a row side by side. */
static void check_bytes_of(const loom_plan *plan, const struct fake_matrix *matrix,
                           const uint8_t *packed, size_t first, size_t count, size_t each) {
    const size_t rows = plan->row_block;
    for (size_t at = 0; at < 45 * 3 * count; at++) {
        const size_t row = at / each % rows, unit = at / each / rows;
        const size_t word = unit % (count / each), group = unit / (count / each) % 3;
        const size_t m = unit / (count / each) / 3 * rows + row;
        const size_t i = first + word * each + at % each;
        assert_int_equal(packed[at],
                         m < 37 ? byte_by_definition(matrix, &plan->format, m * 3 + group, i) : 0);
    }
}

static void check_factors(const char *grain, size_t bytes) {
    const loom_plan plan = plan_for(ODD_COUNTS, grain, 37, 600);
    const struct loom_packed_offsets at = loom_packed_offsets(&plan);
    struct fake_matrix matrix = fake_matrix_new(&plan, 1);
    const size_t size = loom_packed_size(&plan);
    uint8_t *const packed = fake_alloc(size);
    assert_int_equal(loom_pack_parts(&plan, packed, &matrix.parts, 8, 0, 37), LOOM_OK);
    check_bytes_of(&plan, &matrix, packed + at.factors, 0, bytes / 4 * 4, 4);
    if (bytes % 4) {
        check_bytes_of(&plan, &matrix, packed + at.halves, bytes / 4 * 4, 2, 2);
    }
    fake_free(packed, size);
    fake_matrix_free(&matrix);
}

static void factors_stand_by_fours(void **state) {
    (void)state;
    check_factors("g256s16x4", 16);
    check_factors("g256s16x4m", 16);
    check_factors("g256s32x8m", 16);
}

static void factors_of_six_bits_take_six(void **state) {
    (void)state;
    check_factors("g256s32x6", 6);
    check_factors("g256s32x6m", 12);
    check_factors("g256s16x6", 12);
    check_factors("g256s16x6m", 24);
}

/* 45 rows of 3 groups of 16 sub-blocks. Minimums of 4 bits need no bytes. */
static void packed_memory_has_room_for_all_parts(void **state) {
    (void)state;
    const loom_plan six = plan_for(ODD_COUNTS, "g256s32x6f32", 37, 600);
    const struct loom_packed_offsets half = loom_packed_offsets(&six);
    assert_int_equal(half.halves, half.factors + 576); /* 45 * 3 * 4 = 540 */
    assert_int_equal(half.size, half.halves + 320);    /* 45 * 3 * 2 = 270 */
    const loom_plan mins = plan_for(ODD_COUNTS, "g256s16x6mf32", 37, 600);
    const struct loom_packed_offsets at = loom_packed_offsets(&mins);
    assert_int_equal(at.zeros, at.scales + 576); /* 45 * 3 * 4 = 540 */
    assert_int_equal(at.offsets, at.zeros);
    assert_int_equal(at.factors, at.offsets + 576);
    assert_int_equal(at.size, at.factors + 3264); /* 45 * 3 * 24 = 3240 */
    const loom_plan four = plan_for(ODD_COUNTS, "g256s16x4m", 37, 600);
    const struct loom_packed_offsets shared = loom_packed_offsets(&four);
    assert_int_equal(shared.factors, shared.offsets + 320); /* 45 * 3 * 2 = 270 */
    assert_int_equal(shared.size, shared.factors + 2176);   /* 45 * 3 * 16 = 2160 */
}

/* What other formats packed is refused, though codes and scales be alike. */
static void the_mark_tells_formats_apart(void **state) {
    (void)state;
    static const char *const names[] = {
        "w4g256",      "w4g256m",     "iq4g256",      "fp4g256",      "w4g256e8m0",  "w4g256f32",
        "w4g256ue4m3", "w4g16",       "w4g256z",      "w4g256z3",     "w4g256s16x4", "w4g256s32x4",
        "w4g256s16x6", "w4g256s16x8", "w4g256s16x4m", "iq4g256s16x4", "w4row",       "w4tensor",
    };
    enum { COUNT = sizeof names / sizeof names[0] };
    uint32_t checks[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        checks[i] = plan_named(FIELDS_OF_4, names[i], 35, 256).check;
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(checks[i], checks[j]);
        }
    }
}

/* ---- Parts and threads -------------------------------------------------------------------- */

struct part {
    const loom_plan *plan;
    const struct fake_matrix *matrix;
    struct fake_matrix *copy;
    void *packed;
    size_t begin, end;
    loom_status status;
};

static void *pack_part(void *context) {
    struct part *p = context;
    p->status = loom_pack_parts(p->plan, p->packed, &p->matrix->parts, 8, p->begin, p->end);
    return NULL;
}

static void *unpack_part(void *context) {
    struct part *p = context;
    p->status = loom_unpack_parts(p->plan, p->packed, &p->copy->parts, p->begin, p->end);
    return NULL;
}

enum { THREADS = 4 };

static void run_parts(struct part *parts, void *(*run)(void *)) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run, &parts[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(parts[i].status, LOOM_OK);
    }
}

static void check_threads(const loom_plan *plan) {
    struct fake_matrix matrix = fake_matrix_new(plan, 1), copy = fake_matrix_new(plan, 2);
    const size_t size = loom_packed_size(plan), share = plan->m / plan->row_block / THREADS;
    void *packed = fake_alloc(size);
    struct part parts[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        const size_t end = i + 1 < THREADS ? (i + 1) * share * plan->row_block : plan->m;
        parts[i] =
            (struct part){plan, &matrix, &copy, packed, i * share * plan->row_block, end, LOOM_OK};
    }
    run_parts(parts, pack_part);
    run_parts(parts, unpack_part);
    const struct fake_bytes *bytes = &matrix.bytes;
    check_part(copy.parts.codes, matrix.parts.codes, bytes->codes, 1, 0, 1);
    check_part(copy.parts.scales, matrix.parts.scales, bytes->scales, 1, 0, 1);
    check_part(copy.parts.zeros, matrix.parts.zeros, bytes->zeros, 1, 0, 1);
    check_part(copy.parts.offsets, matrix.parts.offsets, bytes->offsets, 1, 0, 1);
    check_part(copy.parts.factors, matrix.parts.factors, bytes->factors, 1, 0, 1);
    check_part(copy.parts.mins, matrix.parts.mins, bytes->mins, 1, 0, 1);
    fake_free(packed, size);
    fake_matrix_free(&matrix);
    fake_matrix_free(&copy);
}

static void threads_pack_and_unpack(void **state) {
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++) {
        const size_t m = 6 * made_up_layouts[i].rows + 1;
        const loom_plan group = plan_for(i, "g64z", m, 200),
                        tensor = plan_for(i, "tensorz", m, 200);
        check_threads(&group);
        check_threads(&tensor);
        if (made_up_layouts[i].bits > 1) {
            const loom_plan factors = plan_for(i, "g256s32x4m", m, 300);
            check_threads(&factors);
        }
    }
}

/* ---- Bad values ---------------------------------------------------------------------------- */

static loom_status pack_with(const loom_plan *plan, const struct fake_matrix *matrix) {
    const size_t size = loom_packed_size(plan);
    void *packed = fake_alloc(size);
    const loom_status status = loom_pack_parts(plan, packed, &matrix->parts, 8, 0, plan->m);
    assert_int_equal(loom_packed_valid(plan, packed), status == LOOM_OK);
    fake_free(packed, size);
    return status;
}

/* Every byte is a code of 8 bits. */
static void every_code_is_checked(void **state) {
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++) {
        const loom_plan plan = plan_for(i, "g64", 5, 70);
        struct fake_matrix matrix = fake_matrix_new(&plan, i);
        const unsigned beyond = 1u << made_up_layouts[i].bits;
        for (size_t j = 0; j < matrix.bytes.codes; j += 3) {
            const uint8_t code = matrix.parts.codes[j];
            if (beyond < 256) {
                matrix.parts.codes[j] = (uint8_t)beyond;
                assert_int_equal(pack_with(&plan, &matrix), LOOM_ERROR_VALUE);
            }
            matrix.parts.codes[j] = (uint8_t)(beyond - 1);
            assert_int_equal(pack_with(&plan, &matrix), LOOM_OK);
            matrix.parts.codes[j] = code;
        }
        fake_matrix_free(&matrix);
    }
}

static void ternary_codes_end_at_2(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("tf32", 5, 70);
    struct fake_matrix matrix = fake_matrix_new(&plan, 1);
    matrix.parts.codes[349] = 3;
    assert_int_equal(pack_with(&plan, &matrix), LOOM_ERROR_VALUE);
    matrix.parts.codes[349] = 2;
    assert_int_equal(pack_with(&plan, &matrix), LOOM_OK);
    fake_matrix_free(&matrix);
}

/* Code 3 in fields: in a whole chunk of units, and in what is left of a row. */
static void ternary_fields_end_at_2(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("tf32", 5, 300);
    struct fake_matrix matrix = fake_matrix_new(&plan, 1);
    static const size_t places[] = {7, 4 * 300 + 255, 4 * 300 + 299};
    const size_t size = loom_packed_size(&plan);
    void *const packed = fake_alloc(size);
    for (size_t i = 0; i < 6; i++) {
        const uint8_t before = matrix.parts.codes[places[i / 2]];
        matrix.parts.codes[places[i / 2]] = i % 2 ? 2 : 3;
        size_t bytes;
        uint8_t *const fields = fields_of(&plan, matrix.parts.codes, &bytes);
        assert_int_equal(pack_fields(&plan, packed, &matrix.parts, fields),
                         i % 2 ? LOOM_OK : LOOM_ERROR_VALUE);
        fake_free(fields, bytes);
        matrix.parts.codes[places[i / 2]] = before;
    }
    fake_free(packed, size);
    fake_matrix_free(&matrix);
}

static void every_zero_point_is_checked(void **state) {
    (void)state;
    static const char *const grains[] = {"g64z", "tensorz"};
    for (size_t i = 0; i < 2; i++) {
        const loom_plan plan = plan_for(5, grains[i], 5, 70);
        struct fake_matrix matrix = fake_matrix_new(&plan, i);
        for (size_t j = 0; j < matrix.bytes.zeros; j++) {
            matrix.parts.zeros[j] = 9;
            assert_int_equal(pack_with(&plan, &matrix), LOOM_ERROR_VALUE);
            matrix.parts.zeros[j] = 8;
            assert_int_equal(pack_with(&plan, &matrix), LOOM_OK);
        }
        fake_matrix_free(&matrix);
    }
}

/* Each byte of `bytes` in turn: `bad` is refused, `good` is not. */
static void check_bytes(const loom_plan *plan, const struct fake_matrix *matrix, uint8_t *bytes,
                        size_t count, uint8_t good, uint8_t bad) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t before = bytes[i];
        bytes[i] = bad;
        assert_int_equal(pack_with(plan, matrix), LOOM_ERROR_VALUE);
        bytes[i] = good;
        assert_int_equal(pack_with(plan, matrix), LOOM_OK);
        bytes[i] = before;
    }
}

/* Factors are signed without offsets. */
static void every_factor_is_checked(void **state) {
    (void)state;
    static const struct {
        const char *grain;
        int least, most;
    } kinds[] = {
        {"g256s16x4", -8, 7}, {"g256s32x6", -32, 31}, {"g256s32x4m", 0, 15}, {"g256s16x6m", 0, 63}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const loom_plan plan = plan_for(FIELDS_OF_4, kinds[i].grain, 2, 300);
        struct fake_matrix matrix = fake_matrix_new(&plan, i);
        const uint8_t least = (uint8_t)kinds[i].least, most = (uint8_t)kinds[i].most;
        const size_t factors = matrix.bytes.factors, mins = matrix.bytes.mins;
        check_bytes(&plan, &matrix, matrix.parts.factors, factors, most, (uint8_t)(most + 1));
        check_bytes(&plan, &matrix, matrix.parts.factors, factors, least, (uint8_t)(least - 1));
        check_bytes(&plan, &matrix, matrix.parts.mins, mins, most, (uint8_t)(most + 1));
        fake_matrix_free(&matrix);
    }
}

/* A row range is judged by its own rows. */
static void other_rows_are_not_read(void **state) {
    (void)state;
    const loom_plan plan = fake_plan("w3g64zf32", 40, 70);
    struct fake_matrix matrix = fake_matrix_new(&plan, 1);
    const size_t size = loom_packed_size(&plan);
    void *packed = fake_alloc(size);
    matrix.parts.codes[0] = matrix.parts.codes[32 * 70] = 255;
    matrix.parts.zeros[0] = matrix.parts.zeros[32 * 2] = 255;
    assert_int_equal(loom_pack_parts(&plan, packed, &matrix.parts, 8, 16, 32), LOOM_OK);
    assert_int_equal(loom_packed_valid(&plan, packed), 0);
    fake_free(packed, size);
    fake_matrix_free(&matrix);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_returns_what_it_got),
        cmocka_unit_test(every_part_returns),
        cmocka_unit_test(codes_of_a_book_return),
        cmocka_unit_test(packed_bytes_are_reproducible),
        cmocka_unit_test(factors_stand_by_fours),
        cmocka_unit_test(factors_of_six_bits_take_six),
        cmocka_unit_test(packed_memory_has_room_for_all_parts),
        cmocka_unit_test(the_mark_tells_formats_apart),
        cmocka_unit_test(threads_pack_and_unpack),
        cmocka_unit_test(every_code_is_checked),
        cmocka_unit_test(ternary_codes_end_at_2),
        cmocka_unit_test(ternary_fields_end_at_2),
        cmocka_unit_test(every_zero_point_is_checked),
        cmocka_unit_test(every_factor_is_checked),
        cmocka_unit_test(other_rows_are_not_read),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
