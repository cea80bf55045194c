/* Multiplication of a row range: whole row blocks go straight to the kernel, the parts of row
 * blocks at the ends through a buffer. */
#include <string.h>

#include "factors.h"

/* Floats of the buffer: LOOM_MAX_ROWS rows by 32 tokens, or fewer rows by more tokens. */
enum { PARTIAL_FLOATS = LOOM_MAX_ROWS * 32 };

/* All that a call needs, and how to find a row block of it. */
struct call {
    struct loom_args args; /* the kernel's, for row block 0 */
    loom_matmul_fn *run;
    size_t rows, tokens;                                    /* of a row block, of a token tile */
    size_t weight_bytes, scale_bytes, values, factor_bytes; /* of a row block */
};

static struct call make_call(const loom_plan *plan, float *y, size_t y_stride,
                             const uint8_t *packed, const uint8_t *prepared, size_t n) {
    const struct loom_layout *layout = plan->gemv->layout;
    const struct loom_packed_offsets w = loom_packed_offsets(plan);
    const struct loom_prepared_offsets a = loom_prepared_offsets(plan, n);
    const size_t values = w.groups * layout->rows;
    return (struct call){
        .args =
            {
                .weights = packed + w.weights,
                .scales = packed + w.scales,
                .zeros = plan->format.zero_points ? packed + w.zeros : NULL,
                .offsets = plan->format.offsets ? packed + w.offsets : NULL,
                .factors = plan->format.sub ? packed + w.factors : NULL,
                .halves =
                    loom_half_bytes(&plan->format) ? (const uint16_t *)(packed + w.halves) : NULL,
                .acts = prepared + a.acts,
                .act_scale = (const float *)(prepared + a.act_scale),
                .act_sum = (const int32_t *)(prepared + a.act_sum),
                .y = y,
                .act_stride = a.act_stride,
                .group_stride = a.group_stride,
                .sum_stride = a.sum_stride,
                .y_stride = y_stride,
                .groups = w.groups,
                .k_group = w.k_padded / w.groups,
                .n = n,
            },
        .run = loom_kernel_for(plan, n)->run,
        .tokens = loom_kernel_for(plan, n)->tokens,
        .rows = layout->rows,
        .weight_bytes = loom_block_bytes(layout, w.k_padded),
        .scale_bytes = values * loom_scale_bytes(&plan->format),
        .values = values,
        .factor_bytes = values * 4 * loom_factor_words(&plan->format),
    };
}

static struct loom_args block_args(const struct call *call, size_t block, size_t blocks) {
    struct loom_args args = call->args;
    args.weights += block * call->weight_bytes;
    args.scales = (const uint8_t *)args.scales + block * call->scale_bytes;
    if (args.zeros) {
        args.zeros += block * call->values;
    }
    if (args.offsets) {
        args.offsets = (const uint8_t *)args.offsets + block * call->scale_bytes;
    }
    if (args.factors) {
        args.factors += block * call->factor_bytes;
    }
    if (args.halves) {
        args.halves += block * call->values;
    }
    args.y += block * call->rows;
    args.blocks = blocks;
    return args;
}

static void run_blocks(const struct call *call, size_t block, size_t blocks) {
    const struct loom_args args = block_args(call, block, blocks);
    call->run(&args);
}

/* Rows [begin, end), which are a part of one row block. */
static void run_partial(const struct call *call, size_t begin, size_t end) {
    _Alignas(LOOM_ALIGN) float buffer[PARTIAL_FLOATS];
    const size_t tiles = PARTIAL_FLOATS / call->rows / call->tokens;
    const size_t chunk = tiles * call->tokens, skip = begin % call->rows;
    struct loom_args args = block_args(call, begin / call->rows, 1);
    float *y = args.y + skip;
    args.y = buffer;
    args.y_stride = call->rows;
    for (size_t token = 0; token < call->args.n; token += args.n) {
        args.n = loom_min_size(chunk, call->args.n - token);
        call->run(&args);
        for (size_t t = 0; t < args.n; t++) {
            memcpy(y + (token + t) * call->args.y_stride, buffer + t * call->rows + skip,
                   (end - begin) * sizeof *y);
        }
        args.acts += tiles * args.act_stride;
        args.act_scale += tiles * args.group_stride;
        args.act_sum += tiles * args.sum_stride;
    }
}

static void run_rows(const struct call *call, size_t begin, size_t end) {
    const size_t head_end = (begin + call->rows - 1) / call->rows * call->rows;
    if (head_end > begin) {
        const size_t stop = loom_min_size(head_end, end);
        run_partial(call, begin, stop);
        begin = stop;
    }
    const size_t blocks = (end - begin) / call->rows;
    if (blocks > 0) {
        run_blocks(call, begin / call->rows, blocks);
        begin += blocks * call->rows;
    }
    if (begin < end) {
        run_partial(call, begin, end);
    }
}

static loom_status check_matmul(const loom_plan *plan, const float *y, size_t y_stride,
                                const void *packed, const void *prepared, size_t n, size_t begin,
                                size_t end) {
    if (!loom_plan_ready(plan) || !y || !packed || !prepared) {
        return LOOM_ERROR_NULL;
    }
    if (!loom_is_aligned(packed, LOOM_ALIGN) || !loom_is_aligned(prepared, LOOM_ALIGN) ||
        !loom_is_aligned(y, _Alignof(float))) {
        return LOOM_ERROR_ALIGN;
    }
    if (loom_prepared_size(plan, n) == 0 || y_stride < plan->m) {
        return LOOM_ERROR_SIZE;
    }
    if (begin >= end || end > plan->m) {
        return LOOM_ERROR_RANGE;
    }
    if (!loom_packed_valid(plan, packed)) {
        return LOOM_ERROR_PACKED;
    }
    return loom_prepared_valid(plan, prepared, n) ? LOOM_OK : LOOM_ERROR_PREPARED;
}

loom_status loom_matmul(const loom_plan *plan, float *y, size_t y_stride, const void *packed,
                        const void *prepared, size_t n, size_t begin, size_t end) {
    const loom_status status = check_matmul(plan, y, y_stride, packed, prepared, n, begin, end);
    if (status != LOOM_OK) {
        return status;
    }
    const struct call call = make_call(plan, y, y_stride, packed, prepared, n);
    run_rows(&call, begin, end);
    return LOOM_OK;
}
