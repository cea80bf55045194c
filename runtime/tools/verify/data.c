#include "verify/data.h"

#include <math.h>
#include <string.h>

const char *const codes_names[CODES_COUNT] = {"random", "max", "zero", "alternate"};
const char *const acts_names[ACTS_COUNT] = {"gaussian", "positive", "negative", "alternate",
                                            "signs",    "sparse",   "ties",     "steps",
                                            "zero",     "tiny",     "huge",     "not-finite"};
const char *const scales_names[SCALES_COUNT] = {"random", "special", "one"};
const char *const zeros_names[ZEROS_COUNT] = {"random", "low", "high"};
const char *const factors_names[FACTORS_COUNT] = {"random", "high", "far", "zero"};

/* The smallest group: values that must differ between groups are chosen once a run of these. */
enum { RUN = 16 };

static uint8_t code_at(enum codes codes, unsigned max, size_t k, size_t period,
                       struct random *random) {
    switch (codes) {
    case CODES_MAX:
        return (uint8_t)max;
    case CODES_ZERO:
        return 0;
    case CODES_ALTERNATE:
        return (uint8_t)(k / period % 2 ? 0 : max);
    default:
        return (uint8_t)random_below(random, max + 1);
    }
}

static void fill_codes(uint8_t *codes, const struct verify_case *c, struct random *random) {
    const size_t period = (size_t)1 << random_below(random, 6);
    const unsigned max = reference_max_code(&c->format);
    for (size_t i = 0; i < c->m * c->k; i++) {
        codes[i] = code_at(c->codes, max, i % c->k, period, random);
    }
}

static uint16_t random_half(enum scales scales, struct random *random) {
    static const uint16_t special[] = {0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff,
                                       0x0400, 0x7bff, 0xfbff, 0x7c00, 0x3c00, 0xbc00};
    if (scales == SCALES_SPECIAL) {
        return special[random_below(random, sizeof special / sizeof special[0])];
    }
    if (scales == SCALES_ONE) {
        return 0x3c00;
    }
    const uint32_t sign = random_below(random, 8) == 0, exponent = 8 + random_below(random, 8);
    return (uint16_t)(sign << 15 | exponent << 10 | random_below(random, 1024));
}

static float random_float(enum scales scales, struct random *random) {
    static const float special[] = {0.0f,        -0.0f,  0x1p-149f, -0x1p-149f,
                                    0x1.8p-130f, 1e-38f, 3e38f,     -3.402823466e38f,
                                    INFINITY,    1.0f,   -0x1p-9f,  1.3e-5f};
    if (scales == SCALES_SPECIAL) {
        return special[random_below(random, sizeof special / sizeof special[0])];
    }
    return scales == SCALES_ONE ? 1.0f : 0.01f * random_gaussian(random);
}

/* Special ones in turn: of any four that follow one another one is less than the least scale. */
static uint8_t exponent_at(enum scales scales, size_t i, struct random *random) {
    static const uint8_t special[] = {0, 127, 254, 2, 1, 128, 255, 3};
    if (scales == SCALES_SPECIAL) {
        return special[i % sizeof special];
    }
    return (uint8_t)(scales == SCALES_ONE ? 128 : 120 + random_below(random, 10));
}

/* Special ones: 0, the byte that is 0, too, the least and the largest of subnormal and of normal
 * numbers; and each with the top bit, which makes a difference in the second one alone. */
static uint8_t random_ue4m3(enum scales scales, struct random *random) {
    static const uint8_t special[] = {0x00, 0x7f, 0x01, 0x07, 0x08, 0x7e,
                                      0x80, 0xff, 0x81, 0x87, 0x88, 0xfe};
    if (scales == SCALES_SPECIAL) {
        return special[random_below(random, sizeof special / sizeof special[0])];
    }
    return (uint8_t)(scales == SCALES_ONE ? 0x40 : random_below(random, 256));
}

static void fill_scales(void *scales, const struct verify_case *c, struct random *random) {
    const size_t count = reference_scale_count(&c->format, c->m, c->k);
    for (size_t i = 0; i < count; i++) {
        if (c->format.scale == LOOM_SCALE_FP32) {
            ((float *)scales)[i] = random_float(c->scales, random);
        } else if (c->format.scale == LOOM_SCALE_E8M0) {
            ((uint8_t *)scales)[i] = exponent_at(c->scales, i, random);
        } else if (c->format.scale == LOOM_SCALE_UE4M3) {
            ((uint8_t *)scales)[i] = random_ue4m3(c->scales, random);
        } else {
            ((uint16_t *)scales)[i] = random_half(c->scales, random);
        }
    }
}

static void fill_zeros(uint8_t *zeros, const struct verify_case *c, struct random *random) {
    const size_t count = reference_scale_count(&c->format, c->m, c->k);
    const unsigned max = reference_max_zero(&c->format);
    for (size_t i = 0; i < count; i++) {
        zeros[i] = (uint8_t)(c->zeros == ZEROS_LOW    ? 0
                             : c->zeros == ZEROS_HIGH ? max
                                                      : random_below(random, max + 1));
    }
}

/* Minimums are what factors of formats with minimums are. */
static void fill_factors(uint8_t *factors, const struct verify_case *c, struct random *random) {
    const size_t count = reference_factor_count(&c->format, c->m, c->k);
    const int least = reference_least_factor(&c->format), most = reference_most_factor(&c->format);
    const int fixed = c->factors == FACTORS_HIGH  ? most
                      : c->factors == FACTORS_FAR ? (least < 0 ? least : most)
                                                  : 0;
    for (size_t i = 0; i < count; i++) {
        const int any = least + (int)random_below(random, (uint32_t)(most - least) + 1);
        factors[i] = (uint8_t)(c->factors == FACTORS_RANDOM ? any : fixed);
    }
}

