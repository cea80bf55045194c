/* Frequency and temperature, from a folder that stands for /sys. */
#define _POSIX_C_SOURCE 200809L
#include "sweep/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

static char root[] = "/tmp/loom-watch-XXXXXX";

static void make_folder(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0777), 0);
}

static void put(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        fail_msg("%s cannot be written", path);
        return;
    }
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static const char frequency[] = "devices/system/cpu/cpu3/cpufreq/scaling_cur_freq";

static int make_root(void **state) {
    static const char *const folders[] = {"devices",
                                          "devices/system",
                                          "devices/system/cpu",
                                          "devices/system/cpu/cpu3",
                                          "devices/system/cpu/cpu3/cpufreq",
                                          "class",
                                          "class/thermal",
                                          "class/thermal/thermal_zone0",
                                          "class/thermal/thermal_zone1"};
    (void)state;
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        make_folder(folders[i]);
    }
    return 0;
}

static int remove_root(void **state) {
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void nothing_is_known_without_files(void **state) {
    char text[64];
    (void)state;
    struct watch watch = watch_make("/nonexistent", 0);
    assert_false(watch_throttled(&watch));
    watch_text(&watch, text, sizeof text);
    assert_string_equal(text, "");
}

static void a_frequency_well_below_the_highest_is_throttled(void **state) {
    char text[64];
    (void)state;
    put(frequency, "2400000\n");
    put("class/thermal/thermal_zone0/temp", "48200\n");
    put("class/thermal/thermal_zone1/temp", "61000\n");
    struct watch watch = watch_make(root, 3);
    assert_false(watch_throttled(&watch));
    watch_text(&watch, text, sizeof text);
    assert_string_equal(text, ", 2400 MHz, 61 C");
    put(frequency, "2300000\n");
    assert_false(watch_throttled(&watch));
    put(frequency, "1500000\n");
    assert_true(watch_throttled(&watch));
    put(frequency, "garbage\n");
    assert_false(watch_throttled(&watch));
}

static void a_text_that_does_not_fit_is_cut(void **state) {
    const struct watch watch = {.mhz = 2400, .celsius = 61};
    char text[12];
    (void)state;
    watch_text(&watch, text, sizeof text);
    assert_string_equal(text, ", 2400 MHz,");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_without_files),
        cmocka_unit_test(a_frequency_well_below_the_highest_is_throttled),
        cmocka_unit_test(a_text_that_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests_name("watch", tests, make_root, remove_root);
}
