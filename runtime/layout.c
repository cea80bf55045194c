/* Layouts: rows of codes to the packed stream and back.
 *
 * Codes become symbols, and these words of 32 bits. The words of some rows and units side by side
 * are the lanes of vectors. layout_map.h says how words of the source become those of the stream,
 * and come back. */
#include <string.h>

#include "layout_map.h"
#include "transpose.h"

/* Units of a row that are packed before the next rows': some cache lines of codes. Lanes: rows of
 * one unit, or of several where a block has fewer. Runs of rows mostly stand side by side. */
enum { CHUNK_UNITS = 8, LANES = 32, RUN = 16, CHUNK_CODES = CHUNK_UNITS * LOOM_MAX_UNIT_K };

/* Vectors of some lanes each: compilers keep them in registers. */
#if defined __AVX2__
typedef uint32_t lane_vector __attribute__((vector_size(32)));
#else
typedef uint32_t lane_vector __attribute__((vector_size(16)));
#endif
enum { VECTORS = LANES * sizeof(uint32_t) / sizeof(lane_vector) };
struct lanes {
    union {
        uint32_t lane[LANES];
        lane_vector vector[VECTORS];
    };
};

/* The words of the lanes' units. */
struct words {
    struct lanes word[LOOM_MAX_SOURCE_WORDS];
};

/* Lane l is row `row` + l % rows of unit l / rows, counted from the first unit. */
struct batch {
    size_t row, rows, units;
};

/* ---- Bytes and words ------------------------------------------------------------------- */

static void load_words(struct words *restrict words, uint8_t *const from[LANES], size_t count) {
    size_t w = 0;
    for (; w + LOOM_TRANSPOSED <= count; w += LOOM_TRANSPOSED) {
        for (size_t l = 0; l < LANES; l += LOOM_TRANSPOSED) {
            loom_transpose_words(words->word[w].lane + l, LANES, from + l, 4 * w);
        }
    }
    for (; w < count; w++) {
        for (size_t l = 0; l < LANES; l++) {
            words->word[w].lane[l] = loom_load_word(from[l] + 4 * w);
        }
    }
}

static void store_words(uint8_t *const to[LANES], const struct words *restrict words,
                        size_t count) {
    size_t w = 0;
    for (; w + LOOM_TRANSPOSED <= count; w += LOOM_TRANSPOSED) {
        for (size_t l = 0; l < LANES; l += LOOM_TRANSPOSED) {
            loom_transpose_rows(to + l, 4 * w, words->word[w].lane + l, LANES);
        }
    }
    for (; w < count; w++) {
        for (size_t l = 0; l < LANES; l++) {
            loom_store_word(to[l] + 4 * w, words->word[w].lane[l]);
        }
    }
}

/* ---- Words and targets ----------------------------------------------------------------- */

/* Adds the bits `mask` of all lanes, moved to the left, or to the right. */
static inline void add_left(struct lanes *restrict to, const struct lanes *restrict from,
                            uint32_t mask, unsigned bits) {
    for (size_t v = 0; v < VECTORS; v++) {
        to->vector[v] |= (from->vector[v] & mask) << bits;
    }
}
static inline void add_right(struct lanes *restrict to, const struct lanes *restrict from,
                             uint32_t mask, unsigned bits) {
    for (size_t v = 0; v < VECTORS; v++) {
        to->vector[v] |= from->vector[v] >> bits & mask;
    }
}

static inline void swap_bits(struct lanes *lanes, const struct loom_swap *swap) {
    for (size_t v = 0; v < VECTORS; v++) {
        const lane_vector bits = lanes->vector[v];
        const lane_vector differ = (bits ^ bits >> (unsigned)swap->up) & swap->mask;
        lanes->vector[v] = bits ^ differ ^ differ << (unsigned)swap->up;
    }
}

static inline void flip_bits(struct lanes *lanes, uint8_t flip) {
    for (size_t v = 0; v < VECTORS; v++) {
        lanes->vector[v] ^= flip * UINT32_C(0x01010101);
    }
}

