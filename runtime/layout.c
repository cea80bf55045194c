/* Layouts: rows of codes to the packed stream and back.
 *
 * A row's codes of a unit become symbols, a byte each, then dense bytes (layout_map.h). Packing
 * takes 8 bytes of the unit at a time from tables of them; unpacking goes bit by bit. */
#include <string.h>

#include "layout_map.h"

/* Units of a row that are packed before the next row's: some cache lines of codes. */
enum { CHUNK_UNITS = 8 };

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---- Pack ------------------------------------------------------------------------------ */

static uint64_t load_bytes(const uint8_t *from) {
    uint64_t bytes = 0;
    for (unsigned i = 0; i < 8; i++) {
        bytes |= (uint64_t)from[i] << 8 * i;
    }
    return bytes;
}

/* Bit 0 of 8 bytes, side by side: the product brings that of byte i to bit 56 + i. */
static uint8_t join_bits(uint64_t bytes) {
    return (uint8_t)((bytes & 0x0101010101010101) * 0x0102040810204080 >> 56);
}

static void make_dense(uint8_t *dense, const uint8_t *symbols, size_t count, size_t planes) {
    for (size_t s = 0; s < count; s += 8) {
        const uint64_t bytes = load_bytes(symbols + s);
        for (size_t p = 0; p < planes; p++) {
            *dense++ = join_bits(bytes >> p);
        }
    }
}

/* No bit of a row's part of a byte is shifted out of the byte. */
static void pack_lane(const struct loom_lane *lane, const struct loom_lookup *lookup,
                      const uint64_t (*table)[256], const uint8_t *dense, uint8_t *to,
                      unsigned shift) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < lane->lookups; i++) {
        bytes ^= table[lookup[i].table][dense[lookup[i].from]];
    }
    bytes <<= shift;
    for (size_t c = 0; c < lane->columns; c++) {
        to[lane->column[c]] ^= (uint8_t)(bytes >> 8 * c);
    }
}

static void pack_symbols(const struct loom_layout_map *map, uint8_t *unit, size_t row,
                         const uint8_t *symbols) {
    uint8_t dense[LOOM_DENSE_BYTES];
    make_dense(dense, symbols, map->symbols, map->planes);
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_lookup *lookup = section->lookup;
        const uint32_t bit = section->row[row];
        for (size_t l = 0; l < section->lanes; l++) {
            pack_lane(&section->lane[l], lookup, map->table, dense, unit + bit / 8, bit % 8);
            lookup += section->lane[l].lookups;
        }
        unit += section->bytes;
    }
}

/* `width` codes of a row, and zeros up to a unit. */
static void pack_codes(const struct loom_layout_map *map, uint8_t *unit, size_t row,
                       const uint8_t *codes, size_t width) {
    uint8_t padded[LOOM_MAX_UNIT_K], symbols[8 * LOOM_DENSE_BYTES];
    if (width < map->unit_k) {
        memcpy(padded, codes, width);
        memset(padded + width, 0, map->unit_k - width);
        codes = padded;
    }
    if (map->symbol_k > 1) {
        for (size_t s = 0; s < map->symbols; s++) {
            symbols[s] = loom_symbol(map->symbol_k, codes + s, map->symbols);
        }
        codes = symbols;
    }
    pack_symbols(map, unit, row, codes);
}

static void begin_units(const struct loom_layout_map *map, uint8_t *unit, size_t units) {
    for (size_t i = 0; i < units * map->sections; i++) {
        const struct loom_section_map *const section = &map->section[i % map->sections];
        memset(unit, section->flip, section->bytes);
        unit += section->bytes;
    }
}

static uint8_t largest_of(const uint8_t *codes, size_t count) {
    uint8_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = codes[i] > largest ? codes[i] : largest;
    }
    return largest;
}

