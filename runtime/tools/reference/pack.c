/* The packed stream of layout.h, bit by bit. */
#include "reference/reference.h"

#include <stdbool.h>
#include <string.h>

static size_t section_bits(const struct loom_section *section) {
    size_t bits = section->listed ? 8 : 1;
    for (unsigned i = 0; i < section->digits; i++) {
        bits *= section->digit[i].count;
    }
    return bits;
}

static size_t unit_bits(const struct loom_layout *layout) {
    return (size_t)layout->rows * layout->unit_k / layout->symbol_k * layout->bits;
}

static size_t units_of(const struct loom_layout *layout, size_t k_padded) {
    return (k_padded + layout->unit_k - 1) / layout->unit_k;
}

/* Code `index` (0 to 4) of a symbol of 5, by the table in the Khronos Data Format Specification. */
static unsigned trit_of(unsigned symbol, unsigned index) {
    const unsigned c = (symbol & 0x1c) == 0x1c ? (symbol >> 5 << 2 | (symbol & 3)) : symbol & 31;
    const unsigned last_two[2] = {(symbol & 0x1c) == 0x1c   ? 2
                                  : (symbol & 0x60) == 0x60 ? symbol >> 7
                                                            : symbol >> 5 & 3,
                                  (symbol & 0x1c) == 0x1c || (symbol & 0x60) == 0x60 ? 2
                                                                                     : symbol >> 7};
    const unsigned c01[3] = {(c >> 3 & 1) << 1 | ((c >> 2 & 1) & ~(c >> 3 & 1)), c >> 4, 2};
    const unsigned c23[3] = {c & 3, 2, 2};
    const unsigned none[3] = {(c >> 1 & 1) << 1 | ((c & 1) & ~(c >> 1 & 1)), c >> 2 & 3, c >> 4};
    if (index >= 3) {
        return last_two[index - 3];
    }
    return (c & 3) == 3 ? c01[index] : (c & 12) == 12 ? c23[index] : none[index];
}

/* Code `index` (0 to 2) of a symbol of 3: the magnitude of a number in base 3 with the digits -1, 0
 * and 1, and bit 4 for a number below 0. */
static unsigned signed_of(unsigned symbol, unsigned index) {
    static const int8_t digits[14][3] = {{0, 0, 0},   {1, 0, 0},  {-1, 1, 0}, {0, 1, 0},  {1, 1, 0},
                                         {-1, -1, 1}, {0, -1, 1}, {1, -1, 1}, {-1, 0, 1}, {0, 0, 1},
                                         {1, 0, 1},   {-1, 1, 1}, {0, 1, 1},  {1, 1, 1}};
    const unsigned magnitude = symbol & 15;
    const int digit = magnitude < 14 ? digits[magnitude][index] : 0;
    return (unsigned)(symbol >= 16 ? 1 - digit : 1 + digit);
}

/* A row's symbols: each is `count` codes, `stride` apart. Of several codes it is the smallest
 * symbol that holds them, listed by these as a number in base 3, the first the lowest. */
struct symbols {
    size_t count, stride;
    uint8_t of[243];
};

static void list_symbols(struct symbols *symbols, const struct loom_layout *layout) {
    symbols->count = layout->symbol_k;
    symbols->stride = layout->unit_k / symbols->count;
    for (unsigned symbol = symbols->count == 3 ? 32 : 256; symbol-- > 0;) {
        unsigned number = 0;
        for (unsigned i = symbols->count > 1 ? layout->symbol_k : 0; i-- > 0;) {
            const unsigned code = symbols->count == 3 ? signed_of(symbol, i) : trit_of(symbol, i);
            number = 3 * number + code;
        }
        symbols->of[number] = (uint8_t)symbol;
    }
}

/* The symbol of the codes from `at` on; those past `k` are 0. */
static unsigned symbol_of(const struct symbols *symbols, const uint8_t *codes, size_t at,
                          size_t k) {
    if (symbols->count == 1) {
        return at < k ? codes[at] : 0;
    }
    unsigned number = 0;
    for (size_t i = symbols->count; i-- > 0;) {
        const size_t code = at + i * symbols->stride;
        number = 3 * number + (code < k ? codes[code] : 0);
    }
    return symbols->of[number];
}

size_t reference_stream_bytes(const struct loom_layout *layout, size_t m, size_t k_padded) {
    const size_t blocks = (m + layout->rows - 1) / layout->rows;
    return blocks * units_of(layout, k_padded) * unit_bits(layout) / 8;
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
    struct symbols symbols;
};

/* One bit of every unit: the one at `bit` of it, which is that of the symbol `at` in the unit, or
 * its inverse. */
static void pack_bit(const struct loom_layout *layout, uint8_t *stream, const struct matrix *w,
                     size_t bit, const size_t at[3], unsigned flip) {
    const size_t unit_bytes = unit_bits(layout) / 8, units = units_of(layout, w->k_padded);
    const size_t unit_k = layout->unit_k;
    const uint8_t mask = (uint8_t)(1u << bit % 8);
    const size_t blocks = (w->m + layout->rows - 1) / layout->rows;
    uint8_t *out = stream + bit / 8;
    for (size_t block = 0; block < blocks; block++) {
        const size_t row = block * layout->rows + at[LOOM_AXIS_ROW];
        const size_t existing = row < w->m ? w->k : 0;
        const uint8_t *codes = w->codes + (row < w->m ? row * w->k : 0);
        for (size_t k = at[LOOM_AXIS_K]; k < units * unit_k; k += unit_k) {
            if ((symbol_of(&w->symbols, codes, k, existing) >> at[LOOM_AXIS_PLANE] & 1) != flip) {
                *out |= mask;
            }
            out += unit_bytes;
        }
    }
}

void reference_pack(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                    size_t m, size_t k, size_t k_padded) {
    struct matrix w = {.codes = codes, .m = m, .k = k, .k_padded = k_padded};
    size_t bit = 0;
    list_symbols(&w.symbols, layout);
    memset(stream, 0, reference_stream_bytes(layout, m, k_padded));
    for (unsigned s = 0; s < layout->sections; s++) {
        const struct loom_section *section = &layout->section[s];
        const size_t end = bit + section_bits(section);
        for (struct walk walk = walk_start(section); bit < end; bit++) {
            const struct loom_bit place = section->bit[bit % 8];
            const size_t at[3] = {walk.at[0], walk.at[1] + place.k, walk.at[2] + place.plane};
            pack_bit(layout, stream, &w, bit, at, section->flip >> bit % 8 & 1u);
            if (!section->listed || bit % 8 == 7) {
                walk_on(&walk, section);
            }
        }
    }
}
