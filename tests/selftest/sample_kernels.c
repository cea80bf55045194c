/* Four rows by 32 codes a unit, a byte being four codes of a row. */
#include "sample.h"

#include <math.h>

enum { ROWS = 4, UNIT_K = 32, ROW_BYTES = UNIT_K / 4, UNIT_BYTES = ROWS * ROW_BYTES };

enum fault {
    NO_FAULT,
    LAST_GROUP_SKIPPED,
    LAST_ROW_SKIPPED,
    ZERO_POINT_LOST,
    SUM_IN_INT16,
    ROW_TOO_MANY,
    TOKEN_TOO_MANY,
    WEIGHTS_OVERREAD,
    ACTIVATIONS_OVERREAD,
    WEIGHTS_WRITTEN,
    TOKEN_USED_TWICE,
    SECOND_TOKEN_BLOCK_SHIFTED,
    GROUPS_BACKWARDS,
    NOT_FUSED,
    SCALES_MULTIPLIED_FIRST,
    ACT_SCALE_OF_FIRST_GROUP,
    LAST_ACT_SCALE_OF_GROUP_BEFORE,
    ILLEGAL_INSTRUCTION,
    ENDLESS
};

static const struct loom_layout layout = {"quad4x32_w2",
                                          ROWS,
                                          UNIT_K,
                                          2,
                                          1,
                                          1,
                                          {{.digits = 4,
                                            .digit = {{LOOM_AXIS_PLANE, 2, 1},
                                                      {LOOM_AXIS_K, 4, 1},
                                                      {LOOM_AXIS_K, ROW_BYTES, 4},
                                                      {LOOM_AXIS_ROW, ROWS, 1}}}}};

/* A group of a row and the activations of a token that meet it. */
struct dot {
    const uint8_t *weights; /* the row in the first unit of the group */
    const uint8_t *acts;
    size_t k;
    int32_t zero, act_sum;
};

typedef int32_t dot_fn(const struct dot *dot);

static unsigned code(const struct dot *dot, size_t k) {
    const uint8_t byte = dot->weights[k / UNIT_K * UNIT_BYTES + k % UNIT_K / 4];
    return byte >> k % 4 * 2 & 3;
}

static unsigned lut_index(const struct dot *dot, size_t k, unsigned plane) {
    unsigned index = 0;
    for (unsigned j = 0; j < 4; j++) {
        index |= (code(dot, k + j) >> plane & 1) << j;
    }
    return index;
}

static int32_t dot_int8(const struct dot *dot) {
    int32_t sum = 0;
    for (size_t k = 0; k < dot->k; k++) {
        sum += (int32_t)code(dot, k) * (int8_t)dot->acts[k];
    }
    return sum - dot->zero * dot->act_sum;
}

/* The four fields of a byte where they are: field i counts 4^i times, and has a sum of its own,
 * which is divided after every `chunk` codes. */
static int32_t dot_fields(const struct dot *dot, size_t chunk) {
    int32_t sum = 0;
    for (size_t begin = 0; begin < dot->k; begin += chunk) {
        const size_t end = dot->k - begin < chunk ? dot->k : begin + chunk;
        uint32_t fields[4] = {0};
        for (size_t k = begin; k < end; k++) {
            fields[k % 4] += (code(dot, k) << k % 4 * 2) * (uint32_t)(int8_t)dot->acts[k];
        }
        for (int i = 0; i < 4; i++) {
            sum += (int32_t)fields[i] / (1 << 2 * i);
        }
    }
    return sum - dot->zero * dot->act_sum;
}

static int32_t dot_flushed(const struct dot *dot) {
    return dot_fields(dot, 65536);
}

/* Right up to 352277 codes of 3 and activations of 127: (3 << 6) * 127 / 4 each. */
static int32_t dot_not_flushed(const struct dot *dot) {
    return dot_fields(dot, LOOM_MAX_DIM);
}

