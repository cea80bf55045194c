#define _POSIX_C_SOURCE 200809L
#include "fake.h"
#include "registry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Kernels ----------------------------------------------------------------------------
 * The layouts are row-major within a unit: a byte is one plane of 8 codes, then planes, then
 * 32 codes along K, then rows. */

struct shape {
    size_t rows, bits;
    int zero; /* where the format has no zero points */
    size_t act_bytes, tokens;
    size_t sub; /* of a sub-block; 0 without factors */
};

static unsigned code_at(const struct shape *s, const uint8_t *unit, size_t row, size_t k) {
    unsigned code = 0;
    for (size_t p = 0; p < s->bits; p++) {
        code |= (unit[(row * 4 + k / 8) * s->bits + p] >> k % 8 & 1u) << p;
    }
    return code;
}

static size_t act_unit(size_t act_bytes) {
    return loom_act_unit(act_bytes == 1 ? LOOM_ACT_I8 : LOOM_ACT_LUT8);
}

/* One group of a row and a token. */
struct dot {
    const struct shape *s;
    const struct loom_args *a;
    size_t block, row, g;
    const int8_t *acts;   /* the token's */
    const int32_t *words; /* of the group's act_sum */
};

/* The factor of sub-block j, and its minimum in the upper half. */
static unsigned factors_at(const struct dot *d, size_t j) {
    const size_t quads = d->a->k_group / d->s->sub / 4;
    const size_t quad = (d->block * d->a->groups + d->g) * quads + j / 4;
    return d->a->factors[(quad * d->s->rows + d->row) * 4 + j % 4];
}

/* The sum of the activations of sub-block j, in two words for four of them. */
static int act_sum_at(const struct dot *d, size_t j) {
    if (!d->s->sub) {
        return d->words[0];
    }
    const int32_t *lower = d->words + j / 4 * 2 * d->s->tokens, *upper = lower + d->s->tokens;
    const size_t shift = j % 4 * 8;
    return (int8_t)((uint32_t)*lower >> shift) + 128 * (int8_t)((uint32_t)*upper >> shift);
}

/* Of the group's activations [begin, end), which are sub-block j, code - zero times activation. */
static int sub_sum(const struct dot *d, size_t begin, size_t end, size_t j, int zero) {
    const struct shape *s = d->s;
    const size_t unit = act_unit(s->act_bytes), unit_bytes = s->rows * 32 * s->bits / 8;
    const uint8_t *weights =
        d->a->weights + d->block * (d->a->groups * d->a->k_group / 32) * unit_bytes;
    int sum = 0, act_sum = 0;
    for (size_t i = begin; i < end; i++) {
        const size_t k = d->g * d->a->k_group + i, byte = k * s->act_bytes;
        const int8_t act = d->acts[byte / unit * unit * s->tokens + byte % unit];
        sum += ((int)code_at(s, weights + k / 32 * unit_bytes, d->row, k % 32) - zero) * act;
        act_sum += act;
    }
    assert_int_equal(act_sum, act_sum_at(d, j));
    return sum;
}

static float multiply_group(const struct dot *d, float act_scale) {
    const size_t value = (d->block * d->a->groups + d->g) * d->s->rows + d->row;
    const size_t sub = d->s->sub ? d->s->sub : d->a->k_group;
    const int zero = d->a->zeros ? d->a->zeros[value] : d->s->zero;
    int sum = 0, offset_sum = 0;
    for (size_t j = 0; j < d->a->k_group / sub; j++) {
        const unsigned factors = d->s->sub ? factors_at(d, j) : 1 | 1 << 4;
        sum += (int)(factors & 15) * sub_sum(d, j * sub, (j + 1) * sub, j, zero);
        offset_sum += (int)(factors >> 4) * act_sum_at(d, j);
    }
    const float y = ((const float *)d->a->scales)[value] * act_scale * (float)sum;
    return d->a->offsets ? y + ((const float *)d->a->offsets)[value] * act_scale * (float)offset_sum
                         : y;
}

static float multiply_row(const struct shape *s, const struct loom_args *a, size_t block,
                          size_t row, size_t token) {
    const size_t tile = token / s->tokens, in_tile = token % s->tokens;
    const size_t words = s->sub ? a->k_group / s->sub / 2 : 1;
    float y = 0;
    for (size_t g = 0; g < a->groups; g++) {
        const struct dot dot = {
            s,
            a,
            block,
            row,
            g,
            (const int8_t *)a->acts + tile * a->act_stride + in_tile * act_unit(s->act_bytes),
            a->act_sum + tile * a->sum_stride + g * words * s->tokens + in_tile};
        y += multiply_group(&dot, a->act_scale[tile * a->group_stride + g * s->tokens + in_tile]);
    }
    return y;
}

