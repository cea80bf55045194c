/* Layouts: rows of codes to the packed stream and back.
 *
 * A row's codes of a unit become symbols, a byte each, then dense bytes (layout_map.h). Packing
 * takes 8 bytes of the unit at a time from tables of them; unpacking goes bit by bit. */
#include <string.h>

#include "join.h"
#include "layout_map.h"

/* Units of a row that are packed before the next row's: some cache lines of codes. Their dense
 * bytes are so far apart. */
enum { CHUNK_UNITS = 8, DENSE_STRIDE = LOOM_DENSE_BYTES + 8 };

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* ---- Pack ------------------------------------------------------------------------------ */

/* The dense bytes of a unit, and up to 7 more. */
static inline void join_symbols(uint8_t *dense, const uint8_t *symbols, size_t count,
                                unsigned bits) {
    for (size_t s = 0; s < count; s += 8, dense += bits) {
        loom_store_bytes(dense, loom_join_fields(loom_load_bytes(symbols + s), bits), 8);
    }
}

/* The usual numbers of bits are constants to the compiler. */
static void make_dense(uint8_t *dense, const uint8_t *symbols, size_t count, size_t bits) {
    switch (bits) {
    case 1:
        join_symbols(dense, symbols, count, 1);
        break;
    case 2:
        join_symbols(dense, symbols, count, 2);
        break;
    case 4:
        join_symbols(dense, symbols, count, 4);
        break;
    default:
        join_symbols(dense, symbols, count, (unsigned)bits);
    }
}

/* A row's lane in each unit of a chunk, as the bytes stand in memory. */
struct lanes {
    uint64_t unit[CHUNK_UNITS];
};

static struct lanes look_up(const struct loom_layout_map *map, size_t lookups,
                            const struct loom_lookup *lookup, const uint8_t *dense, uint8_t flip) {
    struct lanes lanes;
    memset(&lanes, flip, sizeof lanes);
    for (size_t i = 0; i < lookups; i++) {
        const uint64_t *const table = map->table[lookup[i].table];
        const uint8_t *const from = dense + lookup[i].from;
        for (size_t u = 0; u < CHUNK_UNITS; u++) {
            lanes.unit[u] ^= table[from[u * DENSE_STRIDE]];
        }
    }
    return lanes;
}

/* Whole bytes of a column, or of four columns that are neighbours. */
static inline void store_columns(uint8_t *restrict to, size_t stride, const uint8_t *restrict bytes,
                                 size_t units, size_t columns) {
    for (size_t u = 0; u < units; u++) {
        memcpy(to + u * stride, bytes + 8 * u, columns);
    }
}

/* What a row adds to bytes that it shares. No bit is shifted out of them. */
static void add_column(uint8_t *restrict to, size_t stride, const uint8_t *restrict bytes,
                       size_t units, unsigned shift) {
    for (size_t u = 0; u < units; u++) {
        to[u * stride] ^= (uint8_t)(bytes[8 * u] << shift);
    }
}

/* `bit` is where the row's bits begin. */
static void store_lane(uint8_t *unit, size_t stride, size_t units, uint32_t bit,
                       const struct loom_section_map *section, const struct loom_lane *lane,
                       const struct lanes *lanes) {
    const uint8_t *const bytes = (const uint8_t *)lanes->unit;
    uint8_t *const row = unit + bit / 8;
    for (size_t c = 0; c < lane->columns; c += lane->run) {
        uint8_t *const to = row + lane->column[c];
        if (section->shared) {
            add_column(to, stride, bytes + c, units, bit % 8);
        } else if (lane->run == 4) {
            store_columns(to, stride, bytes + c, units, 4);
        } else if (units == CHUNK_UNITS) {
            store_columns(to, stride, bytes + c, CHUNK_UNITS, 1);
        } else {
            store_columns(to, stride, bytes + c, units, 1);
        }
    }
}