static int32_t dot_lut16(const struct dot *dot) {
    int32_t sum = 0;
    for (size_t k = 0; k < dot->k; k += 4) {
        const uint8_t *low = dot->acts + k / 16 * 128 + k % 16 * 4, *high = low + 64;
        for (unsigned plane = 0; plane < 2; plane++) {
            const unsigned index = lut_index(dot, k, plane);
            sum += (low[index] + 8 * high[index] - 512) * (1 << plane);
        }
    }
    return sum - dot->zero * dot->act_sum;
}

static int32_t dot_table(const struct dot *dot, int32_t bias) {
    int32_t sum = 0;
    for (size_t k = 0; k < dot->k; k += 4) {
        for (unsigned plane = 0; plane < 2; plane++) {
            sum += (dot->acts[k * 4 + lut_index(dot, k, plane)] - bias) * (1 << plane);
        }
    }
    return sum + (3 - 2 * dot->zero) * dot->act_sum;
}

static int32_t dot_lut8(const struct dot *dot) {
    return dot_table(dot, 128);
}

static int32_t dot_lut7(const struct dot *dot) {
    return dot_table(dot, 64);
}

float sample_half(uint16_t half) {
    const float sign = half & 0x8000 ? -1 : 1;
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 31) {
        return fraction ? NAN : sign * INFINITY;
    }
    return sign *
           ldexpf((float)(exponent ? fraction + 1024 : fraction), (exponent ? exponent : 1) - 25);
}

/* What a kernel is made of. */
struct recipe {
    dot_fn *dot;
    size_t act_bytes; /* bytes of acts for each activation */
    enum fault fault;
};

static int32_t group_sum(const struct recipe *recipe, const struct loom_args *a, size_t row,
                         size_t token, size_t g) {
    const size_t in_block = row % ROWS, block = row / ROWS;
    const size_t group_bytes = a->k_group / UNIT_K * UNIT_BYTES;
    const size_t at = (block * a->groups + g) * ROWS + in_block;
    const struct dot dot = {
        a->weights + (block * a->groups + g) * group_bytes + in_block * ROW_BYTES,
        a->acts + token * a->act_stride + g * a->k_group * recipe->act_bytes, a->k_group,
        recipe->fault == ZERO_POINT_LOST ? 2 : a->zeros[at], a->act_sum[token * a->sum_stride + g]};
    const int32_t sum = recipe->dot(&dot);
    return recipe->fault == SUM_IN_INT16 ? (int16_t)sum : sum;
}

/* The group whose activation scale a group takes. */
static size_t scale_group(const struct recipe *recipe, const struct loom_args *a, size_t g) {
    if (recipe->fault == ACT_SCALE_OF_FIRST_GROUP) {
        return 0;
    }
    const bool last = g > 0 && g == a->groups - 1;
    return recipe->fault == LAST_ACT_SCALE_OF_GROUP_BEFORE && last ? g - 1 : g;
}

static float add_group(const struct recipe *recipe, const struct loom_args *a, size_t row,
                       size_t token, size_t g, float y) {
    const size_t at = (row / ROWS * a->groups + g) * ROWS + row % ROWS;
    const float weight_scale = sample_half(((const uint16_t *)a->scales)[at]);
    const float act_scale = a->act_scale[token * a->group_stride + scale_group(recipe, a, g)];
    const float sum = (float)group_sum(recipe, a, row, token, g);
    const float scaled = act_scale * sum;
    if (recipe->fault == SCALES_MULTIPLIED_FIRST) {
        return fmaf(weight_scale * act_scale, sum, y);
    }
    if (recipe->fault == NOT_FUSED) {
        const volatile float product = weight_scale * scaled;
        return y + product;
    }
    return fmaf(weight_scale, scaled, y);
}

static float one_result(const struct recipe *recipe, const struct loom_args *a, size_t row,
                        size_t token) {
    const enum fault fault = recipe->fault;
    const size_t groups = fault == LAST_GROUP_SKIPPED && a->groups > 1 ? a->groups - 1 : a->groups;
    float y = 0;
    for (size_t g = 0; g < groups; g++) {
        y = add_group(recipe, a, row, token, fault == GROUPS_BACKWARDS ? groups - 1 - g : g, y);
    }
    return y;
}