static void multiply(const struct shape *s, const struct loom_args *a) {
    assert_true(a->blocks >= 1 && a->n >= 1 && a->groups >= 1);
    assert_int_equal((uintptr_t)a->acts % LOOM_ALIGN, 0);
    assert_int_equal(a->act_stride % LOOM_ALIGN, 0);
    for (size_t token = 0; token < a->n; token++) {
        for (size_t i = 0; i < a->blocks * s->rows; i++) {
            a->y[token * a->y_stride + i] = multiply_row(s, a, i / s->rows, i % s->rows, token);
        }
    }
}

#define KERNELS(format, rows, bits, zero, tokens)                                                  \
    static void gemv_##format(const struct loom_args *a) {                                         \
        assert_int_equal(a->n, 1);                                                                 \
        multiply(&(const struct shape){rows, bits, zero, 4, 1, 0}, a);                             \
    }                                                                                              \
    static void gemm_##format(const struct loom_args *a) {                                         \
        multiply(&(const struct shape){rows, bits, zero, 1, tokens, 0}, a);                        \
    }
KERNELS(w2g32f32, 6, 2, 2, 1)
KERNELS(w3g64zf32, 16, 3, -1000, 4)
KERNELS(w2rowf32, 256, 2, 2, 1)
KERNELS(trowf32, 8, 2, 1, 1)

static void gemv_w2g256s16x4mf32(const struct loom_args *a) {
    assert_int_equal(a->n, 1);
    multiply(&(const struct shape){5, 2, 0, 1, 1, 16}, a);
}
static void gemm_w2g256s16x4mf32(const struct loom_args *a) {
    multiply(&(const struct shape){5, 2, 0, 1, 4, 16}, a);
}

static float largest(const float *x, size_t count) {
    float max = 0;
    for (size_t i = 0; i < count; i++) {
        max = fabsf(x[i]) > max ? fabsf(x[i]) : max;
    }
    return max;
}

static uint8_t *act_of(const struct loom_prepare_args *a, size_t k, size_t act_bytes) {
    const size_t unit = act_unit(act_bytes), byte = k * act_bytes;
    return a->acts + byte / unit * a->unit_stride + byte % unit;
}

static int sum_of(const struct loom_prepare_args *a, size_t begin, size_t end) {
    int sum = 0;
    for (size_t k = begin; k < end && k < a->k; k++) {
        sum += (int)a->x[k];
    }
    return sum;
}

/* Of group g: a word, or two for four sub-blocks. */
static void write_sums(const struct loom_prepare_args *a, size_t g) {
    const size_t first = g * a->k_group, subs = a->k_sub ? a->k_group / a->k_sub : 0;
    if (!subs) {
        a->act_sum[g * a->tokens] = sum_of(a, first, first + a->k_group);
    }
    for (size_t j = 0; j < subs; j++) {
        const size_t begin = first + j * a->k_sub, shift = j % 4 * 8;
        const int sum = sum_of(a, begin, begin + a->k_sub), upper = (sum + 64) >> 7;
        int32_t *const words = a->act_sum + (g * subs + j / 4 * 4) / 2 * a->tokens;
        if (shift == 0) {
            words[0] = words[a->tokens] = 0;
        }
        words[0] |= (int32_t)((uint32_t)(uint8_t)(sum - 128 * upper) << shift);
        words[a->tokens] |= (int32_t)((uint32_t)(uint8_t)upper << shift);
    }
}

/* A part of the only group: its acts, and with the first ones scale and sum. */
static void prepare_part(const struct loom_prepare_args *a, size_t act_bytes) {
    assert_true(a->groups == 1 && a->part_begin < a->part_end && a->part_end <= a->k_group);
    assert_true(a->part_begin % 64 == 0 && a->part_end % 64 == 0);
    for (size_t k = a->part_begin; k < a->part_end; k++) {
        memset(act_of(a, k, act_bytes), k < a->k ? (int)a->x[k] : 0, act_bytes);
    }
    if (a->part_begin == 0) {
        a->act_scale[0] = 1 + largest(a->x, a->k);
        write_sums(a, 0);
    }
}

