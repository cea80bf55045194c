/* CPU features from the words of cpuid and xgetbv. */
#include "cpu/cpu.h"
#include "fake.h"

#include <string.h>

/* A CPU and an operating system with everything. */
static const struct loom_cpuid full = {
    .leaf1_ecx = 1u << 9 | 1u << 12 | 1u << 27 | 1u << 28 | 1u << 29,
    .leaf7_ebx = 1u << 5 | 1u << 16 | 1u << 30,
    .leaf7_ecx = 1u << 1 | 1u << 11,
    .leaf7_edx = 1u << 24 | 1u << 25,
    .leaf7_1_eax = 1u << 4,
    .xcr0 = 0x600e7,
};
static const uint32_t avx2 = LOOM_CPU_SSSE3 | LOOM_CPU_AVX2;
static const uint32_t avxvnni = LOOM_CPU_SSSE3 | LOOM_CPU_AVX2 | LOOM_CPU_AVXVNNI;
static const uint32_t avx512 = LOOM_CPU_SSSE3 | LOOM_CPU_AVX2 | LOOM_CPU_AVXVNNI | LOOM_CPU_AVX512;
static const uint32_t all_features = LOOM_CPU_SSSE3 | LOOM_CPU_AVX2 | LOOM_CPU_AVXVNNI |
                                     LOOM_CPU_AVX512 | LOOM_CPU_AVX512VBMI | LOOM_CPU_AVX512VNNI |
                                     LOOM_CPU_AMX;

static void finds_all_features(void **state) {
    (void)state;
    assert_int_equal(loom_x86_features(&full), all_features);
    assert_int_equal(loom_x86_features(&(struct loom_cpuid){0}), 0);
    assert_int_equal(loom_x86_features(&(struct loom_cpuid){~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0, 0}),
                     all_features);
}

static void ssse3_needs_its_bit_alone(void **state) {
    (void)state;
    const struct loom_cpuid old = {.leaf1_ecx = 1u << 9};
    assert_int_equal(loom_x86_features(&old), LOOM_CPU_SSSE3);
    struct loom_cpuid words = full;
    words.leaf1_ecx &= ~(1u << 9);
    assert_int_equal(loom_x86_features(&words), 0);
}

/* Without each one of these bits nothing beyond SSSE3 may run. */
static void avx2_needs_every_bit(void **state) {
    (void)state;
    static const unsigned leaf1_bits[] = {12, 27, 28, 29};
    for (size_t i = 0; i < 4; i++) {
        struct loom_cpuid words = full;
        words.leaf1_ecx &= ~(1u << leaf1_bits[i]);
        assert_int_equal(loom_x86_features(&words), LOOM_CPU_SSSE3);
    }
    struct loom_cpuid words = full;
    words.leaf7_ebx &= ~(1u << 5);
    assert_int_equal(loom_x86_features(&words), LOOM_CPU_SSSE3);
}

/* AVX-VNNI and AVX-512 do not need each other. */
static void avxvnni_is_separate(void **state) {
    (void)state;
    struct loom_cpuid words = full;
    words.leaf7_1_eax = ~(1u << 4);
    assert_int_equal(loom_x86_features(&words), all_features & ~LOOM_CPU_AVXVNNI);
    words = full;
    words.leaf7_ebx = 1u << 5;
    assert_int_equal(loom_x86_features(&words), avxvnni);
}