static void gather(struct lanes *restrict to, const struct lanes *restrict from,
                   const struct loom_moves *moves) {
    const struct loom_step *step = moves->step;
    const struct loom_step *const right = step + moves->lefts, *const end = step + moves->steps;
    struct lanes sum = {{{0}}};
    for (; step < right; step++) {
        add_left(&sum, &from[step->word], step->mask, step->by);
    }
    for (; step < end; step++) {
        add_right(&sum, &from[step->word], step->mask, step->by);
    }
    *to = sum;
}

static void make_target(struct lanes *lanes, const struct loom_target *target,
                        const struct words *words) {
    gather(lanes, words->word, &target->moves);
    for (size_t i = target->swaps; i-- > 0;) {
        swap_bits(lanes, &target->swap[i]);
    }
}

/* What the moves brought together, from the target's bytes. */
static void undo_swaps(struct lanes *lanes, const struct loom_target *target) {
    for (size_t i = 0; i < target->swaps; i++) {
        swap_bits(lanes, &target->swap[i]);
    }
}

/* ---- Targets and the stream ------------------------------------------------------------- */

/* Words of neighbouring rows, side by side; `up` bits above where rows' bits begin in bytes that
 * several rows share. */
static inline void store_row_words(uint8_t *restrict to, const uint32_t *restrict lane, size_t rows,
                                   int shared, uint32_t up) {
    for (size_t r = 0; r < rows; r++) {
        const uint32_t others = shared ? loom_load_word(to + 4 * r) : 0;
        loom_store_word(to + 4 * r, others ^ lane[r] << up);
    }
}
static inline void load_row_words(uint32_t *restrict lane, const uint8_t *restrict from,
                                  size_t rows, uint8_t flip, uint32_t up) {
    for (size_t r = 0; r < rows; r++) {
        lane[r] = (loom_load_word(from + 4 * r) ^ flip * UINT32_C(0x01010101)) >> up;
    }
}

/* Bytes of one row. To those that rows share the row's bits are added, none of which is shifted out
 * of a byte. Other rows' bits come along when they are loaded. */
static inline void store_row_bytes(uint8_t *to, uint32_t bit, const struct loom_target *target,
                                   uint32_t word, int shared) {
    to += bit / 8;
    for (size_t c = 0; c < target->columns; c++, word >>= 8) {
        if (shared) {
            to[target->column[c]] ^= (uint8_t)((word & 255) << bit % 8);
        } else {
            to[target->column[c]] = (uint8_t)word;
        }
    }
}
static inline uint32_t load_row_bytes(const uint8_t *from, uint32_t bit,
                                      const struct loom_target *target, uint8_t flip) {
    uint32_t word = 0;
    from += bit / 8;
    for (size_t c = 0; c < target->columns; c++) {
        const unsigned byte = from[target->column[c]] ^ flip;
        word |= (uint32_t)(byte >> bit % 8) << 8 * c;
    }
    return word;
}

/* How many rows of a batch from its row r on have their words side by side. */
static size_t adjacent_rows(const struct loom_section_map *section, const struct batch *batch,
                            size_t r) {
    const size_t run = section->adjacent - ((batch->row + r) & (section->adjacent - 1));
    return loom_min_size(run, batch->rows - r);
}

/* Whether RUN rows at a time, a constant to the compiler, have them so. */
static int has_runs(const struct loom_section_map *section, const struct batch *batch) {
    return section->adjacent >= RUN && batch->row % RUN == 0 && batch->rows % RUN == 0;
}

/* Rows of one unit. */
static void store_rows(uint8_t *to, const struct loom_section_map *section,
                       const struct loom_target *target, const struct batch *batch,
                       const uint32_t *lane) {
    const uint32_t *const bit = section->row + batch->row;
    size_t r = 0;
    for (; r < batch->rows && target->run && has_runs(section, batch); r += RUN) {
        store_row_words(to + bit[r] / 8 + target->column[0], lane + r, RUN, section->shared,
                        bit[r] % 8);
    }
    for (size_t rows; r < batch->rows && target->run; r += rows) {
        rows = adjacent_rows(section, batch, r);
        store_row_words(to + bit[r] / 8 + target->column[0], lane + r, rows, section->shared,
                        bit[r] % 8);
    }
    for (; r < batch->rows; r++) {
        store_row_bytes(to, bit[r], target, lane[r], section->shared);
    }
}
static void load_rows(uint32_t *lane, const uint8_t *from, const struct loom_section_map *section,
                      const struct loom_target *target, const struct batch *batch) {
    const uint32_t *const bit = section->row + batch->row;
    const uint8_t flip = section->shared ? section->flip : 0;
    size_t r = 0;
    for (; r < batch->rows && target->run && has_runs(section, batch); r += RUN) {
        load_row_words(lane + r, from + bit[r] / 8 + target->column[0], RUN, flip, bit[r] % 8);
    }
    for (size_t rows; r < batch->rows && target->run; r += rows) {
        rows = adjacent_rows(section, batch, r);
        load_row_words(lane + r, from + bit[r] / 8 + target->column[0], rows, flip, bit[r] % 8);
    }
    for (; r < batch->rows; r++) {
        lane[r] = load_row_bytes(from, bit[r], target, flip);
    }
}

