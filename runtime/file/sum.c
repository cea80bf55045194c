/* Sums of a .loom file's bytes. */
#include "file/layout.h"

#include <string.h>

enum { SUM_LANES = 8 };

static uint64_t load(const uint8_t *from, size_t bytes) {
    uint64_t word = 0;
    memcpy(&word, from, bytes);
    return word;
}

static void add_word(struct loom_sum *sum, uint64_t place, uint64_t word) {
    sum->words += word;
    sum->places += (place + 1) * word;
}

/* `rows` times SUM_LANES words. Of each lane: the sum of its words, and of its sums so far, in
 * which the first word is `rows` times. */
static void add_rows(struct loom_sum *sum, uint64_t first, const uint8_t *bytes, size_t rows) {
    uint64_t words[SUM_LANES] = {0}, sums[SUM_LANES] = {0};
    for (size_t row = 0; row < rows; row++, bytes += SUM_LANES * sizeof(uint64_t)) {
        for (size_t lane = 0; lane < SUM_LANES; lane++) {
            words[lane] += load(bytes + lane * sizeof(uint64_t), sizeof(uint64_t));
            sums[lane] += words[lane];
        }
    }
    for (size_t lane = 0; lane < SUM_LANES; lane++) {
        /* A word of row r counts rows - r times in `sums`: so r * word is rows * word less that. */
        const uint64_t by_row = rows * words[lane] - sums[lane];
        sum->words += words[lane];
        sum->places += (first + lane + 1) * words[lane] + SUM_LANES * by_row;
    }
}

void loom_sum_add(struct loom_sum *sum, uint64_t first_word, const void *bytes, size_t size) {
    const uint8_t *from = bytes;
    const size_t rows = size / (SUM_LANES * sizeof(uint64_t));
    add_rows(sum, first_word, from, rows);
    size_t at = rows * SUM_LANES * sizeof(uint64_t);
    while (at < size) {
        const size_t left = size - at < sizeof(uint64_t) ? size - at : sizeof(uint64_t);
        add_word(sum, first_word + at / sizeof(uint64_t), load(from + at, left));
        at += left;
    }
}