static void prepare(const struct loom_prepare_args *a, size_t act_bytes) {
    if (a->part_end) {
        prepare_part(a, act_bytes);
        return;
    }
    const size_t unit = act_unit(act_bytes);
    assert_int_equal((uintptr_t)a->acts % (unit < LOOM_ALIGN ? unit : LOOM_ALIGN), 0);
    assert_true(a->groups >= 1 && a->k <= a->groups * a->k_group);
    assert_true(a->k > (a->groups - 1) * a->k_group);
    for (size_t g = 0; g < a->groups; g++) {
        const size_t first = g * a->k_group;
        const size_t count = a->k - first < a->k_group ? a->k - first : a->k_group;
        write_sums(a, g);
        a->act_scale[g * a->tokens] =
            1 + (a->range_x ? largest(a->range_x, a->range_k) : largest(a->x + first, count));
        for (size_t k = 0; k < a->k_group; k++) {
            memset(act_of(a, first + k, act_bytes), k < count ? (int)a->x[first + k] : 0,
                   act_bytes);
        }
    }
}

static void prepare_i8(const struct loom_prepare_args *a) {
    prepare(a, 1);
}

static void prepare_i8m(const struct loom_prepare_args *a) {
    assert_int_equal(a->k_sub, 16);
    prepare(a, 1);
}

static void prepare_lut8(const struct loom_prepare_args *a) {
    prepare(a, 4);
}

/* ---- Registry --------------------------------------------------------------------------- */

#define K_8 {LOOM_AXIS_K, 8, 1}
#define PLANES(count) {LOOM_AXIS_PLANE, count, 1}
#define K_32 {LOOM_AXIS_K, 4, 8}
#define ROWS(count) {LOOM_AXIS_ROW, count, 1}

static const struct loom_layout layouts[] = {
    {"row_major_w2g32f32",
     6,
     32,
     2,
     1,
     1,
     {{.digits = 4, .digit = {K_8, PLANES(2), K_32, ROWS(6)}}}},
    {"row_major_w3g64zf32",
     16,
     32,
     3,
     1,
     1,
     {{.digits = 4, .digit = {K_8, PLANES(3), K_32, ROWS(16)}}}},
    {"row_major_w2rowf32",
     256,
     32,
     2,
     1,
     1,
     {{.digits = 4, .digit = {K_8, PLANES(2), K_32, ROWS(256)}}}},
    {"row_major_trowf32",
     8,
     32,
     2,
     1,
     1,
     {{.digits = 4, .digit = {K_8, PLANES(2), K_32, ROWS(8)}}}},
    {"row_major_w2g256s16x4mf32",
     5,
     32,
     2,
     1,
     1,
     {{.digits = 4, .digit = {K_8, PLANES(2), K_32, ROWS(5)}}}},
};

#define KERNEL_ROW(kernel_op, prefix, text, index, form, tile, ...)                                \
    {.name = "loom_" #prefix "_" #text "_exact__fake_c",                                           \
     .schedule = "fake",                                                                           \
     .layout = &layouts[index],                                                                    \
     .run = prefix##_##text,                                                                       \
     .format = __VA_ARGS__,                                                                        \
     .op = kernel_op,                                                                              \
     .family = LOOM_FAMILY_DOT,                                                                    \
     .mode = LOOM_EXACT,                                                                           \
     .act = form,                                                                                  \
     .tokens = tile}
#define GEMM_ROW(text, index, tokens, ...)                                                         \
    KERNEL_ROW(LOOM_OP_GEMM, gemm, text, index, LOOM_ACT_I8, tokens, __VA_ARGS__)
#define GEMV_ROW(text, index, ...)                                                                 \
    KERNEL_ROW(LOOM_OP_GEMV, gemv, text, index, LOOM_ACT_LUT8, 1, __VA_ARGS__)

#define W2G32F32 {.bits = 2, .scale = LOOM_SCALE_FP32, .group = 32}
#define W3G64ZF32 {.bits = 3, .zero_points = 1, .scale = LOOM_SCALE_FP32, .group = 64}
#define W2ROWF32 {.bits = 2, .scale = LOOM_SCALE_FP32}
#define TROWF32 {.bits = 2, .ternary = 1, .scale = LOOM_SCALE_FP32}
#define W2G256S16X4MF32                                                                            \
    {.bits = 2, .offsets = 1, .scale = LOOM_SCALE_FP32, .sub = 16, .factor_bits = 4, .group = 256}

