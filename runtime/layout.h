/* Where the bits of packed weights are. Not for users of the library. */
#ifndef LOOM_LAYOUT_H
#define LOOM_LAYOUT_H

#include "loom.h"

static inline size_t loom_min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* One digit of a position in the packed stream: `count` steps of `stride` along `axis`. */
enum loom_axis { LOOM_AXIS_ROW, LOOM_AXIS_K, LOOM_AXIS_PLANE };
struct loom_digit {
    uint8_t axis;
    uint16_t count, stride;
};

/* A run of bits in a unit: digits from the least significant bit upwards. The first counts are
 * powers of two until their product is 8 or more: the bits of every byte of the section then come
 * from the same places, relative to the first. Where symbols straddle the digits of a byte it is
 * `listed`: 8 places in a row, the same for every byte, to which the digits add. */
enum { LOOM_MAX_DIGITS = 10, LOOM_MAX_SECTIONS = 2 };

/* The largest row block, and the most codes and bits of one row in a unit: they bound the stack
 * that packing and partial row blocks need. */
enum { LOOM_MAX_ROWS = 256, LOOM_MAX_UNIT_K = 160, LOOM_MAX_UNIT_BITS = 512 };
struct loom_section {
    uint8_t first_plane; /* added to the plane the digits give */
    uint8_t flip;        /* of every byte, the bits that are stored inverted */
    uint8_t digits;
    struct loom_digit digit[LOOM_MAX_DIGITS];
    uint8_t listed; /* 1: bit[] has the 8 bits of a byte, the digits place bytes */
    struct loom_bit {
        uint8_t k, plane; /* a symbol of the row, a plane of it */
    } bit[8];
};

/* Where the bits of the weights are. The packed stream is
 *     [row block][unit along K][section][bits of the section]
 * a unit being `rows` rows by `unit_k` codes, as symbols of `bits` planes. A symbol is one code, or
 * `symbol_k` of them (symbol.c): symbol s of a row's S = unit_k / symbol_k in a unit holds the
 * codes at s, s + S, s + 2 S ... Bit b of a section is the bit of a symbol whose row, k (counted in
 * symbols) and plane are the sums of digit * stride, with b written in the mixed radix of the
 * counts, after the 8 bits of the list if there is one. A unit's bytes are a multiple of 4; the
 * last unit may reach beyond the padded K. */
struct loom_layout {
    const char *name;
    uint16_t rows;   /* rows of a row block */
    uint16_t unit_k; /* codes along K of a unit; divides k_group where a symbol is one code */
    uint8_t bits, symbol_k;
    uint8_t sections;
    struct loom_section section[LOOM_MAX_SECTIONS];
};

static inline size_t loom_unit_symbols(const struct loom_layout *layout) {
    return (size_t)layout->unit_k / layout->symbol_k;
}
static inline size_t loom_unit_bytes(const struct loom_layout *layout) {
    return layout->rows * loom_unit_symbols(layout) * layout->bits / 8;
}

/* Bytes of a row block of the packed stream. */
static inline size_t loom_block_bytes(const struct loom_layout *layout, size_t k_padded) {
    return (k_padded + layout->unit_k - 1) / layout->unit_k * loom_unit_bytes(layout);
}

/* `count` symbols of 3 or 5 codes: those of symbol s are at s, s + count, s + 2 count ... And the
 * codes of symbols, which may be of 1, too (symbol.c). */
void loom_symbols(size_t symbol_k, uint8_t *symbols, const uint8_t *codes, size_t count);
void loom_symbol_codes(size_t symbol_k, uint8_t *codes, const uint8_t *symbols, size_t count);

/* Codes of a matrix: M rows of K, row-major. */
struct loom_source {
    const uint8_t *bytes; /* of row 0 */
    size_t row_bytes;     /* from a row to the next */
    unsigned bits;        /* of a code in it: 8, or as few as the layout's symbols need */
    uint8_t max_code;     /* 2: the codes are ternary */
    size_t m, k;
};

/* Packs and unpacks rows [begin, end), layout alone, no scales. The same on every ISA: layout.c is
 * compiled for some of them, which makes it a quarter faster (RESULTS.md).
 * LOOM_ERROR_VALUE: a code above max_code. */
struct loom_packer {
    loom_status (*pack)(const struct loom_layout *layout, uint8_t *stream,
                        const struct loom_source *source, size_t k_padded, size_t begin,
                        size_t end);
    void (*unpack)(const struct loom_layout *layout, const uint8_t *stream, uint8_t *codes,
                   size_t k, size_t k_padded, size_t begin, size_t end);
};
extern const struct loom_packer loom_packer_c;

#endif
