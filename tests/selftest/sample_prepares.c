#include "sample.h"

#include <math.h>

enum fault {
    NO_FAULT,
    HALF_AWAY,
    CLAMP_LOST,
    LIMIT_TOO_SMALL,
    NAN_LOST,
    SCALE_NOT_CLEARED,
    UNITS_CONTIGUOUS,
    SUM_WITHOUT_LAST,
    SUM_NOT_ROUNDED,
    ENTRY_ROUNDED_DOWN,
    PADDING_NOT_WRITTEN,
    TAIL_OVERREAD,
    GROUP_TOO_MANY,
    RANGE_OF_GROUP,
    RANGE_OF_PART,
    SUM_OF_PART,
    SUM_OF_EVERY_PART,
    SUB_SUM_OF_GROUP,
    LAST_SUB_SUM_LOST,
    LOWER_UNSIGNED,
};

/* What a prepare kernel is made of. */
struct recipe {
    enum loom_act act;
    enum fault fault;
};

struct group {
    const float *x;
    size_t k, k_group;
    float factor; /* from activations to q or v */
};

static int is_table(const struct recipe *recipe) {
    return recipe->act == LOOM_ACT_LUT8 || recipe->act == LOOM_ACT_LUT7;
}

static int is_fine(const struct recipe *recipe) {
    return is_table(recipe) || recipe->act == LOOM_ACT_SIGN8;
}

static float magnitude(const float *x, size_t k, size_t i) {
    return i < k ? fabsf(x[i]) : 0;
}

static float range_of(const struct recipe *recipe, const float *x, size_t k) {
    const size_t step = is_table(recipe) ? 4 : 1;
    float range = 0;
    for (size_t i = 0; i < k; i += step) {
        float value = magnitude(x, k, i);
        if (recipe->act == LOOM_ACT_SIGN8) {
            const size_t first = i / 24 * 24 + i % 8;
            value =
                (magnitude(x, k, first) + magnitude(x, k, first + 8)) + magnitude(x, k, first + 16);
        }
        if (step == 4) {
            value = (value + magnitude(x, k, i + 1)) +
                    (magnitude(x, k, i + 2) + magnitude(x, k, i + 3));
        }
        if (recipe->fault == NAN_LOST) {
            range = fmaxf(range, value);
        } else if (!(value <= range) && !isnan(range)) {
            range = value;
        }
    }
    return range;
}

static float levels(const struct recipe *recipe) {
    return recipe->act == LOOM_ACT_LUT8 ? 254 : recipe->act == LOOM_ACT_LUT7 ? 126 : 127;
}

/* The scale of a group, and the factor that quantises it. */
static float scale_of(const struct recipe *recipe, float range, float *factor) {
    const float units = is_table(recipe)  ? levels(recipe) * 128
                        : is_fine(recipe) ? levels(recipe) * 256
                                          : levels(recipe);
    *factor = 0;
    if (!(range <= 0x1p100f)) {
        return NAN;
    }
    if (range < (recipe->fault == LIMIT_TOO_SMALL ? 0x1p-120f : 0x1p-100f)) {
        return 0;
    }
    *factor = (recipe->fault == CLAMP_LOST ? units + 1 : units) / range;
    const float scale = range / levels(recipe);
    const uint32_t cleared = recipe->fault == SCALE_NOT_CLEARED ? 0 : 3;
    return loom_float_from_bits(loom_bits_from_float(scale) & ~cleared);
}

static int32_t quantised(const struct recipe *recipe, const struct group *group, size_t i) {
    if (recipe->fault == TAIL_OVERREAD) {
        (void)*(const volatile float *)(group->x + i);
    }
    if (i >= group->k || group->factor == 0) {
        return 0;
    }
    const float scaled = group->x[i] * group->factor;
    if (isnan(scaled)) {
        return 0;
    }
    return (int32_t)(recipe->fault == HALF_AWAY ? roundf(scaled) : rintf(scaled));
}

/* Of activations [begin, end) of the group. */
static int32_t sum_of(const struct recipe *recipe, const struct group *group, size_t begin,
                      size_t end) {
    int64_t sum = 0;
    for (size_t i = begin; i < end - (recipe->fault == SUM_WITHOUT_LAST); i++) {
        sum += quantised(recipe, group, i);
    }
    const int64_t half = recipe->fault == SUM_NOT_ROUNDED ? 0 : 128;
    return (int32_t)(is_fine(recipe) ? (sum + half) >> 8 : sum);
}

