/* Packed weights and prepared activations: their sizes, and where what is in them. */
#include "factors.h"

static uint64_t divide_up(uint64_t value, uint64_t unit) {
    return (value + unit - 1) / unit;
}

static uint64_t align_up(uint64_t bytes) {
    return divide_up(bytes, LOOM_ALIGN) * LOOM_ALIGN;
}

size_t loom_groups(const loom_plan *plan) {
    if (!loom_plan_ready(plan)) {
        return 0;
    }
    return plan->format.group ? (size_t)divide_up(plan->k, plan->format.group) : 1;
}

/* Sizes are summed in 64 bits, which the bounds on M, K and N cannot overflow (2^44 is the
 * most); only the total has to fit a size_t. */
struct loom_packed_offsets loom_packed_offsets(const loom_plan *plan) {
    const struct loom_layout *layout = plan->gemv->layout;
    const uint64_t blocks = divide_up(plan->m, layout->rows);
    const uint64_t rows = blocks * layout->rows;
    const uint64_t k_padded = loom_k_padded(plan->k, plan->format.group);
    const uint64_t groups = loom_groups(plan);

    const uint64_t weights = LOOM_HEADER_BYTES;
    const uint64_t scales = weights + align_up(blocks * loom_block_bytes(layout, k_padded));
    const uint64_t values = align_up(rows * groups * loom_scale_bytes(&plan->format));
    const uint64_t zeros = scales + values;
    const uint64_t offsets = zeros + (plan->format.zero_points ? align_up(rows * groups) : 0);
    const uint64_t factors = offsets + (plan->format.offsets ? values : 0);
    const uint64_t halves =
        factors + align_up(rows * groups * 4 * loom_factor_words(&plan->format));
    const uint64_t size = halves + align_up(rows * groups * loom_half_bytes(&plan->format));
    if (size > SIZE_MAX) {
        return (struct loom_packed_offsets){0};
    }
    return (struct loom_packed_offsets){
        .weights = (size_t)weights,
        .scales = (size_t)scales,
        .zeros = (size_t)zeros,
        .offsets = (size_t)offsets,
        .factors = (size_t)factors,
        .halves = (size_t)halves,
        .k_padded = (size_t)k_padded,
        .blocks = (size_t)blocks,
        .groups = (size_t)groups,
        .size = (size_t)size,
    };
}

/* Token tiles stand a line further apart than they need: a power of two between them would put
 * the same part of every tile into the same few lines of the cache. */
struct loom_prepared_offsets loom_prepared_offsets(const loom_plan *plan, size_t n) {
    const struct loom_kernel *kernel = loom_kernel_for(plan, n);
    const uint64_t tiles = divide_up(n, kernel->tokens);
    const size_t k_padded = loom_k_padded(plan->k, plan->format.group);
    const uint64_t act_bytes =
        loom_groups(plan) * loom_act_bytes(kernel->act, k_padded / loom_groups(plan));
    const uint64_t act_stride = align_up(act_bytes * kernel->tokens) + LOOM_ALIGN;
    const uint64_t group_stride = (uint64_t)loom_groups(plan) * kernel->tokens;
    const uint64_t sum_stride = group_stride * loom_act_words(&plan->format);

    const uint64_t acts = LOOM_HEADER_BYTES;
    const uint64_t act_scale = acts + act_stride * tiles;
    const uint64_t act_sum = act_scale + align_up(group_stride * tiles * sizeof(float));
    const uint64_t size = act_sum + align_up(sum_stride * tiles * sizeof(int32_t));
    if (size > SIZE_MAX) {
        return (struct loom_prepared_offsets){0};
    }
    return (struct loom_prepared_offsets){
        .acts = (size_t)acts,
        .act_scale = (size_t)act_scale,
        .act_sum = (size_t)act_sum,
        .act_stride = (size_t)act_stride,
        .group_stride = (size_t)group_stride,
        .sum_stride = (size_t)sum_stride,
        .size = (size_t)size,
    };
}

size_t loom_packed_size(const loom_plan *plan) {
    return loom_plan_ready(plan) ? loom_packed_offsets(plan).size : 0;
}

size_t loom_prepared_size(const loom_plan *plan, size_t n) {
    if (!loom_plan_ready(plan) || n < 1 || n > LOOM_MAX_DIM) {
        return 0;
    }
    return loom_prepared_offsets(plan, n).size;
}

static uint32_t hash_add(uint32_t hash, uint64_t value) {
    const uint32_t mixed = (hash ^ (uint32_t)value) * 0x9e3779b1u;
    return mixed ^ mixed >> 15;
}

static uint32_t hash_layout(uint32_t hash, const struct loom_layout *layout) {
    hash = hash_add(hash, layout->rows);
    hash = hash_add(hash, layout->unit_k);
    hash = hash_add(hash, layout->bits);
    hash = hash_add(hash, layout->symbol_k);
    for (size_t s = 0; s < layout->sections; s++) {
        const struct loom_section *section = &layout->section[s];
        hash = hash_add(hash, section->first_plane | (uint32_t)section->flip << 8);
        for (size_t d = 0; d < section->digits; d++) {
            hash = hash_add(hash, section->digit[d].axis);
            hash = hash_add(hash, section->digit[d].count);
            hash = hash_add(hash, section->digit[d].stride);
        }
        for (size_t i = 0; section->listed && i < 8; i++) {
            hash = hash_add(hash, section->bit[i].k | (uint32_t)section->bit[i].plane << 8);
        }
    }
    return hash;
}

/* The layout counts by its digits, not by its name, and the activations not at all: weights that
 * were packed once stay good for every plan and every library that reads the same bytes. */
uint32_t loom_plan_check(const loom_plan *plan) {
    uint32_t hash = hash_layout(1, plan->gemv->layout);
    hash = hash_add(hash, plan->format.ternary);
    /* Formats without a zero point of their own have the hash that they always had. */
    hash = hash_add(hash, plan->format.zero_points | plan->format.fixed_zero << 1);
    hash = hash_add(hash, plan->format.scale);
    hash = hash_add(hash, plan->format.tensor);
    hash = hash_add(hash, plan->format.group);
    hash = hash_add(hash, plan->m);
    hash = hash_add(hash, plan->k);
    /* Formats without these parts have the hash that they always had. */
    const loom_format *f = &plan->format;
    const uint64_t parts = f->offsets | (uint64_t)f->book << 1 | (uint64_t)f->sub << 8 |
                           (uint64_t)f->factor_bits << 16;
    return parts ? hash_add(hash, parts) : hash;
}
