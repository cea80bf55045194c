/* Activations as int8 or as tables, after the comment on enum loom_act. */
#include "reference/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One group of one token. */
struct act_group {
    enum loom_act act;
    const float *x;
    size_t k;       /* activations that exist */
    size_t k_group; /* with padding */
    float range;    /* amax, m4 or m3 */
};

static int has_sub_sums(enum loom_act act) {
    return act == LOOM_ACT_I8S || act == LOOM_ACT_I8M;
}

static int is_table(enum loom_act act) {
    return act == LOOM_ACT_LUT8 || act == LOOM_ACT_LUT7;
}

/* 16-bit activations, whose sums are rounded to bytes. */
static int is_fine(enum loom_act act) {
    return is_table(act) || act == LOOM_ACT_SIGN8;
}

static float larger(float a, float b) {
    if (isnan(a) || isnan(b)) {
        return NAN;
    }
    return a > b ? a : b;
}

/* m3, over any number of activations. */
static float range_of_symbols(const float *x, size_t k) {
    float range = 0;
    for (size_t i = 0; i < k; i += i % 8 == 7 ? 17 : 1) {
        const float second = i + 8 < k ? fabsf(x[i + 8]) : 0;
        const float third = i + 16 < k ? fabsf(x[i + 16]) : 0, two = fabsf(x[i]) + second;
        range = larger(range, two + third);
    }
    return range;
}

/* amax of I8, I8S, I8M, LUT16 and SIGN16, m4 of LUT8 and LUT7, m3 of SIGN8. */
static float range_of(enum loom_act act, const float *x, size_t k) {
    float range = 0;
    if (act == LOOM_ACT_SIGN8) {
        return range_of_symbols(x, k);
    }
    if (!is_table(act)) {
        for (size_t i = 0; i < k; i++) {
            range = larger(range, fabsf(x[i]));
        }
        return range;
    }
    for (size_t i = 0; i < k; i += 4) {
        float a[4] = {0};
        for (size_t j = 0; j < 4 && i + j < k; j++) {
            a[j] = fabsf(x[i + j]);
        }
        const float first = a[0] + a[1], second = a[2] + a[3];
        range = larger(range, first + second);
    }
    return range;
}

static int is_silent(float range) {
    return range < 0x1p-100f || !(range <= 0x1p100f);
}

/* The two least significant bits of the 24 cleared. */
static float without_two_bits(float value) {
    int exponent;
    const float fraction = frexpf(value, &exponent);
    return ldexpf(floorf(fraction * 0x1p22f), exponent - 22);
}

static float scale_of(enum loom_act act, float range) {
    const float steps = act == LOOM_ACT_LUT8 ? 254 : act == LOOM_ACT_LUT7 ? 126 : 127;
    if (!(range <= 0x1p100f)) {
        return NAN;
    }
    return range < 0x1p-100f ? 0 : without_two_bits(range / steps);
}

/* q or v of activation i of a group. */
static int64_t quantised(const struct act_group *group, size_t i) {
    const enum loom_act act = group->act;
    const float steps = act == LOOM_ACT_LUT7 ? 16128 : is_fine(act) ? 32512 : 127;
    if (i >= group->k || is_silent(group->range)) {
        return 0;
    }
    const float factor = steps / group->range;
    const float scaled = group->x[i] * factor;
    return (int64_t)rintf(scaled);
}

/* Of activations [begin, end) of the group. */
static int32_t sum_of(const struct act_group *group, size_t begin, size_t end) {
    int64_t sum = 0;
    for (size_t i = begin; i < end; i++) {
        sum += quantised(group, i);
    }
    return (int32_t)(is_fine(group->act) ? (sum + 128) >> 8 : sum);
}

/* The sums of the four sub-blocks from j: word 0 has their lower parts, word 1 the upper ones. */
static void write_split_sums(const struct act_group *group, size_t sub, size_t j, int32_t *words) {
    uint32_t lower = 0, upper = 0;
    for (unsigned i = 0; i < 4; i++) {
        const int32_t sum = sum_of(group, (j + i) * sub, (j + i + 1) * sub);
        const int32_t high = (int32_t)floor((sum + 64) / 128.0), low = sum - 128 * high;
        lower |= (uint32_t)(uint8_t)low << 8 * i;
        upper |= (uint32_t)(uint8_t)high << 8 * i;
    }
    words[0] = (int32_t)lower;
    words[1] = (int32_t)upper;
}

/* The sums of a group whose sub-blocks are of `sub` activations. */
static void write_sums(const struct act_group *group, size_t sub, int32_t *words) {
    const size_t subs = group->k_group / sub;
    for (size_t j = 0; group->act == LOOM_ACT_I8M && j < subs; j += 4) {
        write_split_sums(group, sub, j, words + j / 2);
    }
    for (size_t j = 0; group->act != LOOM_ACT_I8M && j < subs; j++) {
        words[j] = sum_of(group, j * sub, (j + 1) * sub);
    }
}

static void write_int8(const struct act_group *group, uint8_t *out) {
    for (size_t i = 0; i < group->k_group; i++) {
        out[i] = (uint8_t)quantised(group, i);
    }
}

/* The sum of four activations, each with the sign that its bit of `index` gives. */
static int64_t signed_sum(const int64_t v[4], unsigned index) {
    int64_t sum = 0;
    for (unsigned j = 0; j < 4; j++) {
        sum += index >> j & 1 ? v[j] : -v[j];
    }
    return sum;
}

static int64_t set_sum(const int64_t v[4], unsigned index) {
    int64_t sum = 0;
    for (unsigned j = 0; j < 4; j++) {
        sum += index >> j & 1 ? v[j] : 0;
    }
    return sum;
}

