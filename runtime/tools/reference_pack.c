/* The packed stream of kernel.h, bit by bit. */
#include "reference.h"

#include <string.h>

static size_t section_bits(const struct loom_section *section) {
    size_t bits = 1;
    for (unsigned i = 0; i < section->digits; i++) {
        bits *= section->digit[i].count;
    }
    return bits;
}

static size_t unit_bits(const struct loom_layout *layout) {
    return (size_t)layout->rows * layout->unit_k * layout->bits;
}

size_t reference_stream_bytes(const struct loom_layout *layout, size_t m, size_t k_padded) {
    const size_t blocks = (m + layout->rows - 1) / layout->rows;
    return blocks * (k_padded / layout->unit_k) * unit_bits(layout) / 8;
}

/* Walks the bits of a section from the least significant one: its digits count upwards, and
 * `at` is the row, k and plane (by enum loom_axis) of the bit. */
struct walk {
    size_t digit[LOOM_MAX_DIGITS];
    size_t at[3];
};

static struct walk walk_start(const struct loom_section *section) {
    struct walk walk = {0};
    walk.at[LOOM_AXIS_PLANE] = section->first_plane;
    return walk;
}

static void walk_on(struct walk *walk, const struct loom_section *section) {
    for (unsigned i = 0; i < section->digits; i++) {
        const struct loom_digit *digit = &section->digit[i];
        if (++walk->digit[i] < digit->count) {
            walk->at[digit->axis] += digit->stride;
            return;
        }
        walk->digit[i] = 0;
        walk->at[digit->axis] -= (size_t)(digit->count - 1) * digit->stride;
    }
}

struct matrix {
    const uint8_t *codes;
    size_t m, k, k_padded;
};

/* One bit of every unit: the one at `bit` of it, which is that of the code `at` in the unit. */
static void pack_bit(const struct loom_layout *layout, uint8_t *stream, const struct matrix *w,
                     size_t bit, const size_t at[3]) {
    const size_t unit_bytes = unit_bits(layout) / 8, units = w->k_padded / layout->unit_k;
    const uint8_t mask = (uint8_t)(1u << bit % 8);
    uint8_t *block = stream + bit / 8;
    for (size_t row = at[LOOM_AXIS_ROW]; row < w->m; row += layout->rows) {
        const uint8_t *codes = w->codes + row * w->k;
        uint8_t *out = block;
        for (size_t k = at[LOOM_AXIS_K]; k < w->k; k += layout->unit_k) {
            if (codes[k] >> at[LOOM_AXIS_PLANE] & 1) {
                *out |= mask;
            }
            out += unit_bytes;
        }
        block += units * unit_bytes;
    }
}

void reference_pack(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                    size_t m, size_t k, size_t k_padded) {
    const struct matrix w = {codes, m, k, k_padded};
    size_t bit = 0;
    memset(stream, 0, reference_stream_bytes(layout, m, k_padded));
    for (unsigned s = 0; s < layout->sections; s++) {
        const struct loom_section *section = &layout->section[s];
        const size_t end = bit + section_bits(section);
        for (struct walk walk = walk_start(section); bit < end; bit++) {
            pack_bit(layout, stream, &w, bit, walk.at);
            walk_on(&walk, section);
        }
    }
}
