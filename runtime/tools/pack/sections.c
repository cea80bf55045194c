#include "pack/sections.h"

#include "factors.h"

void sections_of(const loom_plan *plan, struct section sections[SECTIONS]) {
    const struct loom_packed_offsets at = loom_packed_offsets(plan);
    const struct loom_layout *const layout = plan->gemv->layout;
    const loom_format *const format = &plan->format;
    const size_t values = layout->rows * at.groups, scales = values * loom_scale_bytes(format);
    const struct section all[SECTIONS] = {
        {at.weights, loom_block_bytes(layout, at.k_padded)},
        {at.scales, scales},
        {at.zeros, format->zero_points ? values : 0},
        {at.offsets, format->offsets ? scales : 0},
        {at.factors, values * 4 * loom_factor_words(format)},
        {at.halves, values * loom_half_bytes(format)},
    };
    for (size_t i = 0; i < SECTIONS; i++) {
        sections[i] = all[i];
    }
}