/* The batch's words to units of the stream, the first of them `unit`. */
static void pack_words(const struct loom_layout_map *map, uint8_t *unit, const struct batch *batch,
                       const struct words *words) {
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_target *const target = map->target + section->first_target;
        for (size_t t = 0; t < section->targets; t++) {
            struct lanes lanes;
            make_target(&lanes, &target[t], words);
            if (section->flip && !section->shared) {
                flip_bits(&lanes, section->flip);
            }
            for (size_t u = 0; u < batch->units; u++) {
                store_rows(unit + u * map->unit_bytes, section, &target[t], batch,
                           lanes.lane + u * batch->rows);
            }
        }
        unit += section->bytes;
    }
}

static void load_targets(const struct loom_layout_map *map, struct lanes *targets,
                         const uint8_t *unit, const struct batch *batch) {
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_target *const target = map->target + section->first_target;
        for (size_t t = 0; t < section->targets; t++, targets++) {
            for (size_t u = 0; u < batch->units; u++) {
                load_rows(targets->lane + u * batch->rows, unit + u * map->unit_bytes, section,
                          &target[t], batch);
            }
            if (section->flip && !section->shared) {
                flip_bits(targets, section->flip);
            }
            undo_swaps(targets, &target[t]);
        }
        unit += section->bytes;
    }
}

static void unpack_words(const struct loom_layout_map *map, struct words *words,
                         const uint8_t *unit, const struct batch *batch) {
    struct lanes targets[LOOM_MAX_TARGETS];
    load_targets(map, targets, unit, batch);
    for (size_t w = 0; w < map->words; w++) {
        gather(&words->word[w], targets, &map->word[w]);
    }
}

/* ---- Codes of a chunk ------------------------------------------------------------------ */

/* `count` bytes, and zeros up to `all`; the largest of them. Rows are copied since many of them at
 * once are too often in the same lines of a level 1 cache. */
static uint8_t fill_chunk(uint8_t *restrict to, const uint8_t *restrict bytes, size_t count,
                          size_t all) {
    uint8_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = bytes[i] > largest ? bytes[i] : largest;
        to[i] = bytes[i];
    }
    if (count < all) {
        memset(to + count, 0, all - count);
    }
    return largest;
}

