/* Names of formats: what parses, to what, and what does not. */
#include "fake.h"
#include "registry.h"

#include <stdio.h>
#include <string.h>

static loom_format parse(const char *name) {
    loom_format format;
    if (loom_format_parse(&format, name) != LOOM_OK) {
        fail_msg("'%s' should be a format", name);
    }
    return format;
}

static void assert_format(const char *name, loom_format expected) {
    const loom_format format = parse(name);
    if (memcmp(&format, &expected, sizeof format) != 0) {
        fail_msg("'%s' parses to other fields than expected", name);
    }
}

static void parses_known_names(void **state) {
    (void)state;
    assert_format("w1g32", (loom_format){.bits = 1, .group = 32});
    assert_format("w2g128", (loom_format){.bits = 2, .group = 128});
    assert_format("w3row", (loom_format){.bits = 3});
    assert_format("w4tensor", (loom_format){.bits = 4, .tensor = 1});
    assert_format(
        "w2g64zf32",
        (loom_format){.bits = 2, .zero_points = 1, .scale = LOOM_SCALE_FP32, .group = 64});
    assert_format("w2g64z1", (loom_format){.bits = 2, .fixed_zero = 2, .group = 64});
    assert_format("w4rowz16f32",
                  (loom_format){.bits = 4, .fixed_zero = 17, .scale = LOOM_SCALE_FP32});
    assert_format("w1g32z0", (loom_format){.bits = 1, .fixed_zero = 1, .group = 32});
    assert_format("w4g128arow", (loom_format){.bits = 4, .act_row = 1, .group = 128});
    assert_format("t", (loom_format){.bits = 2, .ternary = 1, .tensor = 1});
    assert_format("ttensor", (loom_format){.bits = 2, .ternary = 1, .tensor = 1});
    assert_format("tarow", (loom_format){.bits = 2, .ternary = 1, .tensor = 1, .act_row = 1});
    assert_format("trow", (loom_format){.bits = 2, .ternary = 1});
    assert_format("tg256zf32arow", (loom_format){.bits = 2,
                                                 .ternary = 1,
                                                 .zero_points = 1,
                                                 .scale = LOOM_SCALE_FP32,
                                                 .act_row = 1,
                                                 .group = 256});
}

static void parses_offsets_factors_and_books(void **state) {
    (void)state;
    assert_format("w5row", (loom_format){.bits = 5});
    assert_format("w8g32", (loom_format){.bits = 8, .group = 32});
    assert_format("w8g32z256", (loom_format){.bits = 8, .fixed_zero = 257, .group = 32});
    assert_format("w6g64z", (loom_format){.bits = 6, .zero_points = 1, .group = 64});
    assert_format("w4g32m", (loom_format){.bits = 4, .offsets = 1, .group = 32});
    assert_format(
        "w4g256s32x6m",
        (loom_format){.bits = 4, .offsets = 1, .sub = 32, .factor_bits = 6, .group = 256});
    assert_format("w3g256s16x6",
                  (loom_format){.bits = 3, .sub = 16, .factor_bits = 6, .group = 256});
    assert_format(
        "tg256s16x8z",
        (loom_format){
            .bits = 2, .ternary = 1, .zero_points = 1, .sub = 16, .factor_bits = 8, .group = 256});
    assert_format(
        "iq4g256s32x4",
        (loom_format){.bits = 4, .book = LOOM_BOOK_IQ4, .sub = 32, .factor_bits = 4, .group = 256});
    assert_format(
        "fp4g32e8m0arow",
        (loom_format){
            .bits = 4, .book = LOOM_BOOK_FP4, .scale = LOOM_SCALE_E8M0, .act_row = 1, .group = 32});
    assert_format(
        "fp4g16ue4m3",
        (loom_format){.bits = 4, .book = LOOM_BOOK_FP4, .scale = LOOM_SCALE_UE4M3, .group = 16});
    assert_format("w2tensormf32",
                  (loom_format){.bits = 2, .offsets = 1, .scale = LOOM_SCALE_FP32, .tensor = 1});
}

static void zero_points_without_a_name(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned zero;
    } cases[] = {{"w1g32", 1},  {"w5g32", 16}, {"w8g32", 128}, {"t", 1},
                 {"w4g32m", 0}, {"iq4g32", 0}, {"fp4g32", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const loom_format format = parse(cases[i].name);
        assert_int_equal(loom_format_zero(&format), cases[i].zero);
    }
}

/* What a base may be followed by: `m` and fixed zero points are not for all. */
struct base {
    const char *name;
    int zeros, offsets;
};
static const struct base bases[] = {
    {"w1", 1, 0}, {"w2", 1, 1}, {"w3", 1, 1}, {"w4", 1, 1},  {"w5", 1, 1},  {"w6", 1, 1},
    {"w7", 1, 1}, {"w8", 1, 1}, {"t", 1, 0},  {"iq4", 0, 0}, {"fp4", 0, 0},
};
static const char *const grains[] = {
    "g16",       "g32",       "g64",       "g128",      "g256", "g256s16x4", "g256s16x6",
    "g256s16x8", "g256s32x4", "g256s32x6", "g256s32x8", "row",  "tensor",
};
static const char *const zeros[] = {"", "z", "m"};
static const char *const scales[] = {"", "f32", "e8m0", "ue4m3"};
enum { BASES = 11, GRAINS = 13, NAMES = BASES * GRAINS * 3 * 4 * 2 };

static int may_be(const struct base *base, const char *zero) {
    return *zero == 'm' ? base->offsets : *zero == 'z' ? base->zeros : 1;
}