/* The 16 entries of the four activations from i. */
static void write_lut_group(const struct act_group *group, size_t i, uint8_t *out) {
    const int64_t offset = group->act == LOOM_ACT_LUT8 ? 32768 : 16384;
    const int64_t v[4] = {quantised(group, i), quantised(group, i + 1), quantised(group, i + 2),
                          quantised(group, i + 3)};
    for (unsigned index = 0; index < 16; index++) {
        if (is_table(group->act)) {
            out[i * 4 + index] = (uint8_t)((signed_sum(v, index) + 128 + offset) >> 8);
            continue;
        }
        const int64_t entry = set_sum(v, index) + 512;
        uint8_t *tables = out + i / 16 * 128 + i % 16 / 4 * 16 + index;
        tables[0] = entry & 7;
        tables[64] = (uint8_t)(entry >> 3);
    }
}

/* The sum of activations i, i + 8 and i + 16 times the digits -1, 0 or 1 of `index` in base 3,
 * found by going through all of them; 0 if there are none. */
static int64_t digit_sum(const struct act_group *group, size_t i, int index) {
    for (int first = -1; first <= 1; first++) {
        for (int second = -1; second <= 1; second++) {
            for (int third = -1; third <= 1; third++) {
                if (first + 3 * second + 9 * third == index) {
                    return first * quantised(group, i) + second * quantised(group, i + 8) +
                           third * quantised(group, i + 16);
                }
            }
        }
    }
    return 0;
}

/* The tables of the 24 activations from i. */
static void write_sign_unit(const struct act_group *group, size_t i, uint8_t *out) {
    for (size_t s = 0; s < 8; s++) {
        for (int index = 0; index < 16; index++) {
            const int64_t entry = digit_sum(group, i + s, index);
            uint8_t *tables = out + s * 16 + (size_t)index;
            if (group->act == LOOM_ACT_SIGN8) {
                tables[0] = (uint8_t)(128 + ((entry + 128) >> 8));
                tables[128] = (uint8_t)(128 - ((entry + 128) >> 8));
                continue;
            }
            const int64_t high = lround((double)entry / 31);
            tables[0] = (uint8_t)(entry - high * 31);
            tables[128] = (uint8_t)high;
        }
    }
}

static void write_group(const struct act_group *group, uint8_t *out) {
    if (group->act == LOOM_ACT_I8 || has_sub_sums(group->act)) {
        write_int8(group, out);
        return;
    }
    if (group->act == LOOM_ACT_SIGN16 || group->act == LOOM_ACT_SIGN8) {
        for (size_t i = 0; i < group->k_group; i += 24) {
            write_sign_unit(group, i, out + i / 24 * 256);
        }
        return;
    }
    for (size_t i = 0; i < group->k_group; i += 4) {
        write_lut_group(group, i, out);
    }
}

static void prepare_token(struct reference_acts *out, const loom_format *format, size_t token,
                          const float *x, size_t k) {
    const size_t group_bytes = out->stride / out->groups;
    const float token_range = range_of(out->act, x, k);
    const size_t sub = has_sub_sums(out->act) ? format->sub : out->k_group;
    for (size_t g = 0; g < out->groups; g++) {
        const size_t at = g * out->k_group, left = k - at, value = token * out->groups + g;
        struct act_group group = {out->act, x + at, left < out->k_group ? left : out->k_group,
                                  out->k_group, 0};
        group.range = format->act_row ? token_range : range_of(out->act, group.x, group.k);
        write_group(&group, out->acts + token * out->stride + g * group_bytes);
        out->scale[value] = scale_of(out->act, group.range);
        write_sums(&group, sub, out->sum + value * out->words);
    }
}

static size_t group_bytes_of(enum loom_act act, size_t k_group) {
    switch (act) {
    case LOOM_ACT_I8:
    case LOOM_ACT_I8S:
    case LOOM_ACT_I8M:
        return k_group;
    case LOOM_ACT_LUT16:
        return k_group * 8;
    case LOOM_ACT_SIGN16:
    case LOOM_ACT_SIGN8:
        return (k_group + 23) / 24 * 256;
    default:
        return k_group * 4;
    }
}

static size_t words_of(enum loom_act act, const loom_format *format) {
    if (!has_sub_sums(act)) {
        return 1;
    }
    return act == LOOM_ACT_I8M ? reference_subs(format) / 2 : reference_subs(format);
}

int reference_prepare(struct reference_acts *out, enum loom_act act, const loom_format *format,
                      const float *x, size_t x_stride, size_t k, size_t n) {
    const size_t groups = reference_groups(format, k), k_group = reference_k_group(format, k);
    *out = (struct reference_acts){.act = act,
                                   .n = n,
                                   .groups = groups,
                                   .k_group = k_group,
                                   .words = words_of(act, format),
                                   .stride = groups * group_bytes_of(act, k_group)};
    out->acts = malloc(n * out->stride);
    out->scale = malloc(n * groups * sizeof *out->scale);
    out->sum = malloc(n * groups * out->words * sizeof *out->sum);
    if (!out->acts || !out->scale || !out->sum) {
        reference_acts_free(out);
        return -1;
    }
    for (size_t token = 0; token < n; token++) {
        prepare_token(out, format, token, x + token * x_stride, k);
    }
    return 0;
}

void reference_acts_free(struct reference_acts *acts) {
    free(acts->acts);
    free(acts->scale);
    free(acts->sum);
    memset(acts, 0, sizeof *acts);
}
