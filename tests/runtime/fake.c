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

static float multiply_row(const struct shape *s, const struct loom_args *a, size_t block,
                          size_t row, size_t token) {
    const size_t unit_bytes = s->rows * 32 * s->bits / 8;
    const uint8_t *weights = a->weights + block * (a->groups * a->k_group / 32 * unit_bytes);
    const size_t tile = token / s->tokens, in_tile = token % s->tokens,
                 unit = act_unit(s->act_bytes);
    const int8_t *acts = (const int8_t *)a->acts + tile * a->act_stride + in_tile * unit;
    float y = 0;
    for (size_t g = 0; g < a->groups; g++) {
        const size_t value = (block * a->groups + g) * s->rows + row;
        const int zero = a->zeros ? a->zeros[value] : s->zero;
        int sum = 0, act_sum = 0;
        for (size_t k = g * a->k_group; k < (g + 1) * a->k_group; k++) {
            const size_t byte = k * s->act_bytes;
            const int8_t act = acts[byte / unit * unit * s->tokens + byte % unit];
            const unsigned code = code_at(s, weights + k / 32 * unit_bytes, row, k % 32);
            sum += ((int)code - zero) * act;
            act_sum += act;
        }
        const size_t at = tile * a->group_stride + g * s->tokens + in_tile;
        assert_int_equal(act_sum, a->act_sum[at]);
        y += ((const float *)a->scales)[value] * a->act_scale[at] * (float)sum;
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
        multiply(&(const struct shape){rows, bits, zero, 4, 1}, a);                                \
    }                                                                                              \
    static void gemm_##format(const struct loom_args *a) {                                         \
        multiply(&(const struct shape){rows, bits, zero, 1, tokens}, a);                           \
    }
KERNELS(w2g32f32, 6, 2, 2, 1)
KERNELS(w3g64zf32, 16, 3, -1000, 4)
KERNELS(w2rowf32, 256, 2, 2, 1)
KERNELS(trowf32, 8, 2, 1, 1)

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

/* A part of the only group: its acts, and with the first ones scale and sum. */
static void prepare_part(const struct loom_prepare_args *a, size_t act_bytes) {
    assert_true(a->groups == 1 && a->part_begin < a->part_end && a->part_end <= a->k_group);
    assert_true(a->part_begin % 64 == 0 && a->part_end % 64 == 0);
    for (size_t k = a->part_begin; k < a->part_end; k++) {
        memset(act_of(a, k, act_bytes), k < a->k ? (int)a->x[k] : 0, act_bytes);
    }
    if (a->part_begin == 0) {
        a->act_scale[0] = 1 + largest(a->x, a->k);
        a->act_sum[0] = 0;
        for (size_t k = 0; k < a->k; k++) {
            a->act_sum[0] += (int)a->x[k];
        }
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
        a->act_sum[g * a->tokens] = 0;
        a->act_scale[g * a->tokens] =
            1 + (a->range_x ? largest(a->range_x, a->range_k) : largest(a->x + first, count));
        for (size_t k = 0; k < a->k_group; k++) {
            const int act = k < count ? (int)a->x[first + k] : 0;
            memset(act_of(a, first + k, act_bytes), act, act_bytes);
            a->act_sum[g * a->tokens] += act;
        }
    }
}

