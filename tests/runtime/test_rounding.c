/* Portable C's conversion of activations, whatever rounding mode the program has set: other modes
 * than to the nearest are not supported, but int8 does not wrap in them. */
#include "activations.h"
#include "isa/c.h"

#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

/* As a template multiplies; the compiler may not compute it in the mode it runs in itself. */
static int32_t convert(float x, float factor) {
    volatile float product = x * factor;
    return v_rint(product);
}

static void the_largest_activation_is_127(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(fesetround(modes[i]), 0);
        for (uint32_t bits = 0x3f800000u; bits < 0x40000000u; bits += 9973) {
            volatile float largest = loom_float_from_bits(bits);
            const struct loom_act_scale s = loom_act_scale(v_magnitude(largest), 127, 127);
            const int32_t up = convert(largest, s.factor), down = convert(-largest, s.factor);
            if (up != 127 || down != -127) {
                fesetround(FE_TONEAREST);
                fail_msg("%a in mode %zu: %d, %d", (double)largest, i, (int)up, (int)down);
            }
        }
    }
    fesetround(FE_TONEAREST);
}

static void rounds_to_the_nearest_even(void **state) {
    (void)state;
    static const struct {
        float x;
        int32_t q;
    } cases[] = {{0, 0},      {0.5f, 0},    {1.5f, 2},         {-0.5f, 0},
                 {-1.5f, -2}, {2.5f, 2},    {126.5f, 126},     {-127.25f, -127},
                 {0.75f, 1},  {-0.75f, -1}, {32511.75f, 32512}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(convert(cases[i].x, 1), cases[i].q);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_activation_is_127),
        cmocka_unit_test(rounds_to_the_nearest_even),
    };
    return cmocka_run_group_tests_name("rounding", tests, NULL, NULL);
}