/* `rows` rows of a row block, `units` units of each: `width` codes and zeros. */
static loom_status pack_chunk(const struct loom_layout_map *map, uint8_t *unit,
                              const uint8_t *codes, size_t k, size_t rows, size_t units,
                              size_t width, uint8_t max_code) {
    begin_units(map, unit, units);
    for (size_t row = 0; row < map->rows; row++) {
        const size_t row_width = row < rows ? width : 0;
        const uint8_t *const from = row < rows ? codes + row * k : codes;
        if (largest_of(from, row_width) > max_code) {
            return LOOM_ERROR_VALUE;
        }
        for (size_t u = 0; u < units; u++) {
            const size_t first = min_size(u * map->unit_k, row_width);
            pack_codes(map, unit + u * map->unit_bytes, row, from + first,
                       min_size(map->unit_k, row_width - first));
        }
    }
    return LOOM_OK;
}

loom_status loom_pack_codes(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                            size_t m, size_t k, size_t k_padded, uint8_t max_code, size_t begin,
                            size_t end) {
    struct loom_layout_map map;
    if (!loom_layout_map(&map, layout)) {
        return LOOM_ERROR_FORMAT;
    }
    const size_t all = (k_padded + map.unit_k - 1) / map.unit_k;
    uint8_t *unit = stream + begin / map.rows * all * map.unit_bytes;
    for (size_t row = begin; row < end; row += map.rows) {
        for (size_t u = 0; u < all; u += CHUNK_UNITS) {
            const size_t from = min_size(u * map.unit_k, k), units = min_size(CHUNK_UNITS, all - u);
            const loom_status status =
                pack_chunk(&map, unit, codes + row * k + from, k, min_size(map.rows, m - row),
                           units, min_size(units * map.unit_k, k - from), max_code);
            if (status != LOOM_OK) {
                return status;
            }
            unit += units * map.unit_bytes;
        }
    }
    return LOOM_OK;
}

/* ---- Unpack ---------------------------------------------------------------------------- */

static void unpack_section(const struct loom_layout_map *map,
                           const struct loom_section_map *section, const uint8_t *from, size_t row,
                           uint8_t *symbols) {
    const int32_t *dense = section->dense;
    for (size_t s = 0; s < map->symbols; s += 8) {
        for (size_t p = 0; p < map->planes; p++) {
            for (size_t i = 0; i < 8; i++, dense++) {
                const uint32_t bit = section->row[row] + (uint32_t)*dense;
                if (*dense >= 0) {
                    symbols[s + i] |=
                        (uint8_t)(((unsigned)from[bit / 8] ^ section->flip) >> bit % 8 & 1u) << p;
                }
            }
        }
    }
}

/* `width` codes of a row. */
static void unpack_row(const struct loom_layout_map *map, const uint8_t *unit, size_t row,
                       uint8_t *codes, size_t width) {
    uint8_t symbols[8 * LOOM_DENSE_BYTES] = {0}, row_codes[LOOM_MAX_UNIT_K];
    for (size_t s = 0; s < map->sections; s++) {
        unpack_section(map, &map->section[s], unit, row, symbols);
        unit += map->section[s].bytes;
    }
    for (size_t s = 0; s < map->symbols; s++) {
        loom_symbol_codes(map->symbol_k, symbols[s], row_codes + s, map->symbols);
    }
    memcpy(codes, row_codes, width);
}

loom_status loom_unpack_codes(const struct loom_layout *layout, const uint8_t *stream,
                              uint8_t *codes, size_t k, size_t k_padded, size_t begin, size_t end) {
    struct loom_layout_map map;
    if (!loom_layout_map(&map, layout)) {
        return LOOM_ERROR_FORMAT;
    }
    for (size_t row = begin; row < end; row++) {
        const uint8_t *const block = stream + row / map.rows * loom_block_bytes(layout, k_padded);
        for (size_t first = 0; first < k; first += map.unit_k) {
            unpack_row(&map, block + first / map.unit_k * map.unit_bytes, row % map.rows,
                       codes + row * k + first, min_size(map.unit_k, k - first));
        }
    }
    return LOOM_OK;
}
