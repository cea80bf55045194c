/* Blocks of weights as ggml 0.25.1 has them (ggml-quants.c). */
#include "llama/types.h"

#include <string.h>

/* Codes side by side, `bits` each, the lowest bits first: as Q1_0 and Q2_0 have them. */
static inline void pack_fields(uint8_t *restrict fields, const uint8_t *restrict codes,
                               unsigned count, unsigned bits) {
    const unsigned in_byte = 8 / bits;
    for (unsigned i = 0; i < count / in_byte; i++) {
        unsigned byte = 0;
        for (unsigned f = 0; f < in_byte; f++) {
            byte |= (unsigned)codes[i * in_byte + f] << f * bits;
        }
        fields[i] = (uint8_t)byte;
    }
}

void block_fields_q1_0(const uint8_t *block, uint8_t *fields) {
    memcpy(fields, block + 2, 16);
}
void block_pack_q1_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 1);
}
void block_fields_q2_0(const uint8_t *block, uint8_t *fields) {
    memcpy(fields, block + 2, 16);
}
void block_pack_q2_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 64, 2);
}
void block_fields_q2_0_128(const uint8_t *block, uint8_t *fields) {
    memcpy(fields, block + 2, 32);
}
void block_pack_q2_0_128(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 2);
}

/* The low nibbles are the first half of a block. */
void block_fields_q4_0(const uint8_t *block, uint8_t *fields) {
    const uint8_t *const bytes = block + 2;
    for (unsigned i = 0; i < 8; i++) {
        fields[i] = (uint8_t)((bytes[2 * i] & 15) | bytes[2 * i + 1] << 4);
        fields[8 + i] = (uint8_t)(bytes[2 * i] >> 4 | (bytes[2 * i + 1] & 0xf0));
    }
}
void block_pack_q4_0(uint8_t *block, const uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        block[2 + i] = (uint8_t)(codes[i] | codes[16 + i] << 4);
    }
}

/* Each field of 32 bytes is 32 codes in a row. */
void block_fields_tq2_0(const uint8_t *block, uint8_t *fields) {
    for (unsigned part = 0; part < 8; part++) {
        uint8_t codes[32];
        for (unsigned i = 0; i < 32; i++) {
            codes[i] = block[part / 4 * 32 + i] >> part % 4 * 2 & 3;
        }
        pack_fields(fields + part * 8, codes, 32, 2);
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

void block_fields_tq1_0(const uint8_t *block, uint8_t *fields) {
    uint8_t codes[256] = {0};
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
    pack_fields(fields, codes, 256, 2);
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