/* The sum of sub-block j enters the words of the group's sums, the first of four at `word`. */
static void enter_sub_sum(const struct recipe *recipe, int32_t *word, size_t tokens, size_t j,
                          int32_t sum) {
    const int32_t half = recipe->fault == LOWER_UNSIGNED ? 0 : 64, upper = (sum + half) >> 7;
    const uint32_t parts[2] = {(uint32_t)(sum - 128 * upper), (uint32_t)upper};
    for (size_t i = 0; i < 2; i++, word += tokens) {
        const uint32_t before = j % 4 ? (uint32_t)*word : 0;
        *word = (int32_t)(before | (parts[i] & 255) << j % 4 * 8);
    }
}

static void write_sums(const struct recipe *recipe, const struct group *group,
                       const struct loom_prepare_args *a, size_t g) {
    if (recipe->act != LOOM_ACT_I8S && recipe->act != LOOM_ACT_I8M) {
        a->act_sum[g * a->tokens] = sum_of(recipe, group, 0, group->k_group);
        return;
    }
    const size_t subs = a->k_group / a->k_sub;
    for (size_t j = 0; j < subs - (recipe->fault == LAST_SUB_SUM_LOST); j++) {
        const bool whole = recipe->fault == SUB_SUM_OF_GROUP;
        const int32_t sum = sum_of(recipe, group, whole ? 0 : j * a->k_sub,
                                   whole ? a->k_group : (j + 1) * a->k_sub);
        if (recipe->act == LOOM_ACT_I8S) {
            a->act_sum[(g * subs + j) * a->tokens] = sum;
        } else {
            enter_sub_sum(recipe, &a->act_sum[(g * subs + j / 4 * 4) / 2 * a->tokens], a->tokens, j,
                          sum);
        }
    }
}

static void write_entries(const struct recipe *recipe, const struct group *group, size_t i,
                          size_t unit_stride, uint8_t *out) {
    uint8_t *unit = out + i / loom_act_unit_k(recipe->act) * unit_stride;
    const int32_t unset = is_table(recipe) ? -1 : 0;
    for (unsigned index = 0; index < 16; index++) {
        int32_t sum = 0;
        for (unsigned j = 0; j < 4; j++) {
            sum += (index >> j & 1 ? 1 : unset) * quantised(recipe, group, i + j);
        }
        if (is_table(recipe)) {
            const int32_t offset = recipe->act == LOOM_ACT_LUT8 ? 32768 : 16384;
            unit[i % 32 * 4 + index] = (uint8_t)((sum + 128 + offset) >> 8);
        } else {
            uint8_t *low = unit + i / 16 % 2 * 128 + i % 16 * 4 + index;
            low[0] = (sum + 512) & 7;
            low[64] = (uint8_t)((sum + 512) >> 3);
        }
    }
}

/* The digits of 0 .. 13 in base 3, one of them being -1 where it would be 2. */
static int32_t digit_sum(const struct recipe *recipe, const struct group *group, size_t i,
                         int number) {
    int32_t sum = 0;
    for (size_t digit = 0; digit < 3; digit++) {
        const int rest = (number + 1) % 3 - 1;
        sum += rest * quantised(recipe, group, i + 8 * digit);
        number = (number - rest) / 3;
    }
    return sum;
}

static void write_sign_unit(const struct recipe *recipe, const struct group *group, size_t i,
                            uint8_t *unit) {
    const int fine = recipe->act == LOOM_ACT_SIGN8;
    const int half = recipe->fault == ENTRY_ROUNDED_DOWN ? 0 : fine ? 128 : 15;
    for (size_t entry = 0; entry < 8 * 16; entry++) {
        const int number = entry % 16 < 14 ? (int)(entry % 16) : 0;
        const int32_t sum = digit_sum(recipe, group, i + entry / 16, number);
        const int32_t high = (sum + half + 31 * 20) / 31 - 20, byte = (sum + half) >> 8;
        unit[entry] = (uint8_t)(fine ? 128 + byte : sum - 31 * high);
        unit[128 + entry] = (uint8_t)(fine ? 128 - byte : high);
    }
}

