/* Kernels of formats with factors, minimums, offsets and books: four rows by 32 codes a unit, a
 * row's codes side by side. */
#include "sample.h"

#include <math.h>

enum { ROWS = 4, UNIT_K = 32 };

enum fault {
    NO_FAULT,
    FACTOR_LOST,
    FACTOR_OF_NEIGHBOUR,
    FACTOR_UNSIGNED,
    FACTOR_WITH_MINIMUM,
    MINIMUM_LOST,
    MINIMUM_OF_NEIGHBOUR,
    UPPER_SUM_LOST,
    SUM_IN_INT24,
    OFFSET_LOST,
    OFFSET_FIRST,
    NUMBER_OFF_BY_ONE,
    NUMBER_UNSIGNED,
    SUBNORMAL_KEPT,
    LARGEST_IS_NAN,
};

/* What a kernel is made of. */
struct recipe {
    const loom_format *format;
    enum fault fault;
};

/* One group of a row and a token. */
struct place {
    size_t block, row, token, g;
};

static size_t subs_of(const loom_format *format) {
    return format->sub ? format->group / format->sub : 1;
}

/* ---- Numbers ---------------------------------------------------------------------------- */

static int number(const struct recipe *recipe, unsigned code) {
    static const int8_t iq4[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                 1,    13,   25,  38,  53,  69,  89,  113};
    static const int8_t fp4[] = {0, 1, 2, 3, 4, 6, 8, 12};
    switch (recipe->format->book) {
    case LOOM_BOOK_IQ4:
        return iq4[code] - (recipe->fault == NUMBER_OFF_BY_ONE && code == 8);
    case LOOM_BOOK_FP4:
        return code >= 8 && recipe->fault != NUMBER_UNSIGNED ? -fp4[code % 8] : fp4[code % 8];
    default:
        return (int)code - (recipe->format->offsets ? 0 : 1 << (recipe->format->bits - 1));
    }
}

static unsigned code_at(const struct recipe *recipe, const struct loom_args *a,
                        const struct place *at, size_t k) {
    const size_t bits = recipe->format->bits, row_bytes = UNIT_K * bits / 8;
    const size_t unit = (at->block * a->groups + at->g) * a->k_group / UNIT_K + k / UNIT_K;
    const uint8_t *row = a->weights + (unit * ROWS + at->row) * row_bytes;
    const size_t bit = k % UNIT_K * bits;
    return row[bit / 8] >> bit % 8 & ((1u << bits) - 1);
}

static float scale_at(const struct recipe *recipe, const void *scales, size_t at) {
    if (recipe->format->scale != LOOM_SCALE_E8M0) {
        return sample_half(((const uint16_t *)scales)[at]);
    }
    const uint8_t byte = ((const uint8_t *)scales)[at];
    if (byte < 2 && recipe->fault != SUBNORMAL_KEPT) {
        return 0;
    }
    return byte == 255 && recipe->fault == LARGEST_IS_NAN ? NAN : ldexpf(1, byte - 128);
}

/* ---- Sub-blocks ------------------------------------------------------------------------- */

static uint8_t byte_of(const struct recipe *recipe, const struct loom_args *a,
                       const struct place *at, const uint8_t *bytes, size_t j) {
    const size_t quads = subs_of(recipe->format) / 4;
    const size_t quad = (at->block * a->groups + at->g) * quads + j / 4;
    return bytes[(quad * ROWS + at->row) * 4 + j % 4];
}

static int factor(const struct recipe *recipe, const struct loom_args *a, const struct place *at,
                  size_t j) {
    if (!recipe->format->sub || recipe->fault == FACTOR_LOST) {
        return 1;
    }
    j ^= recipe->fault == FACTOR_OF_NEIGHBOUR;
    const uint8_t byte = byte_of(recipe, a, at, a->factors, j);
    if (recipe->format->offsets) {
        return a->mins || recipe->fault == FACTOR_WITH_MINIMUM ? byte : byte & 15;
    }
    return recipe->fault == FACTOR_UNSIGNED ? byte : (int8_t)byte;
}

static int minimum(const struct recipe *recipe, const struct loom_args *a, const struct place *at,
                   size_t j) {
    if (!recipe->format->sub || recipe->fault == MINIMUM_LOST) {
        return 1;
    }
    j ^= recipe->fault == MINIMUM_OF_NEIGHBOUR;
    return a->mins ? byte_of(recipe, a, at, a->mins, j)
                   : byte_of(recipe, a, at, a->factors, j) >> 4;
}