static const struct loom_isa isas[] = {{"c", 0, 0, &loom_packer_c}};
static const struct loom_kernel kernels[] = {
    GEMM_ROW(trowf32, 3, 1, TROWF32),
    GEMM_ROW(w2g32f32, 0, 1, W2G32F32),
    GEMM_ROW(w2rowf32, 2, 1, W2ROWF32),
    GEMM_ROW(w3g64zf32, 1, 4, W3G64ZF32),
    KERNEL_ROW(LOOM_OP_GEMM, gemm, w2g256s16x4mf32, 4, LOOM_ACT_I8M, 4, W2G256S16X4MF32),
    GEMV_ROW(trowf32, 3, TROWF32),
    GEMV_ROW(w2g32f32, 0, W2G32F32),
    GEMV_ROW(w2rowf32, 2, W2ROWF32),
    GEMV_ROW(w3g64zf32, 1, W3G64ZF32),
    KERNEL_ROW(LOOM_OP_GEMV, gemv, w2g256s16x4mf32, 4, LOOM_ACT_I8M, 1, W2G256S16X4MF32),
};
static const struct loom_prepare_kernel prepares[] = {
    {"loom_prepare_i8__fake_c", prepare_i8, 0, LOOM_ACT_I8},
    {"loom_prepare_i8m__fake_c", prepare_i8m, 0, LOOM_ACT_I8M},
    {"loom_prepare_lut8__fake_c", prepare_lut8, 0, LOOM_ACT_LUT8},
};

const struct loom_registry loom_registry = {
    .hash = "0123456789abcdef",
    .compiler = "fake 1.2.3",
    .isas = isas,
    .kernels = kernels,
    .prepares = prepares,
    .isa_count = 1,
    .kernel_count = sizeof kernels / sizeof kernels[0],
    .prepare_count = sizeof prepares / sizeof prepares[0],
};

const char *const fake_formats[] = {
    "w2g32f32",
    "w2g32f32arow",
    "w3g64zf32",
    "w3g64zf32arow",
    "w2rowf32",
    "w2rowf32arow",
    "trowf32",
    "tf32",
    "tf32arow",
    "w2g256s16x4mf32",
    "w2g256s16x4mf32arow",
};
const size_t fake_format_count = sizeof fake_formats / sizeof fake_formats[0];

/* ---- Data ------------------------------------------------------------------------------- */

uint32_t fake_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void *allocate(size_t size) {
    void *memory = malloc(size ? size : 1);
    assert_non_null(memory);
    return memory;
}

static void fill_scales(uint8_t *scales, size_t bytes, int fp32, uint64_t *seed) {
    for (size_t i = 0; i < bytes; i += fp32 ? 4 : 1) {
        if (fp32) {
            const float value = (float)(fake_random(seed) % 8);
            memcpy(scales + i, &value, sizeof value);
        } else {
            scales[i] = (uint8_t)fake_random(seed);
        }
    }
}

static void fill_below(uint8_t *bytes, size_t count, unsigned bound, uint64_t *seed) {
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(fake_random(seed) % bound);
    }
}

/* Without offsets the factors are signed. */
static void fill_factors(uint8_t *factors, size_t count, const loom_format *format,
                         uint64_t *seed) {
    const unsigned bound = 1u << format->factor_bits;
    fill_below(factors, count, bound, seed);
    for (size_t i = 0; i < count && !format->offsets; i++) {
        factors[i] = (uint8_t)(factors[i] - bound / 2);
    }
}

static struct fake_bytes bytes_of(const loom_plan *plan) {
    static const size_t scale_bytes[] = {2, 4, 1, 1};
    const loom_format *format = &plan->format;
    const size_t values = format->tensor ? 1 : plan->m * loom_groups(plan);
    const size_t factors = format->sub ? values * (format->group / format->sub) : 0;
    return (struct fake_bytes){
        .codes = plan->m * plan->k,
        .scales = values * scale_bytes[format->scale],
        .zeros = format->zero_points ? values : 0,
        .offsets = format->offsets ? values * scale_bytes[format->scale] : 0,
        .factors = factors,
        .mins = format->offsets ? factors : 0,
    };
}

static uint8_t *allocate_part(size_t bytes) {
    return bytes ? allocate(bytes) : NULL;
}