/* Activations [begin, end) of a group. */
static void write_acts(const struct recipe *recipe, const struct group *group, size_t begin,
                       size_t end, size_t stride, uint8_t *out) {
    const size_t unit_k = loom_act_unit_k(recipe->act);
    for (size_t i = begin; i < end; i += unit_k == 24 ? 24 : 4) {
        uint8_t *unit = out + i / unit_k * stride;
        if (unit_k == 24) {
            write_sign_unit(recipe, group, i, unit);
        } else if (unit_k == 4) {
            for (size_t j = 0; j < 4; j++) {
                unit[j] = (uint8_t)quantised(recipe, group, i + j);
            }
        } else {
            write_entries(recipe, group, i, stride, out);
        }
    }
}

static void write_group(const struct recipe *recipe, const struct group *group, size_t stride,
                        uint8_t *out) {
    const size_t k = recipe->fault == PADDING_NOT_WRITTEN ? group->k : group->k_group;
    write_acts(recipe, group, 0, k, stride, out);
}

static void prepare_part(const struct recipe *recipe, const struct loom_prepare_args *a,
                         size_t stride) {
    struct group group = {a->x, a->k, a->k_group, 0};
    const size_t seen = a->part_end < a->k ? a->part_end : a->k;
    const float range = range_of(recipe, a->x, recipe->fault == RANGE_OF_PART ? seen : a->k);
    const float scale = scale_of(recipe, range, &group.factor);
    write_acts(recipe, &group, a->part_begin, a->part_end, stride, a->acts);
    if (a->part_begin == 0) {
        group.k = recipe->fault == SUM_OF_PART ? seen : a->k;
        a->act_scale[0] = scale;
        write_sums(recipe, &group, a, 0);
    } else if (recipe->fault == SUM_OF_EVERY_PART) {
        a->act_sum[0] = 0;
    }
}

static void prepare(const struct recipe *recipe, const struct loom_prepare_args *a) {
    const size_t unit = loom_act_unit(recipe->act);
    const size_t units = loom_act_bytes(recipe->act, a->k_group) / unit;
    const size_t stride = recipe->fault == UNITS_CONTIGUOUS ? unit : a->unit_stride;
    if (a->part_end) {
        prepare_part(recipe, a, stride);
        return;
    }
    const int whole_token = a->range_x && recipe->fault != RANGE_OF_GROUP;
    const float token_range = whole_token ? range_of(recipe, a->range_x, a->range_k) : 0;
    for (size_t g = 0; g < a->groups; g++) {
        const size_t at = g * a->k_group, left = a->k - at;
        struct group group = {a->x + at, left < a->k_group ? left : a->k_group, a->k_group, 0};
        const float range = whole_token ? token_range : range_of(recipe, group.x, group.k);
        a->act_scale[g * a->tokens] = scale_of(recipe, range, &group.factor);
        write_sums(recipe, &group, a, g);
        write_group(recipe, &group, stride, a->acts + g * units * stride);
    }
    if (recipe->fault == GROUP_TOO_MANY) {
        a->act_sum[a->groups * a->tokens] = 0;
    }
}