/* The sum of the activations of sub-block j. */
static int act_sum(const struct recipe *recipe, const struct loom_args *a, const struct place *at,
                   size_t j) {
    const size_t subs = subs_of(recipe->format);
    const int32_t *words = a->act_sum + at->token * a->sum_stride;
    if (subs == 1) {
        return words[at->g];
    }
    const uint32_t *pair = (const uint32_t *)words + (at->g * subs + j / 4 * 4) / 2;
    const int lower = (int8_t)(pair[0] >> j % 4 * 8), upper = (int8_t)(pair[1] >> j % 4 * 8);
    return recipe->fault == UPPER_SUM_LOST ? lower : lower + 128 * upper;
}

/* ---- Groups ------------------------------------------------------------------------------ */

static int32_t group_sum(const struct recipe *recipe, const struct loom_args *a,
                         const struct place *at) {
    const size_t sub = a->k_group / subs_of(recipe->format);
    const int8_t *acts = (const int8_t *)a->acts + at->token * a->act_stride + at->g * a->k_group;
    int32_t all = 0;
    for (size_t j = 0; j < a->k_group / sub; j++) {
        int32_t sum = 0;
        for (size_t k = j * sub; k < (j + 1) * sub; k++) {
            sum += number(recipe, code_at(recipe, a, at, k)) * acts[k];
        }
        all += factor(recipe, a, at, j) * sum;
    }
    return recipe->fault == SUM_IN_INT24 ? (int32_t)((uint32_t)all << 8) / 256 : all;
}

static int32_t offset_sum(const struct recipe *recipe, const struct loom_args *a,
                          const struct place *at) {
    int32_t sum = 0;
    for (size_t j = 0; j < subs_of(recipe->format); j++) {
        sum += minimum(recipe, a, at, j) * act_sum(recipe, a, at, j);
    }
    return sum;
}

static float add_offset(const struct recipe *recipe, const struct loom_args *a,
                        const struct place *at, float act_scale, float y) {
    if (!recipe->format->offsets || recipe->fault == OFFSET_LOST) {
        return y;
    }
    const size_t value = (at->block * a->groups + at->g) * ROWS + at->row;
    const float scaled = act_scale * (float)offset_sum(recipe, a, at);
    return fmaf(scale_at(recipe, a->offsets, value), scaled, y);
}

static float add_group(const struct recipe *recipe, const struct loom_args *a,
                       const struct place *at, float y) {
    const size_t value = (at->block * a->groups + at->g) * ROWS + at->row;
    const float act_scale = a->act_scale[at->token * a->group_stride + at->g];
    const float scale = scale_at(recipe, a->scales, value);
    const float scaled = act_scale * (float)group_sum(recipe, a, at);
    if (recipe->fault == OFFSET_FIRST) {
        return fmaf(scale, scaled, add_offset(recipe, a, at, act_scale, y));
    }
    return add_offset(recipe, a, at, act_scale, fmaf(scale, scaled, y));
}

static void multiply(const struct recipe *recipe, const struct loom_args *a) {
    for (size_t token = 0; token < a->n; token++) {
        for (size_t row = 0; row < a->blocks * ROWS; row++) {
            float y = 0;
            for (size_t g = 0; g < a->groups; g++) {
                const struct place at = {row / ROWS, row % ROWS, token, g};
                y = add_group(recipe, a, &at, y);
            }
            a->y[token * a->y_stride + row] = y;
        }
    }
}

/* ---- Formats and kernels ----------------------------------------------------------------- */

