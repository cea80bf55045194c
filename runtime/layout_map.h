/* A layout as maps of bits, for packing and unpacking. Not for users of the library.
 *
 * The place of a bit in a section is the sum of a part that its row gives and a part that its
 * symbol and plane give, since each digit of a layout moves along one axis. */
#ifndef LOOM_LAYOUT_MAP_H
#define LOOM_LAYOUT_MAP_H

#include "layout.h"

/* A row's symbols of a unit are `dense`: bit p of symbol s is bit s * planes + p. Of all tables
 * LOOM_MAP_TABLES may differ: of a layout that is generated 8, of 5 and 6 bits 30 and 36. */
enum { LOOM_DENSE_BYTES = LOOM_MAX_UNIT_BITS / 8, LOOM_MAP_TABLES = 36 };

/* 8 bytes of a section, or fewer, that a row has bits in. Together they are the exclusive or of
 * table[table][dense[from]] for `lookups` lookups, as bytes in memory. */
struct loom_lane {
    uint8_t lookups, columns;
    uint16_t column[8]; /* the bytes, counted from that of the row's bits */
    uint8_t run;        /* so many columns are neighbours: 1 or 4 */
};

struct loom_lookup {
    uint8_t from, table;
};

struct loom_section_map {
    size_t bytes; /* in a unit */
    uint8_t flip;
    uint8_t shared;                      /* bytes have bits of several rows */
    uint32_t row[LOOM_MAX_ROWS];         /* the bit where a row's bits are counted from */
    int32_t dense[8 * LOOM_DENSE_BYTES]; /* the bit that a bit of dense is; negative: none */
    size_t lanes;
    struct loom_lane lane[LOOM_MAX_UNIT_BITS / 8];
    struct loom_lookup lookup[LOOM_MAX_UNIT_BITS]; /* the first lane's, then the next one's */
};

struct loom_layout_map {
    size_t rows, unit_k, unit_bytes, symbol_k, symbols, planes, dense_bytes, sections;
    struct loom_section_map section[LOOM_MAX_SECTIONS];
    size_t tables;
    uint64_t table[LOOM_MAP_TABLES][256];
};

/* False where a layout needs more tables. */
int loom_layout_map(struct loom_layout_map *map, const struct loom_layout *layout);

#endif
