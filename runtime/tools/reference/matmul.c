/* y = x W^T, after the formulas at the top of kernel.h. */
#include "reference/reference.h"

#include <math.h>

/* One group of one weight row. */
struct group {
    const struct reference_weights *w;
    size_t row, g;
    const uint8_t *codes;
    const int8_t *book;
    size_t k;   /* codes that exist */
    size_t sub; /* of a sub-block; all of the group where there are no factors */
    int step, zero, bits;
};

enum loom_act reference_act_of(enum loom_mode mode, const loom_format *format) {
    if (mode == LOOM_TABLE && format->ternary && !format->group && !format->zero_points) {
        return LOOM_ACT_SIGN8;
    }
    return mode == LOOM_TABLE ? LOOM_ACT_LUT8 : mode == LOOM_TABLE7 ? LOOM_ACT_LUT7 : LOOM_ACT_I8;
}

static struct group group_of(const struct reference_weights *w, size_t row, size_t g,
                             size_t k_group) {
    const size_t at = g * k_group, left = w->k - at;
    return (struct group){.w = w,
                          .row = row,
                          .g = g,
                          .codes = w->parts.codes + row * w->k + at,
                          .book = reference_book(&w->format),
                          .k = left < k_group ? left : k_group,
                          .sub = w->format.sub ? w->format.sub : k_group,
                          .step = w->format.bits == 1 ? 2 : 1,
                          .zero = (int)reference_zero(w, row, g),
                          .bits = w->format.bits};
}

/* What code i stands for, before factor and scale. */
static int number_of(const struct group *group, size_t i) {
    return group->book ? group->book[group->codes[i]] : group->step * group->codes[i] - group->zero;
}

/* One past the last code of the sub-block that begins at `begin`. */
static size_t sub_end(const struct group *group, size_t begin) {
    return group->k - begin < group->sub ? group->k : begin + group->sub;
}

/* Padding adds nothing to these two: its activations are 0. */
static int64_t exact_sum(const struct group *group, const int8_t *q) {
    int64_t all = 0;
    for (size_t begin = 0; begin < group->k; begin += group->sub) {
        const size_t end = sub_end(group, begin);
        int64_t sum = 0;
        for (size_t i = begin; i < end; i++) {
            sum += number_of(group, i) * q[i];
        }
        all += reference_factor(group->w, group->row, group->g, begin / group->sub) * sum;
    }
    return all;
}

static int64_t exact_offset_sum(const struct group *group, const int8_t *q) {
    int64_t all = 0;
    for (size_t begin = 0; begin < group->k; begin += group->sub) {
        const size_t end = sub_end(group, begin);
        int64_t sum = 0;
        for (size_t i = begin; i < end; i++) {
            sum += q[i];
        }
        all += reference_min(group->w, group->row, group->g, begin / group->sub) * sum;
    }
    return all;
}

/* Bit `plane` of the four codes from i, the first one in bit 0; codes past the end are 0. */
static unsigned lut_index(const struct group *group, size_t i, int plane) {
    unsigned index = 0;
    for (unsigned j = 0; j < 4 && i + j < group->k; j++) {
        index |= (group->codes[i + j] >> plane & 1u) << j;
    }
    return index;
}

static int64_t table_sum(const struct group *group, const uint8_t *table, int64_t bias,
                         int32_t act_sum) {
    int64_t sum = 0;
    for (int plane = 0; plane < group->bits; plane++) {
        for (size_t i = 0; i < group->k; i += 4) {
            sum += (table[i * 4 + lut_index(group, i, plane)] - bias) * (1 << plane);
        }
    }
    const int64_t all_ones = (1 << group->bits) - 1;
    return group->step * sum + (group->step * all_ones - 2 * group->zero) * act_sum;
}

/* Code i less 1; codes past the end are 0. */
static int weight_of(const struct group *group, size_t i) {
    return i < group->k ? group->codes[i] - 1 : -1;
}

/* Three codes, 8 apart, are a number from -13 to 13 in base 3. */
static int64_t symbol_sum(const struct group *group, const uint8_t *table) {
    int64_t sum = 0;
    for (size_t i = 0; i < group->k; i += 24) {
        for (size_t s = 0; s < 8; s++) {
            const int number = weight_of(group, i + s) + 3 * weight_of(group, i + s + 8) +
                               9 * weight_of(group, i + s + 16);
            const uint8_t *entries = table + i / 24 * 256 + s * 16;
            sum += number < 0 ? 128 - entries[-number] : entries[number] - 128;
        }
    }
    return sum;
}

static int64_t group_sum(const struct group *group, const struct reference_acts *acts,
                         const uint8_t *entries, int32_t act_sum) {
    switch (acts->act) {
    case LOOM_ACT_I8:
        return exact_sum(group, (const int8_t *)entries);
    case LOOM_ACT_SIGN8:
        return symbol_sum(group, entries);
    default:
        return table_sum(group, entries, acts->act == LOOM_ACT_LUT8 ? 128 : 64, act_sum);
    }
}

/* What the offset is multiplied by. */
static int64_t offset_sum(const struct group *group, const struct reference_acts *acts,
                          const uint8_t *entries, int32_t act_sum) {
    return acts->act == LOOM_ACT_I8 ? exact_offset_sum(group, (const int8_t *)entries) : act_sum;
}

float reference_dot(const struct reference_weights *w, const struct reference_acts *acts,
                    size_t row, size_t token) {
    const size_t group_bytes = acts->stride / acts->groups;
    float y = 0;
    for (size_t g = 0; g < acts->groups; g++) {
        const size_t at = token * acts->groups + g;
        const struct group group = group_of(w, row, g, acts->k_group);
        const uint8_t *entries = acts->acts + token * acts->stride + g * group_bytes;
        const int64_t sum = group_sum(&group, acts, entries, acts->sum[at]);
        const float scaled = acts->scale[at] * (float)sum;
        y = fmaf(reference_scale(w, row, g), scaled, y);
        if (w->format.offsets) {
            const int64_t of_offset = offset_sum(&group, acts, entries, acts->sum[at]);
            const float scaled_offset = acts->scale[at] * (float)of_offset;
            y = fmaf(reference_offset(w, row, g), scaled_offset, y);
        }
    }
    return y;
}

/* What scale and offset of the group make of its code i. */
static double dequantised(const struct group *group, double scale, double offset, size_t i) {
    const size_t j = i / group->sub;
    const double factor = reference_factor(group->w, group->row, group->g, j);
    const double weight = scale * factor * number_of(group, i);
    return group->w->format.offsets
               ? weight + offset * reference_min(group->w, group->row, group->g, j)
               : weight;
}

void reference_row(const struct reference_weights *w, size_t row, float *weights) {
    const size_t k_group = reference_k_group(&w->format, w->k);
    for (size_t g = 0; g * k_group < w->k; g++) {
        const struct group group = group_of(w, row, g, k_group);
        const double scale = reference_scale(w, row, g), offset = reference_offset(w, row, g);
        for (size_t i = 0; i < group.k; i++) {
            weights[g * k_group + i] = (float)dequantised(&group, scale, offset, i);
        }
    }
}

double reference_dot_fp64(const struct reference_weights *w, const float *x, size_t row) {
    const size_t k_group = reference_k_group(&w->format, w->k);
    double y = 0;
    for (size_t g = 0; g * k_group < w->k; g++) {
        const struct group group = group_of(w, row, g, k_group);
        const double scale = reference_scale(w, row, g), offset = reference_offset(w, row, g);
        for (size_t i = 0; i < group.k; i++) {
            y += dequantised(&group, scale, offset, i) * x[g * k_group + i];
        }
    }
    return y;
}
