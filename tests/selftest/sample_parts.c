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
    LAST_QUARTER_TURNED,
    HALF_OF_NEIGHBOUR,
    UPPER_SUM_LOST,
    SUM_IN_INT25,
    OFFSET_LOST,
    OFFSET_FIRST,
    NUMBER_OFF_BY_ONE,
    NUMBER_UNSIGNED,
    SUBNORMAL_KEPT,
    LARGEST_IS_NAN,
    SUBNORMAL_LOST,
    TOP_BIT_IS_SIGN,
    WHOLE_NUMBER,
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
    const size_t unit_k = a->k_group < UNIT_K ? a->k_group : UNIT_K;
    const size_t bits = recipe->format->bits, row_bytes = unit_k * bits / 8;
    const size_t unit = (at->block * a->groups + at->g) * a->k_group / unit_k + k / unit_k;
    const uint8_t *row = a->weights + (unit * ROWS + at->row) * row_bytes;
    const size_t bit = k % unit_k * bits;
    return row[bit / 8] >> bit % 8 & ((1u << bits) - 1);
}

static float half_of_e4m3(const struct recipe *recipe, uint8_t byte) {
    const int exponent = byte >> 3 & 15, fraction = byte & 7;
    if (byte == 127) {
        return recipe->fault == LARGEST_IS_NAN ? NAN : 0;
    }
    if (exponent == 0 && recipe->fault == SUBNORMAL_LOST) {
        return 0;
    }
    const float half =
        exponent ? ldexpf((float)(8 + fraction), exponent - 11) : ldexpf((float)fraction, -10);
    return byte > 127 && recipe->fault == TOP_BIT_IS_SIGN ? -half
           : recipe->fault == WHOLE_NUMBER                ? 2 * half
                                                          : half;
}

