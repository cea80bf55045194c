/* The CPU in one line, on machines whose proc and sys stand in a folder of the test's. */
#define _POSIX_C_SOURCE 200809L
#include "cpu/cpu.h"
#include "fake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[40];

static int make_root(void **state) {
    (void)state;
    snprintf(root, sizeof root, "/tmp/lutloom-identity-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command); // NOLINT(cert-env33-c)
}

/* Writes a file and the folders above it. */
static void write_file(const char *name, const char *text) {
    char path[200];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static void write_cache_of(int cpu, int index, const char *level, const char *type,
                           const char *size) {
    const char *const parts[][2] = {{"level", level}, {"type", type}, {"size", size}};
    for (size_t i = 0; i < 3; i++) {
        char name[80], text[32];
        snprintf(name, sizeof name, "/sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu, index,
                 parts[i][0]);
        snprintf(text, sizeof text, "%s\n", parts[i][1]);
        write_file(name, text);
    }
}

static void write_cache(int index, const char *level, const char *type, const char *size) {
    write_cache_of(0, index, level, type, size);
}

static void assert_identity(uint32_t features, const char *expected) {
    char text[LOOM_IDENTITY_BYTES];
    assert_int_equal(loom_identity_of(text, sizeof text, root, features), strlen(expected));
    assert_string_equal(text, expected);
}

static void model_features_and_data_caches(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A \"fast\"   CPU\\  \n\n"
                                "processor\t: 1\nmodel name\t: Another\n\n");
    write_cache(0, "1", "Data", "48K");
    write_cache(1, "1", "Instruction", "32K");
    write_cache(2, "2", "Unified", "2048K");
    assert_identity(LOOM_CPU_SSSE3 | LOOM_CPU_AVX2, "A fast CPU; SSSE3 AVX2; 48K L1, 2048K L2");
    assert_identity(0, "A fast CPU; 48K L1, 2048K L2");
}

#define CORE(number, part)                                                                         \
    "processor\t: " number "\nBogoMIPS\t: 38.40\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"  \
    "CPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: " part "\nCPU revision\t: 0\n\n"

static void arm_has_every_kind_of_core_once(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", CORE("0", "0xd05") CORE("1", "0xd05") CORE("2", "0xd0b")
                                    CORE("3", "0xd05") "Hardware\t: A board\n");
    assert_identity(LOOM_CPU_NEON, "ARM 0x41/0xd05 0x41/0xd0b; NEON");
}

/* A CPU that is offline has no caches in sys, and no part in cpuinfo. */
static void caches_are_those_of_a_core_online(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", "processor\t: 2\nmodel name\t: A CPU\n\n");
    write_file("/sys/devices/system/cpu/present", "0-11\n");
    write_cache_of(2, 0, "1", "Data", "48K");
    write_cache_of(11, 0, "1", "Data", "48K");
    assert_identity(0, "A CPU; 48K L1");
}

static void describe_core(int cpu, const char *name) {
    char path[80], text[200];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/uevent", cpu);
    snprintf(text, sizeof text,
             "DRIVER=cpu\nOF_NAME=cpu\nOF_FULLNAME=/cpus/cpu@%d\n"
             "OF_COMPATIBLE_0=%s\nOF_COMPATIBLE_N=1\n",
             cpu, name);
    write_file(path, text);
}

/* Two kinds of core, of which one may be offline as a whole. */
static void one_chip_has_one_identity(void **state) {
    (void)state;
    static const char *const online[] = {
        CORE("0", "0xd08") CORE("1", "0xd03") CORE("2", "0xd08"),
        CORE("1", "0xd03"),
        CORE("0", "0xd08") CORE("2", "0xd08"),
    };
    write_file("/sys/devices/system/cpu/present", "0-2\n");
    describe_core(0, "arm,cortex-a72");
    describe_core(1, "arm,cortex-a53");
    describe_core(2, "arm,cortex-a72");
    for (int i = 0; i < 3; i++) {
        write_file("/proc/cpuinfo", online[i]);
        write_cache_of(i == 1, 0, "1", "Data", i == 1 ? "32K" : "48K");
        assert_identity(LOOM_CPU_NEON, "ARM arm,cortex-a53 arm,cortex-a72; NEON");
    }
}

