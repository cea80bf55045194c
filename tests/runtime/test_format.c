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
    assert_format("w2g64zf32",
                  (loom_format){.bits = 2, .zero_points = 1, .scale_fp32 = 1, .group = 64});
    assert_format("w2g64z1", (loom_format){.bits = 2, .fixed_zero = 2, .group = 64});
    assert_format("w4rowz16f32", (loom_format){.bits = 4, .fixed_zero = 17, .scale_fp32 = 1});
    assert_format("w1g32z0", (loom_format){.bits = 1, .fixed_zero = 1, .group = 32});
    assert_format("w4g128arow", (loom_format){.bits = 4, .act_row = 1, .group = 128});
    assert_format("t", (loom_format){.bits = 2, .ternary = 1, .tensor = 1});
    assert_format("ttensor", (loom_format){.bits = 2, .ternary = 1, .tensor = 1});
    assert_format("tarow", (loom_format){.bits = 2, .ternary = 1, .tensor = 1, .act_row = 1});
    assert_format("trow", (loom_format){.bits = 2, .ternary = 1});
    assert_format("tg256zf32arow", (loom_format){.bits = 2,
                                                 .ternary = 1,
                                                 .zero_points = 1,
                                                 .scale_fp32 = 1,
                                                 .act_row = 1,
                                                 .group = 256});
}

/* Every combination of the grammar gives fields of its own. */
static void parses_every_name(void **state) {
    (void)state;
    static const char *const bases[] = {"w1", "w2", "w3", "w4", "t"};
    static const char *const grains[] = {"g32", "g64", "g128", "g256", "row", "tensor"};
    loom_format seen[5 * 6 * 8];
    size_t count = 0;
    for (size_t i = 0; i < 5 * 6 * 8; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%s%s%s%s", bases[i / 48], grains[i / 8 % 6],
                 i & 1 ? "z" : "", i & 2 ? "f32" : "", i & 4 ? "arow" : "");
        seen[count] = parse(name);
        for (size_t j = 0; j < count; j++) {
            assert_memory_not_equal(&seen[j], &seen[count], sizeof seen[0]);
        }
        count++;
    }
}

static void refuses_other_names(void **state) {
    (void)state;
    static const char *const names[] = {
        "",
        "w",
        "w0g32",
        "w5g32",
        "w2",
        "w2z",
        "w2g",
        "w2g16",
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
        {"w2g128", "w2g128", 1}, {"w2g128", "w2g128arow", 1}, {"w2row", "w2tensor", 1},
        {"t", "trowarow", 1},    {"w2g128", "w2g64", 0},      {"w2g128", "w2row", 0},
        {"w2g128", "w3g128", 0}, {"w2g128", "w2g128z", 0},    {"w2g128", "w2g128f32", 0},
        {"w2row", "trow", 0},
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
        cmocka_unit_test(parses_every_name),
        cmocka_unit_test(refuses_other_names),
        cmocka_unit_test(tensor_and_arow_share_kernels),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
