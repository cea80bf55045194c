/* What the codecs of blocks share. */
#ifndef LOOM_LLAMA_BLOCKS_H
#define LOOM_LLAMA_BLOCKS_H

#include "llama/types.h"

#include <string.h>

/* An fp16. */
static inline void copy_half(void *to, const void *from) {
    memcpy(to, from, 2);
}

/* Where a block has some bits of each of its codes: from byte `at` on, in runs of `width` bytes.
 * The lowest `bits` bits of a run's bytes are those of `width` codes, the next ones those of the
 * next `width`. So a width of 1 is codes side by side. Constants where they are used: then the
 * functions below are vector code. */
struct bits {
    unsigned at, count, width, bits;
    unsigned to; /* where they are in a code: 0 for the first, then bits are added */
};

enum { MAX_CODES = 256 };

static inline void read_bits(uint8_t *restrict codes, const uint8_t *restrict block,
                             struct bits b) {
    const unsigned in_byte = 8 / b.bits, mask = (1u << b.bits) - 1;
    for (unsigned run = 0; run < b.count / b.width; run++) {
        const uint8_t *const bytes = block + b.at + run / in_byte * b.width;
        const unsigned shift = run % in_byte * b.bits;
        for (unsigned i = 0; i < b.width; i++) {
            const unsigned bits = (unsigned)(bytes[i] >> shift & mask) << b.to;
            uint8_t *const code = &codes[run * b.width + i];
            *code = (uint8_t)(b.to ? *code | bits : bits);
        }
    }
}

static inline void write_bits(uint8_t *restrict block, const uint8_t *restrict codes,
                              struct bits b) {
    const unsigned in_byte = 8 / b.bits, mask = (1u << b.bits) - 1;
    for (unsigned run = 0; run < b.count / b.width / in_byte; run++) {
        for (unsigned i = 0; i < b.width; i++) {
            unsigned byte = 0;
            for (unsigned f = 0; f < in_byte; f++) {
                const unsigned code = codes[(run * in_byte + f) * b.width + i];
                byte |= (code >> b.to & mask) << f * b.bits;
            }
            block[b.at + run * b.width + i] = (uint8_t)byte;
        }
    }
}

/* Whole codes, to codes side by side. */
static inline void read_fields(uint8_t *restrict fields, const uint8_t *restrict block,
                               struct bits b) {
    uint8_t codes[MAX_CODES];
    read_bits(codes, block, b);
    write_bits(fields, codes, (struct bits){.count = b.count, .width = 1, .bits = b.bits});
}

#endif
