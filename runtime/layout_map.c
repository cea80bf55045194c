/* From a layout's digits to maps of bits. */
#include "layout_map.h"

#include <string.h>

enum { NOWHERE = -1, WORD_BITS = 32, INDEX_BITS = 5 };

/* ---- Where the bits are ------------------------------------------------------------------ */

/* A bit of a section: where, and of what. */
struct spot {
    uint32_t bit;
    unsigned at[3]; /* by enum loom_axis */
};

/* The spots at all steps of a digit, from those at its first step: digits ascend, so spots do. */
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

/* Those that a section begins with: 8 that are listed, or one that digits add to. */
static size_t begin_spots(struct spot *spots, const struct loom_section *section) {
    const size_t count = section->listed ? 8 : 1;
    for (uint32_t i = 0; i < count; i++) {
        spots[i] = (struct spot){
            i, {0, section->bit[i].k, (unsigned)section->first_plane + section->bit[i].plane}};
    }
    return count;
}

static void place_rows(struct loom_section_map *to, const struct spot *rows, size_t count) {
    to->shared = 0;
    for (size_t i = 0; i < count; i++) {
        to->row[rows[i].at[LOOM_AXIS_ROW]] = rows[i].bit;
        to->shared |= rows[i].bit % 8 != 0;
    }
    to->adjacent = LOOM_MAX_ROWS;
    for (size_t row = 1; row < count; row++) {
        while (to->row[row] != to->row[row - 1] + WORD_BITS && row % to->adjacent != 0) {
            to->adjacent /= 2;
        }
    }
}

/* The bits of one row, from the lowest place upwards: their number. */
static size_t place_bits(struct loom_section_map *to, struct spot *bits,
                         const struct loom_section *section) {
    struct spot rows[LOOM_MAX_ROWS] = {{0}};
    size_t row_count = 1, bit_count = begin_spots(bits, section);
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
    place_rows(to, rows, row_count);
    return bit_count;
}

/* ---- A target: 32 bits of a row ----------------------------------------------------------- */

/* The bit of the source that each bit of a target is. */
struct origins {
    int bit[WORD_BITS];
};

/* Takes the spots of up to four bytes; their number. */
static size_t take_spots(struct loom_target *target, struct origins *origins,
                         const struct loom_layout_map *map, const struct spot *spots,
                         size_t count) {
    size_t taken = 0;
    for (size_t i = 0; i < WORD_BITS; i++) {
        origins->bit[i] = NOWHERE;
    }
    for (; taken < count; taken++) {
        const uint16_t byte = (uint16_t)(spots[taken].bit / 8);
        const unsigned symbol = spots[taken].at[LOOM_AXIS_K];
        if (target->columns == 0 || target->column[target->columns - 1] != byte) {
            if (target->columns == 4) {
                break;
            }
            target->column[target->columns++] = byte;
        }
        origins->bit[8 * (target->columns - 1) + spots[taken].bit % 8] =
            (int)(symbol * map->bits + spots[taken].at[LOOM_AXIS_PLANE]);
    }
    target->run = target->columns == 4 && target->column[3] - target->column[0] == 3;
    return taken;
}

/* The bit of a place's number in a target that says what bit `of` of the place in the source says;
 * NOWHERE: there is none. */
static int index_bit(const struct origins *origins, unsigned of) {
    for (int index = 0; index < INDEX_BITS; index++) {
        int pairs = 0, same = 1;
        for (int i = 0; i < WORD_BITS; i++) {
            const int from = origins->bit[i], to = origins->bit[i ^ 1 << index];
            if (from != NOWHERE && to != NOWHERE) {
                pairs++;
                same &= (from ^ to) == 1 << of;
            }
        }
        if (pairs && same) {
            return index;
        }
    }
    return NOWHERE;
}

/* Exchanges two bits of the numbers of all places. */
static void swap_index(struct loom_target *target, struct origins *origins, unsigned low,
                       unsigned high) {
    struct loom_swap *const swap = &target->swap[target->swaps++];
    const struct origins before = *origins;
    *swap = (struct loom_swap){.up = (uint8_t)((1u << high) - (1u << low))};
    for (unsigned i = 0; i < WORD_BITS; i++) {
        if ((i >> low & 1) != 0 && (i >> high & 1) == 0) {
            swap->mask |= UINT32_C(1) << i;
            origins->bit[i] = before.bit[i + swap->up];
            origins->bit[i + swap->up] = before.bit[i];
        }
    }
}

/* Symbols of a word of the source stay at their places in the steps, where swaps can bring them
 * from there: then the bits of all of them are one step. */