#define DEFINE(name, form, fault)                                                                  \
    static void name(const struct loom_prepare_args *args) {                                       \
        const struct recipe recipe = {LOOM_ACT_##form, fault};                                     \
        prepare(&recipe, args);                                                                    \
    }
DEFINE(good_int8, I8, NO_FAULT)
DEFINE(good_int8_subs, I8S, NO_FAULT)
DEFINE(good_int8_split, I8M, NO_FAULT)
DEFINE(good_lut16, LUT16, NO_FAULT)
DEFINE(good_sign16, SIGN16, NO_FAULT)
DEFINE(good_sign8, SIGN8, NO_FAULT)
DEFINE(good_lut8, LUT8, NO_FAULT)
DEFINE(good_lut7, LUT7, NO_FAULT)
DEFINE(int8_half_away, I8, HALF_AWAY)
DEFINE(lut8_half_away, LUT8, HALF_AWAY)
DEFINE(int8_clamp_lost, I8, CLAMP_LOST)
DEFINE(limit_too_small, I8, LIMIT_TOO_SMALL)
DEFINE(nan_lost, LUT7, NAN_LOST)
DEFINE(scale_not_cleared, I8, SCALE_NOT_CLEARED)
DEFINE(units_contiguous, LUT8, UNITS_CONTIGUOUS)
DEFINE(sum_without_last, I8, SUM_WITHOUT_LAST)
DEFINE(sum_not_rounded, LUT8, SUM_NOT_ROUNDED)
DEFINE(entry_rounded_down, SIGN16, ENTRY_ROUNDED_DOWN)
DEFINE(byte_rounded_down, SIGN8, ENTRY_ROUNDED_DOWN)
DEFINE(padding_not_written, LUT16, PADDING_NOT_WRITTEN)
DEFINE(tail_overread, LUT8, TAIL_OVERREAD)
DEFINE(group_too_many, I8, GROUP_TOO_MANY)
DEFINE(range_of_group, LUT16, RANGE_OF_GROUP)
DEFINE(range_of_part, I8, RANGE_OF_PART)
DEFINE(sum_of_part, LUT8, SUM_OF_PART)
DEFINE(sum_of_every_part, I8, SUM_OF_EVERY_PART)
DEFINE(sub_sum_of_group, I8S, SUB_SUM_OF_GROUP)
DEFINE(last_sub_sum_lost, I8S, LAST_SUB_SUM_LOST)
DEFINE(lower_unsigned, I8M, LOWER_UNSIGNED)

const struct loom_prepare_kernel good_prepares[GOOD_PREPARES] = {
    {"prepare_good_int8", good_int8, 0, LOOM_ACT_I8},
    {"prepare_good_int8_split", good_int8_split, 0, LOOM_ACT_I8M},
    {"prepare_good_int8_subs", good_int8_subs, 0, LOOM_ACT_I8S},
    {"prepare_good_lut16", good_lut16, 0, LOOM_ACT_LUT16},
    {"prepare_good_lut7", good_lut7, 0, LOOM_ACT_LUT7},
    {"prepare_good_lut8", good_lut8, 0, LOOM_ACT_LUT8},
    {"prepare_good_sign16", good_sign16, 0, LOOM_ACT_SIGN16},
    {"prepare_good_sign8", good_sign8, 0, LOOM_ACT_SIGN8},
};

#define PREPARE(function, form, is_good)                                                           \
    {{"prepare_" #function, function, 0, LOOM_ACT_##form}, is_good}
const struct sample_prepare sample_prepares[] = {
    PREPARE(good_int8, I8, true),          PREPARE(good_lut16, LUT16, true),
    PREPARE(good_lut8, LUT8, true),        PREPARE(good_lut7, LUT7, true),
    PREPARE(int8_half_away, I8, false),    PREPARE(lut8_half_away, LUT8, false),
    PREPARE(int8_clamp_lost, I8, false),   PREPARE(limit_too_small, I8, false),
    PREPARE(nan_lost, LUT7, false),        PREPARE(sum_without_last, I8, false),
    PREPARE(sum_not_rounded, LUT8, false), PREPARE(padding_not_written, LUT16, false),
    PREPARE(tail_overread, LUT8, false),   PREPARE(group_too_many, I8, false),
    PREPARE(scale_not_cleared, I8, false), PREPARE(units_contiguous, LUT8, false),
    PREPARE(good_sign16, SIGN16, true),    PREPARE(entry_rounded_down, SIGN16, false),
    PREPARE(good_sign8, SIGN8, true),      PREPARE(byte_rounded_down, SIGN8, false),
    PREPARE(range_of_group, LUT16, false), PREPARE(range_of_part, I8, false),
    PREPARE(sum_of_part, LUT8, false),     PREPARE(sum_of_every_part, I8, false),
    PREPARE(good_int8_subs, I8S, true),    PREPARE(good_int8_split, I8M, true),
    PREPARE(sub_sum_of_group, I8S, false), PREPARE(last_sub_sum_lost, I8S, false),
    PREPARE(lower_unsigned, I8M, false),
};
const size_t sample_prepare_count = sizeof sample_prepares / sizeof sample_prepares[0];