static void pack_dense(const struct loom_layout_map *map, uint8_t *unit, size_t units, size_t row,
                       const uint8_t *dense) {
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_lookup *lookup = section->lookup;
        for (size_t l = 0; l < section->lanes; l++) {
            const struct loom_lane *const lane = &section->lane[l];
            const struct lanes lanes =
                look_up(map, lane->lookups, lookup, dense, section->shared ? 0 : section->flip);
            store_lane(unit, map->unit_bytes, units, section->row[row], section, lane, &lanes);
            lookup += lane->lookups;
        }
        unit += section->bytes;
    }
}

/* ---- Codes of a chunk ------------------------------------------------------------------ */

static uint8_t largest_of(const uint8_t *codes, size_t count) {
    uint8_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = codes[i] > largest ? codes[i] : largest;
    }
    return largest;
}

/* Codes and zeros up to the end of a chunk; the codes themselves if they fill it. */
static const uint8_t *fill_chunk(const struct loom_layout_map *map, uint8_t *padded,
                                 const uint8_t *codes, size_t width) {
    const size_t all = CHUNK_UNITS * map->unit_k;
    if (width == all) {
        return codes;
    }
    memcpy(padded, codes, width);
    memset(padded + width, 0, all - width);
    return padded;
}

/* `width` codes of a row; false if one is above max_code. */
static int dense_of_codes(const struct loom_layout_map *map, uint8_t *dense, const uint8_t *codes,
                          size_t width, uint8_t max_code) {
    uint8_t padded[CHUNK_UNITS * LOOM_MAX_UNIT_K], symbols[8 * LOOM_DENSE_BYTES];
    if (largest_of(codes, width) > max_code) {
        return 0;
    }
    codes = fill_chunk(map, padded, codes, width);
    for (size_t u = 0; u < CHUNK_UNITS; u++, codes += map->unit_k, dense += DENSE_STRIDE) {
        if (map->symbol_k > 1) {
            loom_symbols(map->symbol_k, symbols, codes, map->symbols);
        }
        make_dense(dense, map->symbol_k > 1 ? symbols : codes, map->symbols, map->planes);
    }
    return 1;
}

/* Code number `index` of fields of `bits` bits. */
static uint8_t field_at(const uint8_t *fields, size_t index, unsigned bits) {
    const size_t bit = index * bits;
    unsigned two = fields[bit / 8];
    if (bit % 8 + bits > 8) {
        two |= (unsigned)fields[bit / 8 + 1] << 8;
    }
    return (uint8_t)(two >> bit % 8 & ((1u << bits) - 1));
}

static inline void codes_of_fields(uint8_t *codes, const uint8_t *fields, size_t count,
                                   unsigned bits) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint8_t eight[8] = {0};
        memcpy(eight, fields + i / 8 * bits, bits);
        loom_store_bytes(codes + i, loom_split_fields(loom_load_bytes(eight), bits), 8);
    }
    for (; i < count; i++) {
        codes[i] = field_at(fields, i, bits);
    }
}

/* Whether a pair of bits is 3, which no ternary code is. */
static int has_three(const uint8_t *fields, size_t bytes) {
    uint8_t both = 0;
    for (size_t i = 0; i < bytes; i++) {
        both |= fields[i] & fields[i] >> 1 & 0x55;
    }
    return both != 0;
}

/* The usual sizes are constants to the compiler. */
static void copy_dense(uint8_t *dense, const uint8_t *fields, size_t bytes) {
    switch (bytes) {
    case 4:
        memcpy(dense, fields, 4);
        break;
    case 8:
        memcpy(dense, fields, 8);
        break;
    case 16:
        memcpy(dense, fields, 16);
        break;
    default:
        memcpy(dense, fields, bytes);
    }
}

