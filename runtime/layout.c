/* Layouts: rows of codes to the packed stream and back, bit by bit in the order that a layout's
 * digits give.
 *
 * A unit of the stream goes through a tile, its codes as bytes, padded with 0: row-major, at
 * row * unit_k + k; then as symbols, at row * symbols + symbol. The lowest digits of a section say
 * where in the tile the 8 bits of a byte are, the same for every byte; each other digit is a loop
 * that moves through the tile or from plane to plane, the last digit outermost. */
#include <string.h>

#include "layout.h"

/* One digit: `count` steps of so many bytes in the tile, so many planes. */
struct step {
    size_t count, bytes;
    unsigned planes;
};

struct section_order {
    size_t offset[8]; /* in the tile, of the codes that a byte has its bits from */
    unsigned plane[8];
    unsigned flip;
    size_t steps;
    struct step step[LOOM_MAX_DIGITS];
};

struct order {
    size_t rows, unit_k, symbol_k, symbols, unit_bytes, sections;
    struct section_order section[LOOM_MAX_SECTIONS];
};

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

static struct step make_step(const struct loom_layout *layout, const struct loom_digit *digit) {
    switch (digit->axis) {
    case LOOM_AXIS_ROW:
        return (struct step){digit->count, digit->stride * loom_unit_symbols(layout), 0};
    case LOOM_AXIS_K:
        return (struct step){digit->count, digit->stride, 0};
    default:
        return (struct step){digit->count, 0, digit->stride};
    }
}

/* Repeats the bits that are already in the byte at `count` steps. */
static void repeat_bits(struct section_order *order, size_t bits, const struct step *step,
                        size_t count) {
    for (size_t i = bits; i < bits * count; i++) {
        order->offset[i] = order->offset[i % bits] + i / bits * step->bytes;
        order->plane[i] = order->plane[i % bits] + (unsigned)(i / bits) * step->planes;
    }
}

/* A digit that the byte has only room for a part of goes on as a loop in longer steps. */
static void make_section(struct section_order *order, const struct loom_layout *layout,
                         const struct loom_section *section) {
    *order = (struct section_order){.plane = {section->first_plane}, .flip = section->flip};
    size_t bits = section->listed ? 8 : 1;
    for (size_t i = 0; i < bits; i++) {
        order->offset[i] = section->bit[i].k;
        order->plane[i] = section->first_plane + section->bit[i].plane;
    }
    for (size_t d = 0; d < section->digits; d++) {
        const struct step step = make_step(layout, &section->digit[d]);
        const size_t count = bits < 8 ? min_size(step.count, 8 / bits) : 1;
        repeat_bits(order, bits, &step, count);
        bits *= count;
        if (step.count > count) {
            order->step[order->steps++] = (struct step){step.count / count, step.bytes * count,
                                                        step.planes * (unsigned)count};
        }
    }
}

static void make_order(struct order *order, const struct loom_layout *layout) {
    order->rows = layout->rows;
    order->unit_k = layout->unit_k;
    order->symbol_k = layout->symbol_k;
    order->symbols = loom_unit_symbols(layout);
    order->unit_bytes = loom_unit_bytes(layout);
    order->sections = layout->sections;
    for (size_t s = 0; s < layout->sections; s++) {
        make_section(&order->section[s], layout, &layout->section[s]);
    }
}

/* ---- Pack ------------------------------------------------------------------------------ */

static uint8_t gather_byte(const struct section_order *order, const uint8_t *from, unsigned plane) {
    unsigned byte = order->flip;
    for (unsigned i = 0; i < 8; i++) {
        byte ^= (from[order->offset[i]] >> (order->plane[i] + plane) & 1u) << i;
    }
    return (uint8_t)byte;
}

/* The loops over the lowest `steps` digits; returns the end of what they write. */
static uint8_t *gather(const struct section_order *order, size_t steps, uint8_t *to,
                       const uint8_t *from, unsigned plane) {
    if (steps == 0) {
        *to = gather_byte(order, from, plane);
        return to + 1;
    }
    const struct step *step = &order->step[steps - 1];
    for (size_t i = 0; i < step->count; i++) {
        to = gather(order, steps - 1, to, from + i * step->bytes,
                    plane + (unsigned)i * step->planes);
    }
    return to;
}

static void pack_unit(const struct order *order, uint8_t *unit, const uint8_t *tile) {
    for (size_t s = 0; s < order->sections; s++) {
        unit = gather(&order->section[s], order->section[s].steps, unit, tile, 0);
    }
}