static void prepare_i8(const struct loom_prepare_args *a) {
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

#define W2G32F32 {.bits = 2, .scale_fp32 = 1, .group = 32}
#define W3G64ZF32 {.bits = 3, .zero_points = 1, .scale_fp32 = 1, .group = 64}
#define W2ROWF32 {.bits = 2, .scale_fp32 = 1}
#define TROWF32 {.bits = 2, .ternary = 1, .scale_fp32 = 1}

static const struct loom_isa isas[] = {{"c", 0, 0}};
static const struct loom_kernel kernels[] = {
    GEMM_ROW(trowf32, 3, 1, TROWF32),   GEMM_ROW(w2g32f32, 0, 1, W2G32F32),
    GEMM_ROW(w2rowf32, 2, 1, W2ROWF32), GEMM_ROW(w3g64zf32, 1, 4, W3G64ZF32),
    GEMV_ROW(trowf32, 3, TROWF32),      GEMV_ROW(w2g32f32, 0, W2G32F32),
    GEMV_ROW(w2rowf32, 2, W2ROWF32),    GEMV_ROW(w3g64zf32, 1, W3G64ZF32),
};
static const struct loom_prepare_kernel prepares[] = {
    {"loom_prepare_i8__fake_c", prepare_i8, 0, LOOM_ACT_I8},
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
    "w2g32f32",     "w2g32f32arow", "w3g64zf32", "w3g64zf32arow", "w2rowf32",
    "w2rowf32arow", "trowf32",      "tf32",      "tf32arow",
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

static void fill_scales(struct fake_matrix *matrix, int fp32, uint64_t *seed) {
    for (size_t i = 0; i < matrix->scale_bytes / (fp32 ? 4 : 2); i++) {
        if (fp32) {
            ((float *)matrix->scales)[i] = (float)(fake_random(seed) % 8);
        } else {
            ((uint16_t *)matrix->scales)[i] = (uint16_t)fake_random(seed);
        }
    }
}

struct fake_matrix fake_matrix_new(const loom_plan *plan, uint64_t seed) {
    const loom_format *format = &plan->format;
    const size_t groups = loom_groups(plan), values = format->tensor ? 1 : plan->m * groups;
    struct fake_matrix matrix = {
        .m = plan->m,
        .k = plan->k,
        .groups = groups,
        .code_bytes = plan->m * plan->k,
        .scale_bytes = values * (format->scale_fp32 ? 4 : 2),
        .zero_bytes = format->zero_points ? values : 0,
    };
    matrix.codes = allocate(matrix.code_bytes);
    matrix.scales = allocate(matrix.scale_bytes);
    matrix.zeros = format->zero_points ? allocate(matrix.zero_bytes) : NULL;
    for (size_t i = 0; i < matrix.code_bytes; i++) {
        matrix.codes[i] =
            (uint8_t)(fake_random(&seed) % (format->ternary ? 3 : 1u << format->bits));
    }
    for (size_t i = 0; i < matrix.zero_bytes; i++) {
        matrix.zeros[i] = (uint8_t)(fake_random(&seed) % ((1u << format->bits) + 1));
    }
    fill_scales(&matrix, format->scale_fp32, &seed);
    return matrix;
}

void fake_matrix_free(struct fake_matrix *matrix) {
    free(matrix->codes);
    free(matrix->scales);
    free(matrix->zeros);
}

float *fake_activations(size_t n, size_t k, size_t x_stride, uint64_t seed) {
    float *x = allocate(((n - 1) * x_stride + k) * sizeof *x);
    for (size_t i = 0; i < (n - 1) * x_stride + k; i++) {
        x[i] = i % x_stride < k ? (float)((int)(fake_random(&seed) % 9) - 4) : NAN;
    }
    return x;
}

float fake_reference(const loom_plan *plan, const struct fake_matrix *matrix, const float *x,
                     size_t row) {
    const loom_format *format = &plan->format;
    const size_t group = format->group ? format->group : plan->k;
    float y = 0;
    for (size_t g = 0; g < matrix->groups; g++) {
        const size_t first = g * group, end = plan->k - first < group ? plan->k : first + group;
        const size_t value = format->tensor ? 0 : row * matrix->groups + g;
        int zero = format->ternary ? 1 : 1 << (format->bits - 1);
        zero = matrix->zeros ? matrix->zeros[value] : zero;
        int sum = 0;
        for (size_t k = first; k < end; k++) {
            sum += (matrix->codes[row * plan->k + k] - zero) * (int)x[k];
        }
        const float range =
            1 + (format->act_row ? largest(x, plan->k) : largest(x + first, end - first));
        y += ((const float *)matrix->scales)[value] * range * (float)sum;
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
