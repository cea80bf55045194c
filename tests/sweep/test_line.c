/* The lines of a tuning file. */
#include "sweep/tuning_file/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char sample[] = "sample w2g128 4096 11008 1 1 dram loom_a 3.25e-05 0.012 93 4";
static const char choice[] =
    "choice w2g128 fastest 4096 11008 1 dram loom_a 3.25e-05 1 loom_f 0.0001 4 loom_b 0.00125 128";
static const char failed[] = "failed loom_a gemv: row 0 token 0: expected 1, got 2";

static void whole_lines_are_valid(void **state) {
    (void)state;
    assert_true(sweep_line_valid(sample));
    assert_true(sweep_line_valid(choice));
    assert_true(sweep_line_valid(failed));
    assert_true(sweep_line_valid("sample t 1 1 128 2 cache k 1 0 1 0"));
}

/* A number that lost its last digits is another number; everything shorter is no line. */
static void lines_that_were_cut_off_are_not(void **state) {
    char text[sizeof choice];
    (void)state;
    for (size_t length = 0; length < strlen(choice) - strlen("28"); length++) {
        snprintf(text, length + 1, "%s", choice);
        assert_false(sweep_line_valid(text));
    }
}

static void other_lines_are_not(void **state) {
    static const char *const lines[] = {
        "",
        "failed",
        "failed loom_a",
        "chosen w2g128 fastest 1 1 1 dram a 1 1 b 1 4 c 1 128",
        "choice w2g128 fast 1 1 1 dram a 1 1 b 1 4 c 1 128",
        "choice w2g128 exact 0 1 1 dram a 1 1 b 1 4 c 1 128",
        "choice w2g128 exact 1 1 1 disk a 1 1 b 1 4 c 1 128",
        "choice w2g128 exact 1 1 1 dram a nan 1 b 1 4 c 1 128",
        "choice w2g128 exact 1 1 1 dram a -1 1 b 1 4 c 1 128",
        "choice w2g128 exact 1 1 1 dram a 1 1 b 1 4 c 1 128 x",
        "choice w2g128 exact 1 1 1  dram a 1 1 b 1 4 c 1 128",
        "sample t 1 1 1 1 dram k 1 0 1",
        "sample t 1 1 1 1 dram k 0 0 1 1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_false(sweep_line_valid(lines[i]));
    }
}

static void lines_for_the_same_thing(void **state) {
    (void)state;
    assert_true(
        sweep_line_same(sample, "sample w2g128 4096 11008 1 1 dram loom_a 1.25e-05 0.1 5 4"));
    assert_false(
        sweep_line_same(sample, "sample w2g128 4096 11008 4 1 dram loom_a 1.25e-05 0.1 5 4"));
    assert_false(
        sweep_line_same(sample, "sample w2g128 4096 11008 1 1 dram loom_b 1.25e-05 0.1 5 4"));
    assert_true(
        sweep_line_same(choice, "choice w2g128 fastest 4096 11008 1 dram x 1 1 y 1 1 z 1 1"));
    assert_false(
        sweep_line_same(choice, "choice w2g128 fastest 4096 11008 2 dram x 1 1 y 1 1 z 1 1"));
    assert_true(sweep_line_same(failed, "failed loom_a for another reason"));
    assert_false(sweep_line_same(failed, choice));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines_are_valid),
        cmocka_unit_test(lines_that_were_cut_off_are_not),
        cmocka_unit_test(other_lines_are_not),
        cmocka_unit_test(lines_for_the_same_thing),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