#define DENSE(bits)                                                                                \
    {                                                                                              \
        "dense4x32_w" #bits, ROWS, UNIT_K, bits, 1, 1, {                                           \
            {                                                                                      \
                .digits = 3, .digit = {                                                            \
                    {LOOM_AXIS_PLANE, bits, 1},                                                    \
                    {LOOM_AXIS_K, UNIT_K, 1},                                                      \
                    {LOOM_AXIS_ROW, ROWS, 1}                                                       \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
static const struct loom_layout layout4 = DENSE(4), layout8 = DENSE(8);

#define W4G32M {.bits = 4, .offsets = 1, .group = 32}
#define W4G256S32X4M {.bits = 4, .offsets = 1, .sub = 32, .factor_bits = 4, .group = 256}
#define W4G256S16X6M {.bits = 4, .offsets = 1, .sub = 16, .factor_bits = 6, .group = 256}
#define W4G256S16X8 {.bits = 4, .sub = 16, .factor_bits = 8, .group = 256}
#define W8G32 {.bits = 8, .group = 32}
#define IQ4G32 {.bits = 4, .book = LOOM_BOOK_IQ4, .group = 32}
#define FP4G32E8M0 {.bits = 4, .book = LOOM_BOOK_FP4, .scale = LOOM_SCALE_E8M0, .group = 32}

#define DEFINE(name, fields, fault)                                                                \
    static void name(const struct loom_args *args) {                                               \
        static const loom_format format = fields;                                                  \
        const struct recipe recipe = {&format, fault};                                             \
        multiply(&recipe, args);                                                                   \
    }
DEFINE(good_offsets, W4G32M, NO_FAULT)
DEFINE(good_halves, W4G256S32X4M, NO_FAULT)
DEFINE(good_minimums, W4G256S16X6M, NO_FAULT)
DEFINE(good_factors, W4G256S16X8, NO_FAULT)
DEFINE(good_bytes, W8G32, NO_FAULT)
DEFINE(good_iq4, IQ4G32, NO_FAULT)
DEFINE(good_fp4, FP4G32E8M0, NO_FAULT)
DEFINE(factor_lost, W4G256S16X8, FACTOR_LOST)
DEFINE(factor_of_neighbour, W4G256S16X6M, FACTOR_OF_NEIGHBOUR)
DEFINE(factor_unsigned, W4G256S16X8, FACTOR_UNSIGNED)
DEFINE(factor_with_minimum, W4G256S32X4M, FACTOR_WITH_MINIMUM)
DEFINE(minimum_lost, W4G256S16X6M, MINIMUM_LOST)
DEFINE(minimum_of_neighbour, W4G256S32X4M, MINIMUM_OF_NEIGHBOUR)
DEFINE(upper_sum_lost, W4G256S16X6M, UPPER_SUM_LOST)
DEFINE(sum_in_int24, W4G256S16X8, SUM_IN_INT24)
DEFINE(offset_lost, W4G32M, OFFSET_LOST)
DEFINE(offset_first, W4G32M, OFFSET_FIRST)
DEFINE(number_off_by_one, IQ4G32, NUMBER_OFF_BY_ONE)
DEFINE(number_unsigned, FP4G32E8M0, NUMBER_UNSIGNED)
DEFINE(subnormal_kept, FP4G32E8M0, SUBNORMAL_KEPT)
DEFINE(largest_is_nan, FP4G32E8M0, LARGEST_IS_NAN)

enum { gemv_op = LOOM_OP_GEMV, gemm_op = LOOM_OP_GEMM };
#define KERNEL(function, operation, fields, bits, form, is_good)                                   \
    {.kernel = {.name = #function "_" #operation,                                                  \
                .schedule = #function,                                                             \
                .layout = &layout##bits,                                                           \
                .run = (function),                                                                 \
                .format = fields,                                                                  \
                .op = operation##_op,                                                              \
                .family = LOOM_FAMILY_DOT,                                                         \
                .mode = LOOM_EXACT,                                                                \
                .act = LOOM_ACT_##form,                                                            \
                .tokens = 1},                                                                      \
     .good = (is_good)}
const struct sample_kernel sample_part_kernels[] = {
    KERNEL(good_offsets, gemv, W4G32M, 4, I8, true),
    KERNEL(good_halves, gemv, W4G256S32X4M, 4, I8M, true),
    KERNEL(good_halves, gemm, W4G256S32X4M, 4, I8M, true),
    KERNEL(good_minimums, gemv, W4G256S16X6M, 4, I8M, true),
    KERNEL(good_factors, gemv, W4G256S16X8, 4, I8S, true),
    KERNEL(good_factors, gemm, W4G256S16X8, 4, I8S, true),
    KERNEL(good_bytes, gemv, W8G32, 8, I8, true),
    KERNEL(good_iq4, gemv, IQ4G32, 4, I8, true),
    KERNEL(good_fp4, gemm, FP4G32E8M0, 4, I8, true),
    KERNEL(factor_lost, gemv, W4G256S16X8, 4, I8S, false),
    KERNEL(factor_of_neighbour, gemm, W4G256S16X6M, 4, I8M, false),
    KERNEL(factor_unsigned, gemv, W4G256S16X8, 4, I8S, false),
    KERNEL(factor_with_minimum, gemv, W4G256S32X4M, 4, I8M, false),
    KERNEL(minimum_lost, gemv, W4G256S16X6M, 4, I8M, false),
    KERNEL(minimum_of_neighbour, gemm, W4G256S32X4M, 4, I8M, false),
    KERNEL(upper_sum_lost, gemv, W4G256S16X6M, 4, I8M, false),
    KERNEL(sum_in_int24, gemv, W4G256S16X8, 4, I8S, false),
    KERNEL(offset_lost, gemv, W4G32M, 4, I8, false),
    KERNEL(offset_first, gemv, W4G32M, 4, I8, false),
    KERNEL(number_off_by_one, gemv, IQ4G32, 4, I8, false),
    KERNEL(number_unsigned, gemv, FP4G32E8M0, 4, I8, false),
    KERNEL(subnormal_kept, gemv, FP4G32E8M0, 4, I8, false),
    KERNEL(largest_is_nan, gemv, FP4G32E8M0, 4, I8, false),
};
const size_t sample_part_kernel_count = sizeof sample_part_kernels / sizeof sample_part_kernels[0];