static float scale_at(const struct recipe *recipe, const void *scales, size_t at) {
    if (recipe->format->scale == LOOM_SCALE_UE4M3) {
        return half_of_e4m3(recipe, ((const uint8_t *)scales)[at]);
    }
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

/* Bytes of factors and minimums of a row in a group, and the packed ones among them (factors.h). */
static size_t values_of(const loom_format *format) {
    return format->offsets && format->factor_bits > 4 ? 2 * subs_of(format) : subs_of(format);
}
static size_t bytes_of(const loom_format *format) {
    return format->factor_bits == 6 ? values_of(format) * 3 / 4 : values_of(format);
}

static uint8_t packed_byte(const struct recipe *recipe, const struct loom_args *a,
                           const struct place *at, size_t i) {
    const size_t words = bytes_of(recipe->format) / 4, group = at->block * a->groups + at->g;
    if (i < 4 * words) {
        return a->factors[((group * words + i / 4) * ROWS + at->row) * 4 + i % 4];
    }
    const size_t neighbour = recipe->fault == HALF_OF_NEIGHBOUR;
    return (uint8_t)(a->halves[group * ROWS + (at->row ^ neighbour)] >> i % 4 * 8);
}

/* Of six bits those of the last quarter are where others leave two bits. */
static uint8_t byte_of(const struct recipe *recipe, const struct loom_args *a,
                       const struct place *at, size_t i) {
    const size_t quarter = values_of(recipe->format) / 4;
    if (recipe->format->factor_bits != 6) {
        return packed_byte(recipe, a, at, i);
    }
    if (i < 3 * quarter) {
        return packed_byte(recipe, a, at, i) >> 2;
    }
    unsigned value = 0;
    for (size_t third = 0; third < 3; third++) {
        const size_t from = recipe->fault == LAST_QUARTER_TURNED ? 2 - third : third;
        const uint8_t byte = packed_byte(recipe, a, at, i % quarter + from * quarter);
        value = value << 2 | (byte & 3);
    }
    return (uint8_t)value;
}

static int factor(const struct recipe *recipe, const struct loom_args *a, const struct place *at,
                  size_t j) {
    if (!recipe->format->sub || recipe->fault == FACTOR_LOST) {
        return 1;
    }
    const uint8_t byte = byte_of(recipe, a, at, j ^ (recipe->fault == FACTOR_OF_NEIGHBOUR));
    const int sign = 1 << (recipe->format->factor_bits - 1);
    if (recipe->format->offsets) {
        const int shares = recipe->format->factor_bits == 4;
        return shares && recipe->fault != FACTOR_WITH_MINIMUM ? byte & 15 : byte;
    }
    return recipe->fault == FACTOR_UNSIGNED ? byte : (byte ^ sign) - sign;
}

static int minimum(const struct recipe *recipe, const struct loom_args *a, const struct place *at,
                   size_t j) {
    if (!recipe->format->sub || recipe->fault == MINIMUM_LOST) {
        return 1;
    }
    j ^= recipe->fault == MINIMUM_OF_NEIGHBOUR;
    return recipe->format->factor_bits == 4 ? byte_of(recipe, a, at, j) >> 4
                                            : byte_of(recipe, a, at, subs_of(recipe->format) + j);
}

static int signed_byte(uint32_t word, size_t i) {
    return (int)((word >> i * 8 & 255) ^ 128) - 128;
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
    const int lower = signed_byte(pair[0], j % 4), upper = signed_byte(pair[1], j % 4);
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
    return recipe->fault == SUM_IN_INT25 ? (int32_t)((uint32_t)all << 7) / 128 : all;
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

#define DENSE(unit_k, bits)                                                                        \
    {                                                                                              \
        "dense4x" #unit_k "_w" #bits, ROWS, unit_k, bits, 1, 1, {                                  \
            {                                                                                      \
                .digits = 3, .digit = {                                                            \
                    {LOOM_AXIS_PLANE, bits, 1},                                                    \
                    {LOOM_AXIS_K, unit_k, 1},                                                      \
                    {LOOM_AXIS_ROW, ROWS, 1}                                                       \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
static const struct loom_layout layout4 = DENSE(32, 4), layout8 = DENSE(32, 8),
                                half4 = DENSE(16, 4);

#define W4G32M {.bits = 4, .offsets = 1, .group = 32}
#define W4G256S32X4M {.bits = 4, .offsets = 1, .sub = 32, .factor_bits = 4, .group = 256}
#define W4G256S16X6M {.bits = 4, .offsets = 1, .sub = 16, .factor_bits = 6, .group = 256}
#define W4G256S16X6 {.bits = 4, .sub = 16, .factor_bits = 6, .group = 256}
#define W4G256S32X6 {.bits = 4, .sub = 32, .factor_bits = 6, .group = 256}
#define W4G256S16X8 {.bits = 4, .sub = 16, .factor_bits = 8, .group = 256}
#define W8G32 {.bits = 8, .group = 32}
#define IQ4G32 {.bits = 4, .book = LOOM_BOOK_IQ4, .group = 32}
#define FP4G32E8M0 {.bits = 4, .book = LOOM_BOOK_FP4, .scale = LOOM_SCALE_E8M0, .group = 32}
#define FP4G16UE4M3 {.bits = 4, .book = LOOM_BOOK_FP4, .scale = LOOM_SCALE_UE4M3, .group = 16}

#define DEFINE(name, fault, ...)                                                                   \
    static void name(const struct loom_args *args) {                                               \
        static const loom_format format = __VA_ARGS__;                                             \
        const struct recipe recipe = {&format, fault};                                             \
        multiply(&recipe, args);                                                                   \
    }
DEFINE(good_offsets, NO_FAULT, W4G32M)
DEFINE(good_halves, NO_FAULT, W4G256S32X4M)
DEFINE(good_minimums, NO_FAULT, W4G256S16X6M)
DEFINE(good_factors, NO_FAULT, W4G256S16X8)
DEFINE(good_last_quarter, NO_FAULT, W4G256S16X6)
DEFINE(good_half_words, NO_FAULT, W4G256S32X6)
DEFINE(good_bytes, NO_FAULT, W8G32)
DEFINE(good_iq4, NO_FAULT, IQ4G32)
DEFINE(good_fp4, NO_FAULT, FP4G32E8M0)
DEFINE(good_nvfp4, NO_FAULT, FP4G16UE4M3)
DEFINE(factor_lost, FACTOR_LOST, W4G256S16X8)
DEFINE(factor_of_neighbour, FACTOR_OF_NEIGHBOUR, W4G256S16X6M)
DEFINE(factor_unsigned, FACTOR_UNSIGNED, W4G256S16X8)
DEFINE(factor_with_minimum, FACTOR_WITH_MINIMUM, W4G256S32X4M)
DEFINE(minimum_lost, MINIMUM_LOST, W4G256S16X6M)
DEFINE(minimum_of_neighbour, MINIMUM_OF_NEIGHBOUR, W4G256S32X4M)
DEFINE(last_factors_turned, LAST_QUARTER_TURNED, W4G256S16X6)
DEFINE(last_minimums_turned, LAST_QUARTER_TURNED, W4G256S16X6M)
DEFINE(half_of_neighbour, HALF_OF_NEIGHBOUR, W4G256S32X6)
DEFINE(upper_sum_lost, UPPER_SUM_LOST, W4G256S16X6M)
DEFINE(sum_in_int25, SUM_IN_INT25, W4G256S16X8)
DEFINE(offset_lost, OFFSET_LOST, W4G32M)
DEFINE(offset_first, OFFSET_FIRST, W4G32M)
DEFINE(number_off_by_one, NUMBER_OFF_BY_ONE, IQ4G32)
DEFINE(number_unsigned, NUMBER_UNSIGNED, FP4G32E8M0)
DEFINE(subnormal_kept, SUBNORMAL_KEPT, FP4G32E8M0)
DEFINE(largest_is_nan, LARGEST_IS_NAN, FP4G32E8M0)
DEFINE(e4m3_is_nan, LARGEST_IS_NAN, FP4G16UE4M3)
DEFINE(e4m3_subnormal_lost, SUBNORMAL_LOST, FP4G16UE4M3)
DEFINE(e4m3_has_sign, TOP_BIT_IS_SIGN, FP4G16UE4M3)
DEFINE(e4m3_whole, WHOLE_NUMBER, FP4G16UE4M3)

enum { gemv_op = LOOM_OP_GEMV, gemm_op = LOOM_OP_GEMM };
#define KERNEL(function, operation, layout_of, form, is_good, ...)                                 \
    {.kernel = {.name = #function "_" #operation,                                                  \
                .schedule = #function,                                                             \
                .layout = &(layout_of),                                                            \
                .run = (function),                                                                 \
                .format = __VA_ARGS__,                                                             \
                .op = operation##_op,                                                              \
                .family = LOOM_FAMILY_DOT,                                                         \
                .mode = LOOM_EXACT,                                                                \
                .act = LOOM_ACT_##form,                                                            \
                .tokens = 1},                                                                      \
     .good = (is_good)}
const struct sample_kernel sample_part_kernels[] = {
    KERNEL(good_offsets, gemv, layout4, I8, true, W4G32M),
    KERNEL(good_halves, gemv, layout4, I8M, true, W4G256S32X4M),
    KERNEL(good_halves, gemm, layout4, I8M, true, W4G256S32X4M),
    KERNEL(good_minimums, gemv, layout4, I8M, true, W4G256S16X6M),
    KERNEL(good_factors, gemv, layout4, I8S, true, W4G256S16X8),
    KERNEL(good_factors, gemm, layout4, I8S, true, W4G256S16X8),
    KERNEL(good_last_quarter, gemv, layout4, I8S, true, W4G256S16X6),
    KERNEL(good_half_words, gemm, layout4, I8S, true, W4G256S32X6),
    KERNEL(good_bytes, gemv, layout8, I8, true, W8G32),
    KERNEL(good_iq4, gemv, layout4, I8, true, IQ4G32),
    KERNEL(good_fp4, gemm, layout4, I8, true, FP4G32E8M0),
    KERNEL(good_nvfp4, gemv, half4, I8, true, FP4G16UE4M3),
    KERNEL(good_nvfp4, gemm, half4, I8, true, FP4G16UE4M3),
    KERNEL(factor_lost, gemv, layout4, I8S, false, W4G256S16X8),
    KERNEL(factor_of_neighbour, gemm, layout4, I8M, false, W4G256S16X6M),
    KERNEL(factor_unsigned, gemv, layout4, I8S, false, W4G256S16X8),
    KERNEL(factor_with_minimum, gemv, layout4, I8M, false, W4G256S32X4M),
    KERNEL(minimum_lost, gemv, layout4, I8M, false, W4G256S16X6M),
    KERNEL(minimum_of_neighbour, gemm, layout4, I8M, false, W4G256S32X4M),
    KERNEL(last_factors_turned, gemv, layout4, I8S, false, W4G256S16X6),
    KERNEL(last_minimums_turned, gemm, layout4, I8M, false, W4G256S16X6M),
    KERNEL(half_of_neighbour, gemv, layout4, I8S, false, W4G256S32X6),
    KERNEL(upper_sum_lost, gemv, layout4, I8M, false, W4G256S16X6M),
    KERNEL(sum_in_int25, gemv, layout4, I8S, false, W4G256S16X8),
    KERNEL(offset_lost, gemv, layout4, I8, false, W4G32M),
    KERNEL(offset_first, gemv, layout4, I8, false, W4G32M),
    KERNEL(number_off_by_one, gemv, layout4, I8, false, IQ4G32),
    KERNEL(number_unsigned, gemv, layout4, I8, false, FP4G32E8M0),
    KERNEL(subnormal_kept, gemv, layout4, I8, false, FP4G32E8M0),
    KERNEL(largest_is_nan, gemv, layout4, I8, false, FP4G32E8M0),
    KERNEL(e4m3_is_nan, gemv, half4, I8, false, FP4G16UE4M3),
    KERNEL(e4m3_subnormal_lost, gemv, half4, I8, false, FP4G16UE4M3),
    KERNEL(e4m3_has_sign, gemm, half4, I8, false, FP4G16UE4M3),
    KERNEL(e4m3_whole, gemv, half4, I8, false, FP4G16UE4M3),
};
const size_t sample_part_kernel_count = sizeof sample_part_kernels / sizeof sample_part_kernels[0];