/* Faults that are no wrong result. */
static void misbehave(const struct recipe *recipe, const struct loom_args *a) {
    const size_t bytes = a->blocks * a->groups * (a->k_group / UNIT_K) * UNIT_BYTES;
    if (recipe->fault == WEIGHTS_OVERREAD) {
        (void)*(const volatile uint8_t *)(a->weights + bytes);
    }
    if (recipe->fault == ACTIVATIONS_OVERREAD) {
        (void)*(const volatile uint8_t *)(a->acts + (a->n - 1) * a->act_stride +
                                          a->groups * a->k_group * recipe->act_bytes);
    }
    if (recipe->fault == WEIGHTS_WRITTEN) {
        *(volatile uint8_t *)a->weights = *a->weights;
    }
    if (recipe->fault == ILLEGAL_INSTRUCTION) {
        __builtin_trap();
    }
    for (volatile int always = 1; recipe->fault == ENDLESS && always;) {
    }
}

static void multiply(const struct recipe *recipe, const struct loom_args *a) {
    const enum fault fault = recipe->fault;
    const size_t rows = a->blocks * ROWS - (fault == LAST_ROW_SKIPPED);
    misbehave(recipe, a);
    for (size_t token = 0; token < a->n + (fault == TOKEN_TOO_MANY); token++) {
        const bool shifted = (fault == TOKEN_USED_TWICE && token) ||
                             (fault == SECOND_TOKEN_BLOCK_SHIFTED && token >= 128);
        const size_t from = token == a->n || shifted ? token - 1 : token;
        for (size_t row = 0; row < rows; row++) {
            a->y[token * a->y_stride + row] = one_result(recipe, a, row, from);
        }
        if (fault == ROW_TOO_MANY) {
            a->y[token * a->y_stride + rows] = 0;
        }
    }
}

#define DEFINE(name, dot, act_bytes, fault)                                                        \
    static void name(const struct loom_args *args) {                                               \
        const struct recipe recipe = {dot, act_bytes, fault};                                      \
        multiply(&recipe, args);                                                                   \
    }
DEFINE(good_int8, dot_int8, 1, NO_FAULT)
DEFINE(good_lut16, dot_lut16, 8, NO_FAULT)
DEFINE(good_lut8, dot_lut8, 4, NO_FAULT)
DEFINE(good_lut7, dot_lut7, 4, NO_FAULT)
DEFINE(fields_flushed, dot_flushed, 1, NO_FAULT)
DEFINE(fields_not_flushed, dot_not_flushed, 1, NO_FAULT)
DEFINE(last_group_skipped, dot_int8, 1, LAST_GROUP_SKIPPED)
DEFINE(last_row_skipped, dot_int8, 1, LAST_ROW_SKIPPED)
DEFINE(zero_point_lost, dot_int8, 1, ZERO_POINT_LOST)
DEFINE(sum_in_int16, dot_int8, 1, SUM_IN_INT16)
DEFINE(row_too_many, dot_int8, 1, ROW_TOO_MANY)
DEFINE(token_too_many, dot_int8, 1, TOKEN_TOO_MANY)
DEFINE(weights_overread, dot_int8, 1, WEIGHTS_OVERREAD)
DEFINE(activations_overread, dot_int8, 1, ACTIVATIONS_OVERREAD)
DEFINE(weights_written, dot_int8, 1, WEIGHTS_WRITTEN)
DEFINE(token_used_twice, dot_int8, 1, TOKEN_USED_TWICE)
DEFINE(second_token_block_shifted, dot_int8, 1, SECOND_TOKEN_BLOCK_SHIFTED)
DEFINE(groups_backwards, dot_int8, 1, GROUPS_BACKWARDS)
DEFINE(not_fused, dot_int8, 1, NOT_FUSED)
DEFINE(scales_multiplied_first, dot_int8, 1, SCALES_MULTIPLIED_FIRST)
DEFINE(act_scale_of_first_group, dot_int8, 1, ACT_SCALE_OF_FIRST_GROUP)
DEFINE(last_act_scale_of_group_before, dot_int8, 1, LAST_ACT_SCALE_OF_GROUP_BEFORE)
DEFINE(illegal_instruction, dot_int8, 1, ILLEGAL_INSTRUCTION)
DEFINE(endless, dot_int8, 1, ENDLESS)
/* 8-bit tables taken for 7-bit ones. */
DEFINE(wrong_bias, dot_lut7, 4, NO_FAULT)

