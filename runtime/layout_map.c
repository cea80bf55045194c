/* From a layout's digits to maps of bits. */
#include "layout_map.h"

#include <string.h>

static const int32_t nowhere = -1;

/* A bit of a section: where, and of what. */
struct spot {
    uint32_t bit;
    unsigned at[3]; /* by enum loom_axis */
};

/* The spots at all steps of a digit, from those at its first step. */
static size_t spread(struct spot *spots, size_t count, const struct loom_digit *digit,
                     uint32_t weight) {
    for (size_t i = count; i < count * digit->count; i++) {
        const unsigned step = (unsigned)(i / count);
        spots[i] = spots[i % count];
        spots[i].bit += step * weight;
        spots[i].at[digit->axis] += step * digit->stride;
    }
    return count * digit->count;
}

static size_t dense_bit(const struct loom_layout_map *map, const struct spot *spot) {
    return spot->at[LOOM_AXIS_K] * map->planes + spot->at[LOOM_AXIS_PLANE];
}

static void place_bits(const struct loom_layout_map *map, struct loom_section_map *to,
                       const struct loom_section *section) {
    struct spot rows[LOOM_MAX_ROWS] = {{0}}, bits[8 * LOOM_DENSE_BYTES] = {{0}};
    size_t row_count = 1, bit_count = section->listed ? 8 : 1;
    for (uint32_t i = 0; i < bit_count; i++) {
        bits[i] = (struct spot){
            i, {0, section->bit[i].k, (unsigned)section->first_plane + section->bit[i].plane}};
    }
    uint32_t weight = (uint32_t)bit_count;
    for (size_t d = 0; d < section->digits; d++) {
        const struct loom_digit *const digit = &section->digit[d];
        if (digit->axis == LOOM_AXIS_ROW) {
            row_count = spread(rows, row_count, digit, weight);
        } else {
            bit_count = spread(bits, bit_count, digit, weight);
        }
        weight *= digit->count;
    }
    to->bytes = weight / 8;
    to->flip = section->flip;
    to->shared = 0;
    for (size_t i = 0; i < row_count; i++) {
        to->row[rows[i].at[LOOM_AXIS_ROW]] = rows[i].bit;
        to->shared |= rows[i].bit % 8 != 0;
    }
    for (size_t i = 0; i < 8 * LOOM_DENSE_BYTES; i++) {
        to->dense[i] = nowhere;
    }
    for (size_t i = 0; i < bit_count; i++) {
        to->dense[dense_bit(map, &bits[i])] = (int32_t)bits[i].bit;
    }
}

/* The place of a byte among the section's columns, which are in the order of the dense bytes that
 * they come from: so a lane needs few of those. */
static size_t column_of(struct loom_section_map *section, size_t *columns, uint16_t byte) {
    for (size_t i = 0; i < *columns; i++) {
        if (section->lane[i / 8].column[i % 8] == byte) {
            return i;
        }
    }
    struct loom_lane *const lane = &section->lane[*columns / 8];
    lane->column[lane->columns++] = byte;
    return (*columns)++;
}

static size_t table_of(struct loom_layout_map *map, const uint64_t bits[8]) {
    for (size_t t = 0; t < map->tables; t++) {
        size_t same = 0;
        while (same < 8 && map->table[t][(size_t)1 << same] == bits[same]) {
            same++;
        }
        if (same == 8) {
            return t;
        }
    }
    if (map->tables == LOOM_MAP_TABLES) {
        return LOOM_MAP_TABLES;
    }
    uint64_t *const table = map->table[map->tables];
    table[0] = 0;
    for (size_t bit = 0; bit < 8; bit++) {
        for (size_t i = 0; i < (size_t)1 << bit; i++) {
            table[((size_t)1 << bit) + i] = table[i] ^ bits[bit];
        }
    }
    return map->tables++;
}

/* What each bit of a dense byte is in a lane; `column` has the columns of all dense bits. False
 * where it is nothing. */
static int lane_bits(const struct loom_section_map *section, const uint16_t *column, size_t from,
                     size_t lane, uint64_t bits[8]) {
    int any = 0;
    for (size_t i = 0; i < 8; i++) {
        const int32_t bit = section->dense[8 * from + i];
        const size_t at = column[8 * from + i];
        uint8_t bytes[8] = {0};
        if (bit >= 0 && at / 8 == lane) {
            bytes[at % 8] = (uint8_t)(1u << bit % 8);
            any = 1;
        }
        memcpy(&bits[i], bytes, sizeof bytes);
    }
    return any;
}

/* Four neighbours are stored at once, unless they are shared. */
static uint8_t run_of(const struct loom_section_map *section, const struct loom_lane *lane) {
    for (size_t c = 0; c < lane->columns; c++) {
        if (section->shared || lane->columns % 4 != 0 ||
            lane->column[c] != lane->column[c / 4 * 4] + c % 4) {
            return 1;
        }
    }
    return 4;
}

static int make_lanes(struct loom_layout_map *map, struct loom_section_map *section) {
    uint16_t column[8 * LOOM_DENSE_BYTES] = {0};
    size_t columns = 0;
    for (size_t i = 0; i < 8 * map->dense_bytes; i++) {
        if (section->dense[i] >= 0) {
            column[i] = (uint16_t)column_of(section, &columns, (uint16_t)(section->dense[i] / 8));
        }
    }
    section->lanes = (columns + 7) / 8;
    struct loom_lookup *lookup = section->lookup;
    for (size_t l = 0; l < section->lanes; l++) {
        struct loom_lane *const lane = &section->lane[l];
        lane->run = run_of(section, lane);
        for (size_t from = 0; from < map->dense_bytes; from++) {
            uint64_t bits[8];
            if (lane_bits(section, column, from, l, bits)) {
                const size_t table = table_of(map, bits);
                if (table == LOOM_MAP_TABLES) {
                    return 0;
                }
                *lookup++ = (struct loom_lookup){(uint8_t)from, (uint8_t)table};
                lane->lookups++;
            }
        }
    }
    return 1;
}

int loom_layout_map(struct loom_layout_map *map, const struct loom_layout *layout) {
    map->rows = layout->rows;
    map->unit_k = layout->unit_k;
    map->unit_bytes = loom_unit_bytes(layout);
    map->symbol_k = layout->symbol_k;
    map->symbols = loom_unit_symbols(layout);
    map->planes = layout->bits;
    map->dense_bytes = map->symbols * map->planes / 8;
    map->sections = layout->sections;
    map->tables = 0;
    for (size_t s = 0; s < map->sections; s++) {
        struct loom_section_map *const section = &map->section[s];
        memset(section->lane, 0, sizeof section->lane);
        place_bits(map, section, &layout->section[s]);
        if (!make_lanes(map, section)) {
            return 0;
        }
    }
    return 1;
}
