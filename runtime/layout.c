/* Layouts: rows of codes to the packed stream and back.
 *
 * Codes become symbols, and these words of 32 bits. The words of some rows and units side by side
 * are the lanes of vectors. layout_map.h says how words of the source become those of the stream,
 * and come back. */
#include <string.h>

#include "join.h"
#include "layout_map.h"

/* Units of a row that are packed before the next rows': some cache lines of codes. Lanes: rows of
 * one unit, or of several where a block has fewer. */
enum { CHUNK_UNITS = 8, LANES = 16, CHUNK_CODES = CHUNK_UNITS * LOOM_MAX_UNIT_K };

struct lanes {
    uint32_t lane[LANES];
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

static inline void load_words(struct words *restrict words, const uint8_t *const from[LANES],
                              size_t count) {
    for (size_t w = 0; w < count; w++) {
        for (size_t l = 0; l < LANES; l++) {
            words->word[w].lane[l] = loom_load_word(from[l] + 4 * w);
        }
    }
}

static inline void store_words(uint8_t *const to[LANES], const struct words *restrict words,
                               size_t lanes, size_t count) {
    for (size_t l = 0; l < lanes; l++) {
        uint8_t *const place = to[l];
        for (size_t w = 0; w < count; w++) {
            loom_store_word(place + 4 * w, words->word[w].lane[l]);
        }
    }
}

/* ---- Words and targets ----------------------------------------------------------------- */

/* Adds the bits `mask` of all lanes, moved by `left` bits; negative: to the right. */
static inline void add_moved(struct lanes *restrict to, const struct lanes *restrict from,
                             uint32_t mask, int left) {
    const unsigned up = left > 0 ? (unsigned)left : 0, down = left < 0 ? (unsigned)-left : 0;
    for (size_t l = 0; l < LANES; l++) {
        to->lane[l] |= (from->lane[l] & mask) << up >> down;
    }
}

static inline void swap_bits(struct lanes *lanes, const struct loom_swap *swap) {
    const uint32_t mask = swap->mask;
    const unsigned up = swap->up;
    for (size_t l = 0; l < LANES; l++) {
        const uint32_t differ = (lanes->lane[l] ^ lanes->lane[l] >> up) & mask;
        lanes->lane[l] ^= differ ^ differ << up;
    }
}

static inline void flip_bits(struct lanes *lanes, uint8_t flip) {
    for (size_t l = 0; l < LANES; l++) {
        lanes->lane[l] ^= flip * UINT32_C(0x01010101);
    }
}

static void make_target(struct lanes *lanes, const struct loom_target *target,
                        const struct loom_step *step, const struct words *words) {
    memset(lanes, 0, sizeof *lanes);
    for (size_t i = 0; i < target->steps; i++) {
        add_moved(lanes, &words->word[step[i].word], step[i].mask, step[i].left);
    }
    for (size_t i = target->swaps; i-- > 0;) {
        swap_bits(lanes, &target->swap[i]);
    }
}

/* The inverse: adds what the target has to the words. */
static void take_words(struct words *words, const struct loom_target *target,
                       const struct loom_step *step, struct lanes *lanes) {
    for (size_t i = 0; i < target->swaps; i++) {
        swap_bits(lanes, &target->swap[i]);
    }
    for (size_t i = 0; i < target->steps; i++) {
        const int left = step[i].left;
        const uint32_t mask = left >= 0 ? step[i].mask << left : step[i].mask >> -left;
        add_moved(&words->word[step[i].word], lanes, mask, -left);
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
    const size_t run = section->adjacent - (batch->row + r) % section->adjacent;
    return loom_min_size(run, batch->rows - r);
}

/* Rows of one unit. */
static void store_rows(uint8_t *to, const struct loom_section_map *section,
                       const struct loom_target *target, const struct batch *batch,
                       const uint32_t *lane) {
    const uint32_t *const bit = section->row + batch->row;
    for (size_t r = 0, rows; r < batch->rows && target->run; r += rows) {
        uint8_t *const first = to + bit[r] / 8 + target->column[0];
        rows = adjacent_rows(section, batch, r);
        if (rows != LANES) {
            store_row_words(first, lane + r, rows, section->shared, bit[r] % 8);
        } else if (section->shared) { /* constants to the compiler */
            store_row_words(first, lane, LANES, 1, bit[0] % 8);
        } else {
            store_row_words(first, lane, LANES, 0, 0);
        }
    }
    for (size_t r = 0; r < batch->rows && !target->run; r++) {
        store_row_bytes(to, bit[r], target, lane[r], section->shared);
    }
}
static void load_rows(uint32_t *lane, const uint8_t *from, const struct loom_section_map *section,
                      const struct loom_target *target, const struct batch *batch) {
    const uint32_t *const bit = section->row + batch->row;
    const uint8_t flip = section->shared ? section->flip : 0;
    for (size_t r = 0, rows; r < batch->rows && target->run; r += rows) {
        const uint8_t *const first = from + bit[r] / 8 + target->column[0];
        rows = adjacent_rows(section, batch, r);
        if (rows == LANES) { /* a constant to the compiler */
            load_row_words(lane, first, LANES, flip, bit[0] % 8);
        } else {
            load_row_words(lane + r, first, rows, flip, bit[r] % 8);
        }
    }
    for (size_t r = 0; r < batch->rows && !target->run; r++) {
        lane[r] = load_row_bytes(from, bit[r], target, flip);
    }
}

/* The batch's words to units of the stream, the first of them `unit`. */
static void pack_words(const struct loom_layout_map *map, uint8_t *unit, const struct batch *batch,
                       const struct words *words) {
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_step *step = section->step;
        for (size_t t = 0; t < section->targets; step += section->target[t++].steps) {
            struct lanes lanes;
            make_target(&lanes, &section->target[t], step, words);
            if (section->flip && !section->shared) {
                flip_bits(&lanes, section->flip);
            }
            for (size_t u = 0; u < batch->units; u++) {
                store_rows(unit + u * map->unit_bytes, section, &section->target[t], batch,
                           lanes.lane + u * batch->rows);
            }
        }
        unit += section->bytes;
    }
}

static void unpack_words(const struct loom_layout_map *map, struct words *words,
                         const uint8_t *unit, const struct batch *batch) {
    memset(words, 0, map->words * sizeof words->word[0]);
    for (size_t s = 0; s < map->sections; s++) {
        const struct loom_section_map *const section = &map->section[s];
        const struct loom_step *step = section->step;
        for (size_t t = 0; t < section->targets; step += section->target[t++].steps) {
            struct lanes lanes = {{0}};
            for (size_t u = 0; u < batch->units; u++) {
                load_rows(lanes.lane + u * batch->rows, unit + u * map->unit_bytes, section,
                          &section->target[t], batch);
            }
            if (section->flip && !section->shared) {
                flip_bits(&lanes, section->flip);
            }
            take_words(words, &section->target[t], step, &lanes);
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

/* `count` bytes, and zeros up to `all`. Rows are copied since many of them at once are too often
 * in the same lines of a level 1 cache. */
static void fill_chunk(uint8_t *restrict to, const uint8_t *restrict bytes, size_t count,
                       size_t all) {
    memcpy(to, bytes, count);
    memset(to + count, 0, all - count);
}

/* The symbols of `width` codes of a row; false if a code is above max_code. */
static int symbols_of_codes(const struct loom_layout_map *map, uint8_t *symbols,
                            const uint8_t *codes, size_t width, uint8_t max_code) {
    uint8_t padded[CHUNK_CODES];
    const size_t all = CHUNK_UNITS * map->unit_k;
    if (largest_of(codes, width) > max_code) {
        return 0;
    }
    fill_chunk(map->symbol_k > 1 ? padded : symbols, codes, width, all);
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

/* The symbols of a batch's rows. */
struct chunk_rows {
    uint8_t symbols[LANES][CHUNK_CODES];
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

/* As many units at once as there are lanes for. */
static void pack_rows(const struct loom_layout_map *map, uint8_t *unit, size_t units,
                      struct batch batch, const struct chunk_rows *chunk) {
    size_t row_of[LANES], unit_of[LANES];
    for (size_t l = 0; l < LANES; l++) {
        row_of[l] = l % batch.rows;
        unit_of[l] = l / batch.rows;
    }
    for (size_t u = 0; u < units; u += batch.units) {
        const uint8_t *from[LANES];
        struct words words;
        batch.units = loom_min_size(units - u, LANES / batch.rows);
        for (size_t l = 0; l < LANES; l++) { /* lanes without a unit are not stored */
            const size_t last = u + batch.units - 1, lane_unit = u + unit_of[l];
            from[l] = chunk->symbols[row_of[l]] + loom_min_size(lane_unit, last) * 4 * map->words;
        }
        if (map->words == 8) { /* a constant to the compiler */
            load_words(&words, from, 8);
        } else {
            load_words(&words, from, map->words);
        }
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

/* The words of a batch to the symbols of its rows, from unit `u` of these on. */
static void write_words(const struct loom_layout_map *map, struct chunk_rows *rows, size_t u,
                        const struct batch *batch, const struct words *words) {
    const size_t lanes = batch->units * batch->rows;
    uint8_t *to[LANES];
    for (size_t l = 0; l < lanes; l++) {
        to[l] = l < batch->rows ? rows->symbols[l] + u * map->symbols
                                : to[l - batch->rows] + map->symbols;
    }
    if (map->words == 8 && lanes == LANES) { /* constants to the compiler */
        store_words(to, words, LANES, 8);
    } else {
        store_words(to, words, lanes, map->words);
    }
}

static void unpack_rows(const struct loom_layout_map *map, const uint8_t *unit, size_t units,
                        struct batch batch, struct chunk_rows *rows) {
    for (size_t u = 0; u < units; u += batch.units) {
        struct words words;
        batch.units = loom_min_size(units - u, LANES / batch.rows);
        unpack_words(map, &words, unit + u * map->unit_bytes, &batch);
        write_words(map, rows, u, &batch, &words);
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