/* Fields are dense already, where a symbol is one code. */
static int dense_of_fields(const struct loom_layout_map *map, uint8_t *dense,
                           const struct loom_source *source, const uint8_t *fields, size_t width) {
    uint8_t codes[CHUNK_UNITS * LOOM_MAX_UNIT_K];
    if (map->symbol_k == 1 && width == CHUNK_UNITS * map->unit_k) {
        if (source->max_code == 2 && has_three(fields, CHUNK_UNITS * map->dense_bytes)) {
            return 0;
        }
        for (size_t u = 0; u < CHUNK_UNITS; u++) {
            copy_dense(dense + u * DENSE_STRIDE, fields + u * map->dense_bytes, map->dense_bytes);
        }
        return 1;
    }
    if (source->bits == 2) { /* a constant to the compiler */
        codes_of_fields(codes, fields, width, 2);
    } else {
        codes_of_fields(codes, fields, width, source->bits);
    }
    return dense_of_codes(map, dense, codes, width, source->max_code);
}

/* `width` codes of a row from code `first` on, and zeros. */
static int dense_of(const struct loom_layout_map *map, uint8_t *dense,
                    const struct loom_source *source, size_t row, size_t first, size_t width) {
    const uint8_t *const bytes = source->bytes + row * source->row_bytes;
    if (width == 0) {
        return dense_of_codes(map, dense, source->bytes, 0, source->max_code);
    }
    if (source->bits == 8) {
        return dense_of_codes(map, dense, bytes + first, width, source->max_code);
    }
    return dense_of_fields(map, dense, source, bytes + first / 8 * source->bits, width);
}

/* ---- A row block ----------------------------------------------------------------------- */

/* Bytes that rows share begin as what is inverted in them. */
static void begin_units(const struct loom_layout_map *map, uint8_t *unit, size_t units) {
    for (size_t i = 0; i < units * map->sections; i++) {
        const struct loom_section_map *const section = &map->section[i % map->sections];
        if (section->shared) {
            memset(unit, section->flip, section->bytes);
        }
        unit += section->bytes;
    }
}

/* `units` units of a row block whose first row is `block_row`, from code `first` on. */
static loom_status pack_chunk(const struct loom_layout_map *map, uint8_t *unit, size_t units,
                              const struct loom_source *source, size_t block_row, size_t first) {
    const size_t k_left = source->k - min_size(first, source->k);
    const size_t width = min_size(units * map->unit_k, k_left);
    uint8_t dense[CHUNK_UNITS * DENSE_STRIDE];
    begin_units(map, unit, units);
    for (size_t r = 0; r < map->rows; r++) {
        const size_t row = block_row + r;
        if (!dense_of(map, dense, source, row, first, row < source->m ? width : 0)) {
            return LOOM_ERROR_VALUE;
        }
        pack_dense(map, unit, units, r, dense);
    }
    return LOOM_OK;
}

loom_status loom_pack_codes(const struct loom_layout *layout, uint8_t *stream,
                            const struct loom_source *source, size_t k_padded, size_t begin,
                            size_t end) {
    struct loom_layout_map map;
    if (!loom_layout_map(&map, layout)) {
        return LOOM_ERROR_FORMAT;
    }
    const size_t all = (k_padded + map.unit_k - 1) / map.unit_k;
    uint8_t *unit = stream + begin / map.rows * all * map.unit_bytes;
    for (size_t row = begin; row < end; row += map.rows) {
        for (size_t u = 0; u < all; u += CHUNK_UNITS) {
            const size_t units = min_size(CHUNK_UNITS, all - u);
            const loom_status status = pack_chunk(&map, unit, units, source, row, u * map.unit_k);
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
    for (size_t s = 0; s < map->symbols; s++) {
        for (size_t p = 0; p < map->planes; p++, dense++) {
            const uint32_t bit = section->row[row] + (uint32_t)*dense;
            if (*dense >= 0) {
                symbols[s] |= (uint8_t)(((unsigned)from[bit / 8] ^ section->flip) >> bit % 8 & 1u)
                              << p;
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