struct fake_matrix fake_matrix_new(const loom_plan *plan, uint64_t seed) {
    const loom_format *format = &plan->format;
    const struct fake_bytes bytes = bytes_of(plan);
    const int fp32 = format->scale == LOOM_SCALE_FP32;
    const loom_parts parts = {
        .codes = allocate(bytes.codes),
        .scales = allocate(bytes.scales),
        .zeros = allocate_part(bytes.zeros),
        .offsets = allocate_part(bytes.offsets),
        .factors = allocate_part(bytes.factors),
        .mins = allocate_part(bytes.mins),
    };
    fill_below(parts.codes, bytes.codes, format->ternary ? 3 : 1u << format->bits, &seed);
    fill_below(parts.zeros, bytes.zeros, (1u << format->bits) + (format->bits < 8), &seed);
    fill_scales(parts.scales, bytes.scales, fp32, &seed);
    fill_scales(parts.offsets, bytes.offsets, fp32, &seed);
    fill_factors(parts.factors, bytes.factors, format, &seed);
    fill_factors(parts.mins, bytes.mins, format, &seed);
    return (struct fake_matrix){plan->m, plan->k, loom_groups(plan), parts, bytes};
}

void fake_matrix_free(struct fake_matrix *matrix) {
    free(matrix->parts.codes);
    free(matrix->parts.scales);
    free(matrix->parts.zeros);
    free(matrix->parts.offsets);
    free(matrix->parts.factors);
    free(matrix->parts.mins);
}

float *fake_activations(size_t n, size_t k, size_t x_stride, uint64_t seed) {
    float *x = allocate(((n - 1) * x_stride + k) * sizeof *x);
    for (size_t i = 0; i < (n - 1) * x_stride + k; i++) {
        x[i] = i % x_stride < k ? (float)((int)(fake_random(&seed) % 9) - 4) : NAN;
    }
    return x;
}

/* Of one group of a row: the sums that scale and offset are multiplied by. */
static void reference_sums(const loom_plan *plan, const struct fake_matrix *matrix, const float *x,
                           size_t row, size_t g, int sums[2]) {
    const loom_format *format = &plan->format;
    const size_t group = format->group ? format->group : plan->k, first = g * group;
    const size_t end = plan->k - first < group ? plan->k : first + group;
    const size_t value = format->tensor ? 0 : row * matrix->groups + g;
    const size_t subs = format->sub ? group / format->sub : 1;
    int zero = format->ternary ? 1 : 1 << (format->bits - 1);
    zero = matrix->parts.zeros ? matrix->parts.zeros[value] : format->offsets ? 0 : zero;
    sums[0] = sums[1] = 0;
    for (size_t k = first; k < end; k++) {
        const size_t sub = format->sub ? value * subs + (k - first) / format->sub : 0;
        const int factor = format->sub ? matrix->parts.factors[sub] : 1;
        const int min = format->sub ? matrix->parts.mins[sub] : 1;
        sums[0] += factor * (matrix->parts.codes[row * plan->k + k] - zero) * (int)x[k];
        sums[1] += min * (int)x[k];
    }
}

float fake_reference(const loom_plan *plan, const struct fake_matrix *matrix, const float *x,
                     size_t row) {
    const loom_format *format = &plan->format;
    const size_t group = format->group ? format->group : plan->k;
    const float *scales = matrix->parts.scales, *offsets = matrix->parts.offsets;
    float y = 0;
    for (size_t g = 0; g < matrix->groups; g++) {
        const size_t first = g * group, end = plan->k - first < group ? plan->k : first + group;
        const size_t value = format->tensor ? 0 : row * matrix->groups + g;
        int sums[2];
        reference_sums(plan, matrix, x, row, g, sums);
        const float range =
            1 + (format->act_row ? largest(x, plan->k) : largest(x + first, end - first));
        y += scales[value] * range * (float)sums[0];
        y += offsets ? offsets[value] * range * (float)sums[1] : 0;
    }
    return y;
}

enum { CANARY = 256 };

void *fake_alloc(size_t size) {
    void *memory = NULL;
    assert_int_equal(posix_memalign(&memory, LOOM_ALIGN, size + 2 * CANARY), 0);
    memset(memory, FAKE_FILL, size + 2 * CANARY);
    return (uint8_t *)memory + CANARY;
}

void fake_free(void *memory, size_t size) {
    uint8_t *start = (uint8_t *)memory - CANARY;
    for (size_t i = 0; i < CANARY; i++) {
        assert_int_equal(start[i], FAKE_FILL);
        assert_int_equal(start[CANARY + size + i], FAKE_FILL);
    }
    free(start);
}

loom_plan fake_plan(const char *format, size_t m, size_t k) {
    loom_plan plan;
    const loom_problem problem = {format, m, k, LOOM_FASTEST};
    const loom_cpu cpu = {0, "c"};
    assert_int_equal(loom_plan_create_for(&plan, &problem, &cpu, NULL), LOOM_OK);
    return plan;
}