/* The symbols of `width` codes of a row; false if a code is above max_code. */
static int symbols_of_codes(const struct loom_layout_map *map, uint8_t *symbols,
                            const uint8_t *codes, size_t width, uint8_t max_code) {
    uint8_t padded[CHUNK_CODES];
    uint8_t *const to = map->symbol_k > 1 ? padded : symbols;
    if (fill_chunk(to, codes, width, CHUNK_UNITS * map->unit_k) > max_code) {
        return 0;
    }
    for (size_t u = 0; u < CHUNK_UNITS && map->symbol_k > 1; u++) {
        loom_symbols(map->symbol_k, symbols + u * map->symbols, padded + u * map->unit_k,
                     map->symbols);
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

/* Eight bytes are read at once as long as there are so many: bits above those of 8 codes do not
 * count. */
static void codes_of_fields(uint8_t *codes, const uint8_t *fields, size_t count, unsigned bits) {
    const size_t bytes = (count * bits + 7) / 8;
    size_t i = 0;
    for (; i / 8 * bits + 8 <= bytes; i += 8) {
        const uint64_t eight = loom_load_bytes(fields + i / 8 * bits);
        loom_store_bytes(codes + i, loom_split_fields(eight, bits), 8);
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

/* Fields that are the map's source: `width` of them, without what follows the last one. False if
 * one is above max_code. */
static int fields_alone(const struct loom_layout_map *map, uint8_t *to, const uint8_t *fields,
                        size_t width, uint8_t max_code) {
    const size_t bits = width * map->bits, all = CHUNK_UNITS * 4 * map->words;
    fill_chunk(to, fields, (bits + 7) / 8, all);
    if (bits % 8 != 0) {
        to[bits / 8] &= (uint8_t)((1u << bits % 8) - 1);
    }
    return max_code != 2 || !has_three(to, all);
}

/* The symbols of `width` codes of a row from code `first` on, then those of codes 0; false where a
 * code is none. With a width of 0 nothing of the source is there. */
static int symbols_of(const struct loom_layout_map *map, uint8_t *symbols,
                      const struct loom_source *source, size_t row, size_t first, size_t width) {
    const size_t at = width ? row * source->row_bytes + first / 8 * source->bits : 0;
    const uint8_t *const from = source->bytes + at;
    if (source->bits == 8) {
        return symbols_of_codes(map, symbols, from, width, source->max_code);
    }
    if (map->bits == source->bits) {
        return fields_alone(map, symbols, from, width, source->max_code);
    }
    uint8_t codes[CHUNK_CODES];
    codes_of_fields(codes, from, width, source->bits);
    return symbols_of_codes(map, symbols, codes, width, source->max_code);
}

/* Symbols of these bits, or of a byte where words would not have whole ones of a unit. */
static unsigned bits_for(const struct loom_layout *layout, const struct loom_source *source) {
    const size_t unit_bits = loom_unit_symbols(layout) * source->bits;
    const int whole = 8 % source->bits == 0 && unit_bits % 32 == 0;
    return whole && layout->symbol_k == 1 && layout->bits == source->bits ? source->bits : 8;
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

/* The symbols of a batch's rows, and room for those of lanes without a unit. */
struct chunk_rows {
    uint8_t symbols[LANES][CHUNK_CODES + LOOM_MAX_UNIT_K];
};

/* Rows of a batch from row `row` of the matrix on. Codes beyond it are 0, whose symbol may be
 * another number. False where a code is none. */
static int read_rows(const struct loom_layout_map *map, struct chunk_rows *to, size_t rows,
                     const struct loom_source *source, size_t row, size_t first, size_t width) {
    for (size_t r = 0; r < rows; r++) {
        const size_t here = row + r < source->m ? width : 0;
        if (!symbols_of(map, to->symbols[r], source, row + r, first, here)) {
            return 0;
        }
    }
    return 1;
}

/* Where the lanes' units begin, the first of them unit `u`; `last` for lanes that would be behind
 * it. */
static void place_lanes(uint8_t *at[LANES], struct chunk_rows *chunk, const struct batch *batch,
                        size_t u, size_t last, size_t unit_bytes) {
    for (size_t first = 0; first < LANES; first += batch->rows, u++) {
        const size_t rows = loom_min_size(batch->rows, LANES - first);
        const size_t skip = loom_min_size(u, last) * unit_bytes;
        for (size_t r = 0; r < rows; r++) {
            at[first + r] = chunk->symbols[r] + skip;
        }
    }
}

/* As many units at once as there are lanes for. Lanes without a unit are not stored. */
static void pack_rows(const struct loom_layout_map *map, uint8_t *unit, size_t units,
                      struct batch batch, struct chunk_rows *chunk) {
    for (size_t u = 0; u < units; u += batch.units) {
        uint8_t *from[LANES];
        struct words words;
        batch.units = loom_min_size(units - u, LANES / batch.rows);
        place_lanes(from, chunk, &batch, u, units - 1, 4 * map->words);
        load_words(&words, from, map->words);
        pack_words(map, unit + u * map->unit_bytes, &batch, &words);
    }
}

/* `units` units of a row block whose first row is `block_row`, from code `first` on. */
static loom_status pack_chunk(const struct loom_layout_map *map, uint8_t *unit, size_t units,
                              const struct loom_source *source, size_t block_row, size_t first) {
    const size_t k_left = source->k - loom_min_size(first, source->k);
    const size_t width = loom_min_size(units * map->unit_k, k_left);
    struct chunk_rows chunk;
    begin_units(map, unit, units);
    for (size_t r = 0; r < map->rows; r += LANES) {
        const struct batch batch = {.row = r, .rows = loom_min_size(LANES, map->rows - r)};
        if (!read_rows(map, &chunk, batch.rows, source, block_row + r, first, width)) {
            return LOOM_ERROR_VALUE;
        }
        pack_rows(map, unit, units, batch, &chunk);
    }
    return LOOM_OK;
}

static loom_status pack_codes(const struct loom_layout *layout, uint8_t *stream,
                              const struct loom_source *source, size_t k_padded, size_t begin,
                              size_t end) {
    struct loom_layout_map map;
    loom_layout_map(&map, layout, bits_for(layout, source));
    const size_t all = (k_padded + map.unit_k - 1) / map.unit_k;
    uint8_t *unit = stream + begin / map.rows * all * map.unit_bytes;
    for (size_t row = begin; row < end; row += map.rows) {
        for (size_t u = 0; u < all; u += CHUNK_UNITS) {
            const size_t units = loom_min_size(CHUNK_UNITS, all - u);
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

static void unpack_rows(const struct loom_layout_map *map, const uint8_t *unit, size_t units,
                        struct batch batch, struct chunk_rows *chunk) {
    for (size_t u = 0; u < units; u += batch.units) {
        uint8_t *to[LANES];
        struct words words;
        batch.units = loom_min_size(units - u, LANES / batch.rows);
        unpack_words(map, &words, unit + u * map->unit_bytes, &batch);
        place_lanes(to, chunk, &batch, u, units, 4 * map->words);
        store_words(to, &words, map->words);
    }
}

/* `width` codes of each row of a batch, rows `k` codes apart. */
static void unpack_batch(const struct loom_layout_map *map, const uint8_t *unit,
                         const struct batch *batch, uint8_t *codes, size_t k, size_t width) {
    const size_t units = (width + map->unit_k - 1) / map->unit_k;
    struct chunk_rows rows;
    uint8_t row_codes[CHUNK_CODES];
    unpack_rows(map, unit, units, *batch, &rows);
    for (size_t r = 0; r < batch->rows; r++) {
        const uint8_t *const from = rows.symbols[r];
        for (size_t u = 0; u < units && map->symbol_k > 1; u++) {
            loom_symbol_codes(map->symbol_k, row_codes + u * map->unit_k, from + u * map->symbols,
                              map->symbols);
        }
        memcpy(codes + r * k, map->symbol_k > 1 ? row_codes : from, width);
    }
}

/* Rows [begin, end) of a row block, a chunk after the other: what is read of the stream for some
 * rows is in a cache for the next ones. */
static void unpack_block(const struct loom_layout_map *map, const uint8_t *unit, uint8_t *codes,
                         size_t k, size_t begin, size_t end) {
    const size_t chunk = CHUNK_UNITS * map->unit_k;
    for (size_t first = 0; first < k; first += chunk, unit += CHUNK_UNITS * map->unit_bytes) {
        for (size_t row = begin; row < end; row += LANES) {
            const struct batch batch = {.row = row, .rows = loom_min_size(LANES, end - row)};
            unpack_batch(map, unit, &batch, codes + (row - begin) * k + first, k,
                         loom_min_size(chunk, k - first));
        }
    }
}

static void unpack_codes(const struct loom_layout *layout, const uint8_t *stream, uint8_t *codes,
                         size_t k, size_t k_padded, size_t begin, size_t end) {
    struct loom_layout_map map;
    loom_layout_map(&map, layout, 8);
    loom_layout_map_back(&map);
    for (size_t row = begin; row < end;) {
        const size_t block = row / map.rows, first = block * map.rows;
        const size_t last = loom_min_size(end, first + map.rows);
        unpack_block(&map, stream + block * loom_block_bytes(layout, k_padded), codes + row * k, k,
                     row - first, last - first);
        row = last;
    }
}

/* ---- For an ISA -------------------------------------------------------------------------- */

/* Who compiles this for another ISA than portable C names it. */
#ifndef LOOM_PACKER
#define LOOM_PACKER loom_packer_c
#endif
extern const struct loom_packer LOOM_PACKER;
const struct loom_packer LOOM_PACKER = {pack_codes, unpack_codes};