static void the_order_of_cores_does_not_matter(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", CORE("0", "0xd0b") CORE("1", "0xd05"));
    assert_identity(LOOM_CPU_NEON, "ARM 0x41/0xd05 0x41/0xd0b; NEON");
    write_file("/proc/cpuinfo", CORE("1", "0xd05") CORE("2", "0xd0b"));
    assert_identity(LOOM_CPU_NEON, "ARM 0x41/0xd05 0x41/0xd0b; NEON");
}

/* An architecture says less than the parts. */
static void an_architecture_describes_no_core(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", CORE("0", "0xd05"));
    describe_core(0, "arm,armv8");
    write_cache(0, "1", "Data", "32K");
    assert_identity(0, "ARM 0x41/0xd05; 32K L1");
}

/* More kinds than any chip has are cut, and nothing else. */
static void arm_has_few_kinds_of_core(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", CORE("0", "0x1") CORE("1", "0x2") CORE("2", "0x3") CORE("3", "0x4")
                                    CORE("4", "0x5") CORE("5", "0x6"));
    assert_identity(0, "ARM 0x41/0x1 0x41/0x2 0x41/0x3 0x41/0x4");
}

/* 32-bit ARM: the name beside the parts is that of an architecture. */
static void arm_parts_go_before_names(void **state) {
    (void)state;
    write_file("/proc/cpuinfo", "processor\t: 0\nmodel name\t: ARMv7 Processor rev 5 (v7l)\n"
                                "CPU implementer\t: 0x41\nCPU part\t: 0xc07\n\n");
    assert_identity(LOOM_CPU_NEON32, "ARM 0x41/0xc07; NEON32");
}

static void a_silent_system_is_unknown(void **state) {
    (void)state;
    assert_identity(0, "unknown CPU");
    write_file("/proc/cpuinfo", "\n\nmodel name without a colon\nmodel name : \n");
    assert_identity(0, "unknown CPU");
}

static void a_long_name_is_cut(void **state) {
    (void)state;
    char cpuinfo[1000], text[LOOM_IDENTITY_BYTES];
    snprintf(cpuinfo, sizeof cpuinfo, "model name\t: %0900d\n", 1);
    write_file("/proc/cpuinfo", cpuinfo);
    assert_true(loom_identity_of(text, sizeof text, root, ~0u) < sizeof text / 2);
}

static void writes_no_more_than_there_is_room(void **state) {
    (void)state;
    char whole[LOOM_IDENTITY_BYTES], text[LOOM_IDENTITY_BYTES];
    const size_t length = loom_cpu_identity(whole, sizeof whole);
    assert_int_equal(length, strlen(whole));
    assert_int_equal(loom_cpu_identity(NULL, 0), length);
    for (size_t size = 1; size <= length + 1; size++) {
        memset(text, FAKE_FILL, sizeof text);
        assert_int_equal(loom_cpu_identity(text, size), length);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, whole, size - 1);
        assert_int_equal((uint8_t)text[size], FAKE_FILL);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(model_features_and_data_caches),
        CASE(arm_has_every_kind_of_core_once),
        CASE(arm_has_few_kinds_of_core),
        CASE(caches_are_those_of_a_core_online),
        CASE(one_chip_has_one_identity),
        CASE(the_order_of_cores_does_not_matter),
        CASE(an_architecture_describes_no_core),
        CASE(arm_parts_go_before_names),
        CASE(a_silent_system_is_unknown),
        CASE(a_long_name_is_cut),
        cmocka_unit_test(writes_no_more_than_there_is_room),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
