/* Blocks of weights as ggml 0.25.1 has them (ggml-quants.c). */
#include "llama/types.h"

#include <string.h>

/* Fields of `bits` from the lowest on, in each byte: Q1_0 and Q2_0. A loop over whole bytes is one
 * that compilers make vectors of. */
static inline void unpack_fields(const uint8_t *restrict bytes, uint8_t *restrict codes,
                                 unsigned count, unsigned bits) {
    const unsigned fields = 8 / bits, mask = (1u << bits) - 1;
    for (unsigned i = 0; i < count / fields; i++) {
        for (unsigned f = 0; f < fields; f++) {
            codes[i * fields + f] = (uint8_t)(bytes[i] >> f * bits & mask);
        }
    }
}

static void pack_fields(uint8_t *bytes, const uint8_t *codes, unsigned count, unsigned bits) {
    const unsigned fields = 8 / bits;
    memset(bytes, 0, count / fields);
    for (unsigned i = 0; i < count; i++) {
        bytes[i / fields] |= (uint8_t)(codes[i] << (i % fields * bits));
    }
}

void block_unpack_q1_0(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 128, 1);
}
void block_pack_q1_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 1);
}
void block_unpack_q2_0(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 64, 2);
}
void block_pack_q2_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 64, 2);
}
void block_unpack_q2_0_128(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 128, 2);
}
void block_pack_q2_0_128(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 2);
}

/* The low nibbles are the first half of a block. */
void block_unpack_q4_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        codes[i] = block[2 + i] & 15;
        codes[16 + i] = block[2 + i] >> 4;
    }
}
void block_pack_q4_0(uint8_t *block, const uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        block[2 + i] = (uint8_t)(codes[i] | codes[16 + i] << 4);
    }
}

/* Each field of 32 bytes is 32 codes in a row. */
void block_unpack_tq2_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned part = 0; part < 8; part++) {
        const uint8_t *const bytes = block + part / 4 * 32;
        for (unsigned i = 0; i < 32; i++) {
            codes[part * 32 + i] = bytes[i] >> part % 4 * 2 & 3;
        }
    }
}
void block_pack_tq2_0(uint8_t *block, const uint8_t *codes) {
    memset(block, 0, 64);
    for (unsigned i = 0; i < 256; i++) {
        block[i / 128 * 32 + i % 32] |= (uint8_t)(codes[i] << (i % 128 / 32 * 2));
    }
}

/* A byte is a fraction of 256, whose digits to base 3 are codes: five, of which the last bytes use
 * four. Runs of 32, 16 and 4 bytes: their first digits, then their second ones, and so on. */
static const struct {
    uint8_t first, bytes, digits, at;
} tq1_0_runs[] = {{0, 32, 5, 0}, {32, 16, 5, 160}, {48, 4, 4, 240}};

void block_unpack_tq1_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned r = 0; r < 3; r++) {
        const unsigned bytes = tq1_0_runs[r].bytes;
        uint8_t fractions[32];
        memcpy(fractions, block + tq1_0_runs[r].first, bytes);
        for (unsigned digit = 0; digit < tq1_0_runs[r].digits; digit++) {
            uint8_t *const to = codes + tq1_0_runs[r].at + digit * bytes;
            for (unsigned i = 0; i < bytes; i++) {
                const unsigned product = fractions[i] * 3u;
                to[i] = (uint8_t)(product >> 8);
                fractions[i] = (uint8_t)product;
            }
        }
    }
}
void block_pack_tq1_0(uint8_t *block, const uint8_t *codes) {
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned i = 0; i < tq1_0_runs[r].bytes; i++) {
            unsigned number = 0;
            for (unsigned digit = 0; digit < 5; digit++) {
                const unsigned at = tq1_0_runs[r].at + digit * tq1_0_runs[r].bytes + i;
                number = number * 3 + (digit < tq1_0_runs[r].digits ? codes[at] : 0);
            }
            block[tq1_0_runs[r].first + i] = (uint8_t)((number * 256 + 242) / 243);
        }
    }
}