/* Fills the tile from `rows` rows of `width` codes and returns the largest of them. */
static uint8_t load_tile(uint8_t *tile, const struct order *order, const uint8_t *codes,
                         size_t rows, size_t width, size_t k) {
    memset(tile, 0, order->rows * order->unit_k);
    uint8_t largest = 0;
    for (size_t r = 0; r < rows; r++) {
        memcpy(tile + r * order->unit_k, codes + r * k, width);
    }
    for (size_t i = 0; i < order->rows * order->unit_k; i++) {
        largest = tile[i] > largest ? tile[i] : largest;
    }
    return largest;
}

/* From codes to symbols, in place. */
static void join_codes(uint8_t *tile, const struct order *order) {
    for (size_t r = 0; order->symbol_k > 1 && r < order->rows; r++) {
        for (size_t s = 0; s < order->symbols; s++) {
            tile[r * order->symbols + s] =
                loom_symbol(order->symbol_k, tile + r * order->unit_k + s, order->symbols);
        }
    }
}

loom_status loom_pack_codes(const struct loom_layout *layout, uint8_t *stream, const uint8_t *codes,
                            size_t m, size_t k, size_t k_padded, uint8_t max_code, size_t begin,
                            size_t end) {
    struct order order;
    make_order(&order, layout);
    uint8_t tile[LOOM_MAX_UNIT];
    uint8_t *unit = stream + begin / order.rows * loom_block_bytes(layout, k_padded);
    for (size_t row = begin; row < end; row += order.rows) {
        const size_t rows = min_size(order.rows, m - row);
        for (size_t first = 0; first < k_padded; first += order.unit_k) {
            const size_t from = min_size(first, k), width = min_size(order.unit_k, k - from);
            if (load_tile(tile, &order, codes + row * k + from, rows, width, k) > max_code) {
                return LOOM_ERROR_VALUE;
            }
            join_codes(tile, &order);
            pack_unit(&order, unit, tile);
            unit += order.unit_bytes;
        }
    }
    return LOOM_OK;
}

/* ---- Unpack ---------------------------------------------------------------------------- */

static void scatter_byte(const struct section_order *order, unsigned byte, uint8_t *to,
                         unsigned plane) {
    for (unsigned i = 0; i < 8; i++) {
        to[order->offset[i]] |=
            (uint8_t)(((byte ^ order->flip) >> i & 1u) << (order->plane[i] + plane));
    }
}

/* The loops over the lowest `steps` digits; returns the end of what they read. */
static const uint8_t *scatter(const struct section_order *order, size_t steps, const uint8_t *from,
                              uint8_t *to, unsigned plane) {
    if (steps == 0) {
        scatter_byte(order, *from, to, plane);
        return from + 1;
    }
    const struct step *step = &order->step[steps - 1];
    for (size_t i = 0; i < step->count; i++) {
        from = scatter(order, steps - 1, from, to + i * step->bytes,
                       plane + (unsigned)i * step->planes);
    }
    return from;
}

static void unpack_unit(const struct order *order, const uint8_t *unit, uint8_t *tile) {
    memset(tile, 0, order->rows * order->symbols);
    for (size_t s = 0; s < order->sections; s++) {
        unit = scatter(&order->section[s], order->section[s].steps, unit, tile, 0);
    }
}

/* A row's codes of a unit from its symbols. */
static void split_row(uint8_t *codes, const struct order *order, const uint8_t *symbols) {
    for (size_t s = 0; s < order->symbols; s++) {
        loom_symbol_codes(order->symbol_k, symbols[s], codes + s, order->symbols);
    }
}

/* Rows [begin, end) of one row block, `block_row` being its first. */
static void unpack_block(const struct order *order, const uint8_t *block, uint8_t *codes, size_t k,
                         size_t block_row, size_t begin, size_t end) {
    uint8_t tile[LOOM_MAX_UNIT], row_codes[LOOM_MAX_UNIT];
    for (size_t first = 0; first < k; first += order->unit_k) {
        unpack_unit(order, block + first / order->unit_k * order->unit_bytes, tile);
        for (size_t row = begin; row < end; row++) {
            split_row(row_codes, order, tile + (row - block_row) * order->symbols);
            memcpy(codes + row * k + first, row_codes, min_size(order->unit_k, k - first));
        }
    }
}

void loom_unpack_codes(const struct loom_layout *layout, const uint8_t *stream, uint8_t *codes,
                       size_t k, size_t k_padded, size_t begin, size_t end) {
    struct order order;
    make_order(&order, layout);
    while (begin < end) {
        const size_t block = begin / order.rows;
        const size_t stop = min_size((block + 1) * order.rows, end);
        unpack_block(&order, stream + block * loom_block_bytes(layout, k_padded), codes, k,
                     block * order.rows, begin, stop);
        begin = stop;
    }
}