enum { gemv_op = LOOM_OP_GEMV, few_op = LOOM_OP_FEW, gemm_op = LOOM_OP_GEMM };
#define KERNEL_OF(group_size, function, operation, numbers, form, is_good)                         \
    {.kernel = {.name = #function "_" #operation,                                                  \
                .schedule = #function,                                                             \
                .layout = &layout,                                                                 \
                .run = (function),                                                                 \
                .format = {.bits = 2, .zero_points = 1, .group = (group_size)},                    \
                .op = operation##_op,                                                              \
                .family = LOOM_FAMILY_DOT,                                                         \
                .mode = LOOM_##numbers,                                                            \
                .act = LOOM_ACT_##form,                                                            \
                .tokens = 1},                                                                      \
     .good = (is_good)}
#define KERNEL(function, operation, numbers, form, is_good)                                        \
    KERNEL_OF(128, function, operation, numbers, form, is_good)
#define ROW_KERNEL(function, operation, numbers, form, is_good)                                    \
    KERNEL_OF(0, function, operation, numbers, form, is_good)
const struct sample_kernel sample_kernels[SAMPLE_KERNELS] = {
    ROW_KERNEL(fields_flushed, gemv, EXACT, I8, true),
    ROW_KERNEL(fields_flushed, gemm, EXACT, I8, true),
    KERNEL(good_int8, gemv, EXACT, I8, true),
    KERNEL(good_int8, gemm, EXACT, I8, true),
    KERNEL(good_lut16, gemv, EXACT, LUT16, true),
    KERNEL(good_lut16, gemm, EXACT, LUT16, true),
    KERNEL(good_lut8, gemv, TABLE, LUT8, true),
    KERNEL(good_lut8, gemm, TABLE, LUT8, true),
    KERNEL(good_lut7, gemv, TABLE7, LUT7, true),
    KERNEL(good_lut7, gemm, TABLE7, LUT7, true),
    ROW_KERNEL(fields_not_flushed, gemv, EXACT, I8, false),
    ROW_KERNEL(fields_not_flushed, gemm, EXACT, I8, false),
    KERNEL(last_group_skipped, gemv, EXACT, I8, false),
    KERNEL(last_row_skipped, gemv, EXACT, I8, false),
    KERNEL(zero_point_lost, gemv, EXACT, I8, false),
    KERNEL(sum_in_int16, gemv, EXACT, I8, false),
    KERNEL(wrong_bias, gemv, TABLE, LUT8, false),
    KERNEL(row_too_many, gemv, EXACT, I8, false),
    KERNEL(row_too_many, gemm, EXACT, I8, false),
    KERNEL(token_too_many, gemm, EXACT, I8, false),
    KERNEL(weights_overread, gemv, EXACT, I8, false),
    KERNEL(activations_overread, gemv, EXACT, I8, false),
    KERNEL(weights_written, gemv, EXACT, I8, false),
    KERNEL(token_used_twice, gemm, EXACT, I8, false),
    KERNEL(second_token_block_shifted, gemm, EXACT, I8, false),
    KERNEL(groups_backwards, gemv, EXACT, I8, false),
    KERNEL(not_fused, gemv, EXACT, I8, false),
    KERNEL(scales_multiplied_first, gemv, EXACT, I8, false),
    KERNEL(act_scale_of_first_group, gemv, EXACT, I8, false),
    KERNEL(act_scale_of_first_group, few, EXACT, I8, false),
    KERNEL(act_scale_of_first_group, gemm, EXACT, I8, false),
    KERNEL(last_act_scale_of_group_before, gemv, EXACT, I8, false),
    KERNEL(last_act_scale_of_group_before, few, EXACT, I8, false),
    KERNEL(last_act_scale_of_group_before, gemm, EXACT, I8, false),
    KERNEL(illegal_instruction, gemv, EXACT, I8, false),
    KERNEL(endless, gemv, EXACT, I8, false),
};
