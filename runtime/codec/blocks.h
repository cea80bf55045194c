/* What the codecs of blocks share. */
#ifndef LOOM_CODEC_BLOCKS_H
#define LOOM_CODEC_BLOCKS_H

#include "codec/types.h"
#include "join.h"

#include <string.h>

/* An fp16. */
static inline void copy_half(void *to, const void *from) {
    memcpy(to, from, 2);
}

/* Where a block has some bits of each of its codes: from byte `at` on, in runs of `width` bytes.
 * The lowest `bits` bits of a run's bytes are those of `width` codes, the next ones those of the
 * next `width`. So a width of 1 is codes side by side. All are constants where they are
 * used: then the functions below have no divisions, and are vector code. */
struct bits {
    unsigned at, count, width, bits;
    unsigned to; /* where they are in a code: 0 for the first, then bits are added */
};

static inline void read_bits(uint8_t *restrict codes, const uint8_t *restrict block,
                             struct bits b) {
    const unsigned in_byte = 8 / b.bits, mask = (1u << b.bits) - 1;
    const uint8_t *bytes = block + b.at;
    for (unsigned run = 0; run < b.count / b.width / in_byte; run++, bytes += b.width) {
        for (unsigned f = 0; f < in_byte; f++, codes += b.width) {
            for (unsigned i = 0; i < b.width; i++) {
                const unsigned bits = (bytes[i] >> f * b.bits & mask) << b.to;
                codes[i] = (uint8_t)(b.to ? codes[i] | bits : bits);
            }
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

/* Eight numbers of 16 bits, and of 8. */
typedef uint16_t eight_words __attribute__((vector_size(16)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));

static inline void store_low_bytes(uint8_t *to, eight_words words) {
    const eight_bytes bytes = __builtin_convertvector(words, eight_bytes);
    memcpy(to, &bytes, sizeof bytes);
}

/* A run of `width` codes of 4 bits and the next one, of a multiple of 16: two neighbours become a
 * byte. Little-endian. */
static inline void read_nibbles(uint8_t *restrict fields, const uint8_t *restrict bytes,
                                unsigned width) {
    for (unsigned i = 0; i < width; i += sizeof(eight_words)) {
        eight_words two;
        memcpy(&two, bytes + i, sizeof two);
        store_low_bytes(fields + i / 2, (two & 15) | (two >> 4 & 0xf0));
        store_low_bytes(fields + (width + i) / 2, (two >> 4 & 15) | (two >> 8 & 0xf0));
    }
}

/* The codes of one run of bytes, eight at a time. */
static inline void read_run(uint8_t *restrict fields, const uint8_t *restrict bytes,
                            struct bits b) {
    const uint64_t mask = 0x0101010101010101 * ((1u << b.bits) - 1);
    for (unsigned f = 0; f < 8 / b.bits; f++) {
        for (unsigned i = 0; i < b.width; i += 8, fields += b.bits) {
            const uint64_t codes = loom_load_bytes(bytes + i) >> f * b.bits & mask;
            loom_store_bytes(fields, loom_join_fields(codes, b.bits), b.bits);
        }
    }
}

/* Whole codes, to codes side by side; the width is a multiple of 8. */
static inline void read_fields(uint8_t *restrict fields, const uint8_t *restrict block,
                               struct bits b) {
    const int in_nibbles = b.bits == 4 && b.width % sizeof(eight_words) == 0 && !LOOM_BIG_ENDIAN;
    const uint8_t *const bytes = block + b.at;
    for (unsigned at = 0; at < b.count * b.bits / 8; at += b.width) {
        if (in_nibbles) {
            read_nibbles(fields + at, bytes + at, b.width);
        } else {
            read_run(fields + at, bytes + at, b);
        }
    }
}

#endif