static void make_swaps(struct loom_target *target, struct origins *origins, unsigned bits) {
    unsigned of = 0;
    while (1u << of < bits) {
        of++;
    }
    for (; of < INDEX_BITS && target->swaps < LOOM_MAX_SWAPS; of++) {
        const int at = index_bit(origins, of);
        if (at != NOWHERE && at != (int)of) {
            const unsigned from = (unsigned)at;
            swap_index(target, origins, from < of ? from : of, from < of ? of : from);
        }
    }
}

/* The step of these moves, from number `first` on, that brings bits of this word so far; a new one
 * if there is none. */
static struct loom_step *step_of(struct loom_moves *moves, struct loom_step *steps, size_t first,
                                 int word, int by) {
    for (size_t i = first; i < moves->steps; i++) {
        if (steps[i].word == word && steps[i].by == by) {
            return &steps[i];
        }
    }
    steps[moves->steps] = (struct loom_step){.word = (uint8_t)word, .by = (uint8_t)by};
    return &steps[moves->steps++];
}

/* Adds the steps of bits that move to the left, if `sign` is 1, or not at all; to the right, if it
 * is -1. */
static void add_steps(struct loom_moves *moves, const struct origins *origins,
                      struct loom_step *steps, int sign) {
    const size_t first = moves->steps;
    for (int i = 0; i < WORD_BITS; i++) {
        const int bit = origins->bit[i], from = bit % WORD_BITS;
        const int by = sign * (i - from);
        if (bit > NOWHERE && (by > 0 || (by == 0 && sign > 0))) {
            const int lower = i < from ? i : from;
            step_of(moves, steps, first, bit / WORD_BITS, by)->mask |= UINT32_C(1) << lower;
        }
    }
}

static void make_moves(struct loom_moves *moves, const struct origins *origins,
                       struct loom_step *steps) {
    *moves = (struct loom_moves){.step = steps};
    add_steps(moves, origins, steps, 1);
    moves->lefts = moves->steps;
    add_steps(moves, origins, steps, -1);
}

static void make_targets(struct loom_layout_map *map, struct loom_section_map *section,
                         const struct spot *spots, size_t count) {
    section->first_target = map->targets;
    while (count > 0) {
        struct loom_target *const target = &map->target[map->targets++];
        struct origins origins;
        const size_t taken = take_spots(target, &origins, map, spots, count);
        make_swaps(target, &origins, map->bits);
        make_moves(&target->moves, &origins, map->step + map->steps);
        map->steps += target->moves.steps;
        spots += taken;
        count -= taken;
    }
    section->targets = map->targets - section->first_target;
}

void loom_layout_map(struct loom_layout_map *map, const struct loom_layout *layout, unsigned bits) {
    memset(map, 0, sizeof *map);
    map->rows = layout->rows;
    map->unit_k = layout->unit_k;
    map->unit_bytes = loom_unit_bytes(layout);
    map->symbol_k = layout->symbol_k;
    map->symbols = loom_unit_symbols(layout);
    map->sections = layout->sections;
    map->bits = bits;
    map->words = map->symbols * bits / WORD_BITS;
    for (size_t s = 0; s < map->sections; s++) {
        struct spot spots[LOOM_MAX_UNIT_BITS];
        const size_t count = place_bits(&map->section[s], spots, &layout->section[s]);
        make_targets(map, &map->section[s], spots, count);
    }
}

/* ---- The way back ------------------------------------------------------------------------ */

/* The steps of a target as steps of the words: what moved to the left moves to the right. */
static void add_back(struct loom_layout_map *map, size_t target, int to_left) {
    const struct loom_moves *const moves = &map->target[target].moves;
    const size_t first = to_left ? moves->lefts : 0, last = to_left ? moves->steps : moves->lefts;
    for (size_t i = first; i < last; i++) {
        const struct loom_step *const step = &moves->step[i];
        struct loom_moves *const word = &map->word[step->word];
        map->back[(size_t)(word->step - map->back) + word->steps++] =
            (struct loom_step){.word = (uint8_t)target, .by = step->by, .mask = step->mask};
        word->lefts = (uint16_t)(word->lefts + to_left);
    }
}

/* A word's steps follow those of the word before. */
void loom_layout_map_back(struct loom_layout_map *map) {
    size_t count[LOOM_MAX_SOURCE_WORDS] = {0};
    for (size_t i = 0; i < map->steps; i++) {
        count[map->step[i].word]++;
    }
    const struct loom_step *step = map->back;
    for (size_t w = 0; w < map->words; step += count[w++]) {
        map->word[w].step = step;
    }
    for (int to_left = 1; to_left >= 0; to_left--) {
        for (size_t t = 0; t < map->targets; t++) {
            add_back(map, t, to_left);
        }
    }
}
