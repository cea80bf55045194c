/* The packed stream of kernel.h, bit by bit. */
#include "reference.h"

#include <string.h>

static size_t section_bits(const struct loom_section *section) {
    size_t bits = 1;
    for (unsigned i = 0; i < section->digits; i++)
        bits *= section->digit[i].count;
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
    size_t m, k;
};

static void pack_section(const struct loom_section *section, uint8_t *out, size_t first_bit,
                         const struct matrix *w, size_t row, size_t k) {
    const size_t end = first_bit + section_bits(section);
    struct walk walk = walk_start(section);
    for (size_t bit = first_bit; bit < end; bit++) {
        const size_t r = row + walk.at[LOOM_AXIS_ROW], c = k + walk.at[LOOM_AXIS_K];
        if (r < w->m && c < w->k && w->codes[r * w->k + c] >> walk.at[LOOM_AXIS_PLANE] & 1)
            out[bit / 8] |= (uint8_t)(1u << bit % 8);
        walk_on(&walk, section);
    }
}

void reference_pack(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                    size_t m, size_t k, size_t k_padded) {
    const struct matrix w = {codes, m, k};
    size_t bit = 0;
    memset(stream, 0, reference_stream_bytes(layout, m, k_padded));
    for (size_t row = 0; row < m; row += layout->rows)
        for (size_t at = 0; at < k_padded; at += layout->unit_k)
            for (unsigned s = 0; s < layout->sections; s++) {
                pack_section(&layout->section[s], stream, bit, &w, row, at);
                bit += section_bits(&layout->section[s]);
            }
}
