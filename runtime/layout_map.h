/* A layout as maps of bits, for packing and unpacking. Not for users of the library.
 *
 * The place of a bit in a section is the sum of a part that its row gives and a part that its
 * symbol and plane give, since each digit of a layout moves along one axis. So the bits of a row
 * move in the same way in every unit: words of the row's symbols become targets, words of its bytes
 * in the section, by steps, for as many rows and units at once as vectors have lanes. Unpacking
 * takes the same steps backwards, sorted by the words that they make. */
#ifndef LOOM_LAYOUT_MAP_H
#define LOOM_LAYOUT_MAP_H

#include "layout.h"

/* A symbol of the source has 1, 2, 4 or 8 bits, so that words of 32 bits have whole ones. A target
 * has 4 bits or more, but for the last one of a section. */
enum {
    LOOM_MAX_SOURCE_WORDS = LOOM_MAX_UNIT_K / 4,
    LOOM_MAX_TARGETS = LOOM_MAX_UNIT_BITS / 4 + LOOM_MAX_SECTIONS,
    LOOM_MAX_SWAPS = 4,
};

/* Bits that move by so many places, to the left or to the right. The mask is of the side where they
 * are lower. */
struct loom_step {
    uint8_t word, by; /* of the source; for the way back, a target */
    uint32_t mask;
};

/* Brings 32 bits together: the first `lefts` steps move to the left, the others to the right. */
struct loom_moves {
    uint16_t lefts, steps;
    const struct loom_step *step;
};

/* Exchanges the bits `mask` with those `up` bits above. */
struct loom_swap {
    uint8_t up;
    uint32_t mask;
};

/* Four bytes of a section that a row has bits in, or fewer: moves bring the bits together, then
 * swaps, from the last one to the first, bring them to their places. */
struct loom_target {
    uint8_t columns, swaps;
    uint8_t run; /* 1: the columns are neighbours, four of them */
    struct loom_moves moves;
    uint16_t column[4]; /* the bytes, counted from that of the row's bits */
    struct loom_swap swap[LOOM_MAX_SWAPS];
};

struct loom_section_map {
    size_t bytes; /* in a unit */
    uint8_t flip;
    uint8_t shared;              /* bytes have bits of several rows */
    size_t adjacent;             /* from each multiple of this on, so many rows' bits begin 4 bytes
                                    behind those of the row before */
    uint32_t row[LOOM_MAX_ROWS]; /* the bit where a row's bits are counted from */
    size_t targets, first_target;
};

struct loom_layout_map {
    size_t rows, unit_k, unit_bytes, symbol_k, symbols, sections;
    unsigned bits; /* of a symbol of the source */
    size_t words;  /* of a row's unit there */
    struct loom_section_map section[LOOM_MAX_SECTIONS];
    size_t targets, steps;
    struct loom_target target[LOOM_MAX_TARGETS];
    struct loom_moves word[LOOM_MAX_SOURCE_WORDS]; /* the way back: loom_layout_map_back */
    struct loom_step step[LOOM_MAX_UNIT_BITS], back[LOOM_MAX_UNIT_BITS];
};

/* For a source whose symbols have so many bits: 8, or those of the layout's planes where that is 1,
 * 2 or 4 and a unit's are whole words. */
void loom_layout_map(struct loom_layout_map *map, const struct loom_layout *layout, unsigned bits);

/* Adds the way back, which unpacking takes. */
void loom_layout_map_back(struct loom_layout_map *map);

#endif