/* Combination i as a name; 0 if it is none of the grammar. */
static int name_at(size_t i, char *name, size_t size) {
    const struct base *base = &bases[i / (NAMES / BASES)];
    const char *zero = zeros[i / 8 % 3];
    snprintf(name, size, "%s%s%s%s%s", base->name, grains[i / 24 % GRAINS], zero, scales[i / 2 % 4],
             i % 2 ? "arow" : "");
    return may_be(base, zero);
}

/* Every combination of the grammar gives fields of its own, the others none. */
static void parses_every_name(void **state) {
    (void)state;
    static loom_format seen[NAMES];
    size_t count = 0;
    for (size_t i = 0; i < NAMES; i++) {
        char name[32];
        if (!name_at(i, name, sizeof name)) {
            loom_format format;
            assert_int_equal(loom_format_parse(&format, name), LOOM_ERROR_FORMAT);
            continue;
        }
        seen[count] = parse(name);
        for (size_t j = 0; j < count; j++) {
            assert_memory_not_equal(&seen[j], &seen[count], sizeof seen[0]);
        }
        count++;
    }
    assert_int_equal(count, (BASES * 3 - 6) * GRAINS * 8);
}

/* All from 0 to 2^bits but the one that codes have without a name for it. */
static void parses_every_fixed_zero_point(void **state) {
    (void)state;
    for (unsigned bits = 1; bits <= 8; bits++) {
        for (unsigned zero = 0; zero <= 600; zero++) {
            char name[32];
            loom_format format;
            snprintf(name, sizeof name, "w%ug32z%u", bits, zero);
            const int is_one = zero <= 1u << bits && zero != 1u << (bits - 1);
            assert_int_equal(loom_format_parse(&format, name),
                             is_one ? LOOM_OK : LOOM_ERROR_FORMAT);
            assert_int_equal(is_one ? loom_format_zero(&format) : zero, zero);
        }
    }
}

static void refuses_other_names(void **state) {
    (void)state;
    static const char *const names[] = {
        "",
        "w",
        "w0g32",
        "w9g32",
        "w10g32",
        "w2",
        "w2z",
        "w2g",
        "w2g8",
        "w2g160",
        "w2g320",
        "w2g12",
        "w2g128 ",
        " w2g128",
        "W2g128",
        "w2G128",
        "w2g128f",
        "w2g128f3",
        "w2g128f16",
        "w2g128zz",
        "w2g64z2", /* what w2g64 has */
        "w2g64z5", /* beyond the codes */
        "w2g64z01",
        "w4g64z016",
        "w2g64z1z",
        "tz0",
        "w2g128f32z",
        "w2rowrow",
        "w2rowtensor",
        "w2g64arowz",
        "w2g64aro",
        "w2ten",
        "tt",
        "tg",
        "t2",
        "tg33",
        "w22g32",
        "w2g32\n",
        "w2g032",
        "w2g64arowarow",
        "x",
        "tensor",
        "row",
        "w1g32m", /* offsets are those of w2 to w8 */
        "tg32m",
        "iq4g32m",
        "iq4g32z", /* numbers of a book have no zero point */
        "fp4g32z0",
        "w4g32mz",
        "w4g32zm",
        "w4g32m1",
        "w8g32z257",
        "w8g32z1000",
        "w8g32z128",
        "w4g128s32x6", /* sub-blocks are those of g256 */
        "w4rows32x6",
        "ts16x4",
        "w4g256s8x6",
        "w4g256s64x6",
        "w4g256s32x5",
        "w4g256s32x",
        "w4g256s32",
        "w4g256x6",
        "w4g256ms32x6",
        "w4g256s32x6s16x4",
        "w4g32e8m0m",
        "w4g32f32e8m0",
        "w4g32e8",
        "w4g32e4m3",
        "w4g16s16x4",
        "w4g16ue4m3m",
        "w4g16ue4m3f32",
        "w4g32e8m1",
        "iq4",
        "iq3g32",
        "fq4g32",
        "ip4g32",
        "fp4",
        "wiq4g32",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        loom_format format;
        memset(&format, FAKE_FILL, sizeof format);
        const loom_format before = format;
        if (loom_format_parse(&format, names[i]) != LOOM_ERROR_FORMAT) {
            fail_msg("'%s' should not be a format", names[i]);
        }
        assert_memory_equal(&format, &before, sizeof format);
    }
}

static void tensor_and_arow_share_kernels(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        int same;
    } cases[] = {
        {"w2g128", "w2g128", 1},
        {"w2g128", "w2g128arow", 1},
        {"w2row", "w2tensor", 1},
        {"t", "trowarow", 1},
        {"w2g128", "w2g64", 0},
        {"w2g128", "w2row", 0},
        {"w2g128", "w3g128", 0},
        {"w2g128", "w2g128z", 0},
        {"w2g128", "w2g128f32", 0},
        {"w2row", "trow", 0},
        {"w4g32", "w4g32m", 0},
        {"w4g32", "iq4g32", 0},
        {"iq4g32", "fp4g32", 0},
        {"w4g32", "w4g32e8m0", 0},
        {"w4g16e8m0", "w4g16ue4m3", 0},
        {"w4g256s16x4", "w4g256s32x4", 0},
        {"w4g256s16x4", "w4g256s16x6", 0},
        {"w4g256s16x4m", "w4g256s16x4marow", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const loom_format a = parse(cases[i].a), b = parse(cases[i].b);
        assert_int_equal(loom_format_same_kernel(&a, &b), cases[i].same);
        assert_int_equal(loom_format_same_kernel(&b, &a), cases[i].same);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_known_names),
        cmocka_unit_test(parses_offsets_factors_and_books),
        cmocka_unit_test(parses_every_name),
        cmocka_unit_test(parses_every_fixed_zero_point),
        cmocka_unit_test(refuses_other_names),
        cmocka_unit_test(tensor_and_arow_share_kernels),
        cmocka_unit_test(zero_points_without_a_name),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