static void *alloc_part(void *guard, const char *name, size_t bytes, size_t align) {
    return guard_alloc(guard, name, bytes, align);
}

loom_parts make_parts(const struct verify_case *c, struct guard *guard) {
    return reference_parts(&c->format, c->m, c->k, alloc_part, guard);
}

/* The same parts where they cannot be written. */
static loom_parts views(const loom_parts *parts, const struct guard *guard) {
    return (loom_parts){.codes = guard_view(guard, parts->codes),
                        .scales = guard_view(guard, parts->scales),
                        .zeros = guard_view(guard, parts->zeros),
                        .offsets = guard_view(guard, parts->offsets),
                        .factors = guard_view(guard, parts->factors),
                        .mins = guard_view(guard, parts->mins)};
}

struct reference_weights make_weights(const struct verify_case *c, struct guard *guard,
                                      struct random *random) {
    const loom_parts parts = make_parts(c, guard);
    fill_codes(parts.codes, c, random);
    fill_scales(parts.scales, c, random);
    if (parts.zeros) {
        fill_zeros(parts.zeros, c, random);
    }
    if (parts.offsets) {
        fill_scales(parts.offsets, c, random);
    }
    if (parts.factors) {
        fill_factors(parts.factors, c, random);
    }
    if (parts.mins) {
        fill_factors(parts.mins, c, random);
    }
    return (struct reference_weights){c->format, c->m, c->k, views(&parts, guard)};
}

/* The largest value of a run of activations, around and beyond the limits of fp32. */
static float run_magnitude(enum acts acts, struct random *random) {
    static const float tiny[] = {1e-35f, 1e-40f, 0x1p-100f, 0x1.fffffep-101f, 1e-30f, 1e-28f};
    static const float huge[] = {1e25f, 1e30f, 0x1p100f, 0x1.000002p100f, 3.4e38f};
    if (acts == ACTS_TINY) {
        return tiny[random_below(random, sizeof tiny / sizeof tiny[0])];
    }
    if (acts == ACTS_HUGE) {
        return huge[random_below(random, sizeof huge / sizeof huge[0])];
    }
    return 1;
}

/* Activations half-way between two quantised values. The first of every run is the range that
 * makes the factor 1; in tables the sums of four lie beside a step of an entry, too. */
static float tie_at(enum loom_act act, size_t i, struct random *random) {
    const int is_table = act == LOOM_ACT_LUT8 || act == LOOM_ACT_LUT7;
    const size_t run = act == LOOM_ACT_SIGN8 ? 24 : RUN;
    const size_t in_table = act == LOOM_ACT_SIGN8 ? i % 24 / 8 : i % 4;
    if (i % run == 0) {
        return act == LOOM_ACT_LUT7 ? 16128 : is_table || act == LOOM_ACT_SIGN8 ? 32512 : 127;
    }
    if (!is_table && act != LOOM_ACT_SIGN8) {
        return (float)random_below(random, 60) - 29.5f;
    }
    if (act == LOOM_ACT_SIGN8 ? i % 8 == 0 : i % RUN < 4) {
        return 0;
    }
    if (in_table == 0) {
        return 256 * ((float)random_below(random, 100) - 50) + 126.5f;
    }
    return (float)random_below(random, 4) - 1.5f;
}

static float act_at(enum acts acts, enum loom_act act, size_t i, size_t period,
                    struct random *random) {
    const float value = 2.5f;
    switch (acts) {
    case ACTS_POSITIVE:
        return value;
    case ACTS_NEGATIVE:
        return -value;
    case ACTS_ALTERNATE:
        return i / period % 2 ? -value : value;
    case ACTS_SIGNS:
        return random_below(random, 2) ? -value : value;
    case ACTS_SPARSE:
        return i % 4 == period % 4 ? value : 0;
    case ACTS_TIES:
        return tie_at(act, i, random);
    case ACTS_STEPS:
        return 0.75f + 0.25f * random_unit(random);
    case ACTS_ZERO:
        return random_below(random, 2) ? -0.0f : 0.0f;
    case ACTS_TINY:
    case ACTS_HUGE:
        return i % RUN ? 1.9f * random_unit(random) - 0.95f : 1;
    default:
        return random_gaussian(random);
    }
}

/* Four groups that follow one another have four of them. */
static float step_magnitude(size_t group) {
    return (float)(1 << 3 * (group % 4));
}

static void spoil(float *x, size_t k, struct random *random) {
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    x[random_below(random, (uint32_t)k)] = bad[random_below(random, 3)];
}

void fill_acts(float *x, enum acts acts, enum loom_act act, size_t k, size_t group,
               struct random *random) {
    const size_t period = (size_t)1 << random_below(random, 6);
    float magnitude = 1;
    for (size_t i = 0; i < k; i++) {
        if (i % RUN == 0) {
            magnitude = acts == ACTS_STEPS ? step_magnitude(group ? i / group + period : 0)
                                           : run_magnitude(acts, random);
        }
        x[i] = magnitude * act_at(acts, act, i, period, random);
    }
    if (acts == ACTS_NOT_FINITE) {
        spoil(x, k, random);
    }
}