/* Vendors by the first four letters, and a family as the sum of two fields. */
static void streaming_is_of_a_vendor_and_families(void **state) {
    (void)state;
    static const struct {
        uint32_t vendor, leaf1_eax;
        int streams;
    } cases[] = {
        {0x68747541, 0x00a10f11, 1}, /* AMD, family 0x19: Zen 4 */
        {0x68747541, 0x00800f11, 1}, /* 0x17: Zen */
        {0x6f677948, 0x00900f01, 1}, /* Hygon, 0x18 */
        {0x68747541, 0x00b00f21, 0}, /* AMD, 0x1a: Zen 5 */
        {0x68747541, 0x00600f12, 0}, /* AMD, 0x15: before Zen */
        {0x756e6547, 0x00a10f11, 0}, /* Intel's name */
        {0x756e6547, 0x000806f8, 0}, /* Intel, family 6 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loom_cpuid words = full;
        words.leaf0_ebx = cases[i].vendor;
        words.leaf1_eax = cases[i].leaf1_eax;
        assert_int_equal(loom_x86_features(&words),
                         all_features | (cases[i].streams ? LOOM_CPU_STREAMS : 0));
    }
}

static void avx512_needs_every_bit(void **state) {
    (void)state;
    static const unsigned leaf7_bits[] = {16, 30};
    for (size_t i = 0; i < 2; i++) {
        struct loom_cpuid words = full;
        words.leaf7_ebx &= ~(1u << leaf7_bits[i]);
        assert_int_equal(loom_x86_features(&words), avxvnni);
    }
}

static void vbmi_and_vnni_are_separate(void **state) {
    (void)state;
    struct loom_cpuid words = full;
    words.leaf7_edx = 0;
    words.leaf7_ecx = 1u << 1;
    assert_int_equal(loom_x86_features(&words), avx512 | LOOM_CPU_AVX512VBMI);
    words.leaf7_ecx = 1u << 11;
    assert_int_equal(loom_x86_features(&words), avx512 | LOOM_CPU_AVX512VNNI);
}

static void amx_needs_every_bit(void **state) {
    (void)state;
    static const struct {
        uint32_t leaf7_edx, xcr0;
    } cases[] = {
        {1u << 24, 0x600e7}, {1u << 25, 0x600e7}, {3u << 24, 0x200e7}, {3u << 24, 0x400e7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct loom_cpuid words = full;
        words.leaf7_edx = cases[i].leaf7_edx;
        words.xcr0 = cases[i].xcr0;
        assert_int_equal(loom_x86_features(&words), all_features & ~LOOM_CPU_AMX);
    }
}

static void features_need_the_operating_system(void **state) {
    (void)state;
    static const struct {
        uint32_t xcr0, features;
    } cases[] = {
        {0x00, LOOM_CPU_SSSE3},  {0x01, LOOM_CPU_SSSE3},
        {0x03, LOOM_CPU_SSSE3},  {0x05, LOOM_CPU_SSSE3},
        {0xe1, LOOM_CPU_SSSE3},  {0x07, avxvnni},
        {0x67, avxvnni},         {0xa7, avxvnni},
        {0xc7, avxvnni},         {0xe7, all_features & ~LOOM_CPU_AMX},
        {0x600e7, all_features},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct loom_cpuid words = full;
        words.xcr0 = cases[i].xcr0;
        assert_int_equal(loom_x86_features(&words), cases[i].features);
    }
}

/* Linux's words of a Raspberry Pi 4, of a 5, and of a server with matrix products. */
static void aarch64_levels_build_on_each_other(void **state) {
    (void)state;
    const uint32_t dotprod = LOOM_CPU_NEON | LOOM_CPU_DOTPROD;
    assert_int_equal(loom_aarch64_features(0x8ff, 0), LOOM_CPU_NEON);
    assert_int_equal(loom_aarch64_features(0x119fff, 0), dotprod);
    assert_int_equal(loom_aarch64_features(0x119fff, 1u << 13), dotprod | LOOM_CPU_I8MM);
    assert_int_equal(loom_aarch64_features(0x8ff, 1u << 13), LOOM_CPU_NEON);
    assert_int_equal(loom_aarch64_features(0, ~0u), 0);
    assert_int_equal(loom_aarch64_features(~2u, ~0u), 0);
}

/* Linux's word of a Raspberry Pi 2, of a Cortex-A9 (NEON, VFPv3), and of a Pi Zero. */
static void aarch32_needs_both_bits(void **state) {
    (void)state;
    assert_int_equal(loom_aarch32_features(0x3fb0d6), LOOM_CPU_NEON32);
    assert_int_equal(loom_aarch32_features(0xb8d7), 0);
    assert_int_equal(loom_aarch32_features(0xd7), 0);
    assert_int_equal(loom_aarch32_features(~(1ul << 12)), 0);
    assert_int_equal(loom_aarch32_features(1ul << 12 | 1ul << 16), LOOM_CPU_NEON32);
}

static void detects_this_cpu(void **state) {
    (void)state;
    loom_cpu cpu, lowered;
    assert_int_equal(loom_cpu_detect(&cpu, ~0u), LOOM_OK);
#if defined(__x86_64__)
    assert_int_equal(cpu.features & ~(all_features | LOOM_CPU_STREAMS), 0);
    assert_int_equal(!!(cpu.features & LOOM_CPU_SSSE3), !!__builtin_cpu_supports("ssse3"));
    assert_int_equal(!!(cpu.features & LOOM_CPU_AVX2),
                     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    assert_int_equal(!!(cpu.features & LOOM_CPU_AVX512VBMI),
                     !!__builtin_cpu_supports("avx512vbmi"));
#endif
    assert_string_equal(cpu.isa, "c");
    assert_int_equal(loom_cpu_detect(&lowered, avx2), LOOM_OK);
    assert_int_equal(lowered.features, cpu.features & avx2);
    assert_int_equal(loom_cpu_detect(&lowered, 0), LOOM_OK);
    assert_int_equal(lowered.features, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_all_features),
        cmocka_unit_test(ssse3_needs_its_bit_alone),
        cmocka_unit_test(avx2_needs_every_bit),
        cmocka_unit_test(avxvnni_is_separate),
        cmocka_unit_test(streaming_is_of_a_vendor_and_families),
        cmocka_unit_test(avx512_needs_every_bit),
        cmocka_unit_test(vbmi_and_vnni_are_separate),
        cmocka_unit_test(amx_needs_every_bit),
        cmocka_unit_test(features_need_the_operating_system),
        cmocka_unit_test(aarch64_levels_build_on_each_other),
        cmocka_unit_test(aarch32_needs_both_bits),
        cmocka_unit_test(detects_this_cpu),
    };
    return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
