/* Blocks of one scale as ggml 0.25.1 has them (ggml-quants.c). */
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

/* A scale or an offset in fp16. */
static inline void copy_half(uint8_t *to, const uint8_t *from) {
    memcpy(to, from, 2);
}

/* Blocks of a scale and fields. */
static void read_fields(const uint8_t *block, const struct block_parts *to, size_t bytes) {
    copy_half(to->scale, block);
    memcpy(to->codes, block + 2, bytes);
}
static void write_fields(uint8_t *block, const struct block_parts *from, unsigned count,
                         unsigned bits) {
    copy_half(block, from->scale);
    pack_fields(block + 2, from->codes, count, bits);
}

void block_read_q1_0(const uint8_t *block, const struct block_parts *to) {
    read_fields(block, to, 16);
}
void block_write_q1_0(uint8_t *block, const struct block_parts *from) {
    write_fields(block, from, 128, 1);
}
void block_read_q2_0(const uint8_t *block, const struct block_parts *to) {
    read_fields(block, to, 16);
}
void block_write_q2_0(uint8_t *block, const struct block_parts *from) {
    write_fields(block, from, 64, 2);
}
void block_read_q2_0_128(const uint8_t *block, const struct block_parts *to) {
    read_fields(block, to, 32);
}
void block_write_q2_0_128(uint8_t *block, const struct block_parts *from) {
    write_fields(block, from, 128, 2);
}

/* ---- 32 codes of 4, 5 and 8 bits --------------------------------------------------------- */

/* Low nibbles are the first 16 codes, high ones the others. */
static inline void nibbles_to_fields(uint8_t *restrict fields, const uint8_t *restrict bytes) {
    for (unsigned i = 0; i < 8; i++) {
        fields[i] = (uint8_t)((bytes[2 * i] & 15) | bytes[2 * i + 1] << 4);
        fields[8 + i] = (uint8_t)(bytes[2 * i] >> 4 | (bytes[2 * i + 1] & 0xf0));
    }
}
static inline void codes_to_nibbles(uint8_t *restrict bytes, const uint8_t *restrict codes) {
    for (unsigned i = 0; i < 16; i++) {
        bytes[i] = (uint8_t)((codes[i] & 15) | codes[16 + i] << 4);
    }
}

void block_read_q4_0(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    nibbles_to_fields(to->codes, block + 2);
}
void block_write_q4_0(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    codes_to_nibbles(block + 2, from->codes);
}

void block_read_q4_1(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    copy_half(to->offset, block + 2);
    nibbles_to_fields(to->codes, block + 4);
}
void block_write_q4_1(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    copy_half(block + 2, from->offset);
    codes_to_nibbles(block + 4, from->codes);
}

/* Fifth bits, that of code i in bit i, then nibbles. */
static void read_5_bits(const uint8_t *bytes, uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        const unsigned low = bytes[i / 8] >> i % 8 & 1, high = bytes[2 + i / 8] >> i % 8 & 1;
        codes[i] = (uint8_t)((bytes[4 + i] & 15) | low << 4);
        codes[16 + i] = (uint8_t)(bytes[4 + i] >> 4 | high << 4);
    }
}
static void write_5_bits(uint8_t *bytes, const uint8_t *codes) {
    memset(bytes, 0, 4);
    for (unsigned i = 0; i < 32; i++) {
        bytes[i / 8] |= (uint8_t)(codes[i] >> 4 << i % 8);
    }
    codes_to_nibbles(bytes + 4, codes);
}

void block_read_q5_0(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    read_5_bits(block + 2, to->codes);
}
void block_write_q5_0(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    write_5_bits(block + 2, from->codes);
}

void block_read_q5_1(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    copy_half(to->offset, block + 2);
    read_5_bits(block + 4, to->codes);
}
void block_write_q5_1(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    copy_half(block + 2, from->offset);
    write_5_bits(block + 4, from->codes);
}

/* Signed bytes: codes are 128 more. */
void block_read_q8_0(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    for (unsigned i = 0; i < 32; i++) {
        to->codes[i] = block[2 + i] ^ 128;
    }
}
void block_write_q8_0(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    for (unsigned i = 0; i < 32; i++) {
        block[2 + i] = from->codes[i] ^ 128;
    }
}

void block_read_mxfp4(const uint8_t *block, const struct block_parts *to) {
    to->scale[0] = block[0];
    nibbles_to_fields(to->codes, block + 1);
}
void block_write_mxfp4(uint8_t *block, const struct block_parts *from) {
    block[0] = from->scale[0];
    codes_to_nibbles(block + 1, from->codes);
}

/* ---- Ternary ------------------------------------------------------------------------------ */

/* Each field of 32 bytes is 32 codes in a row. */
void block_read_tq2_0(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block + 64);
    for (unsigned part = 0; part < 8; part++) {
        uint8_t codes[32];
        for (unsigned i = 0; i < 32; i++) {
            codes[i] = block[part / 4 * 32 + i] >> part % 4 * 2 & 3;
        }
        pack_fields(to->codes + part * 8, codes, 32, 2);
    }
}
void block_write_tq2_0(uint8_t *block, const struct block_parts *from) {
    copy_half(block + 64, from->scale);
    memset(block, 0, 64);
    for (unsigned i = 0; i < 256; i++) {
        block[i / 128 * 32 + i % 32] |= (uint8_t)(from->codes[i] << (i % 128 / 32 * 2));
    }
}

/* A byte is a fraction of 256, whose digits to base 3 are codes: five, of which the last bytes use
 * four. Runs of 32, 16 and 4 bytes: their first digits, then their second ones, and so on. */
static const struct {
    uint8_t first, bytes, digits, at;
} tq1_0_runs[] = {{0, 32, 5, 0}, {32, 16, 5, 160}, {48, 4, 4, 240}};

void block_read_tq1_0(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block + 52);
    uint8_t codes[256] = {0};
    for (unsigned r = 0; r < 3; r++) {
        const unsigned bytes = tq1_0_runs[r].bytes;
        uint8_t fractions[32];
        memcpy(fractions, block + tq1_0_runs[r].first, bytes);
        for (unsigned digit = 0; digit < tq1_0_runs[r].digits; digit++) {
            uint8_t *const run = codes + tq1_0_runs[r].at + digit * bytes;
            for (unsigned i = 0; i < bytes; i++) {
                const unsigned product = fractions[i] * 3u;
                run[i] = (uint8_t)(product >> 8);
                fractions[i] = (uint8_t)product;
            }
        }
    }
    pack_fields(to->codes, codes, 256, 2);
}
void block_write_tq1_0(uint8_t *block, const struct block_parts *from) {
    copy_half(block + 52, from->scale);
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned i = 0; i < tq1_0_runs[r].bytes; i++) {
            unsigned number = 0;
            for (unsigned digit = 0; digit < 5; digit++) {
                const unsigned at = tq1_0_runs[r].at + digit * tq1_0_runs[r].bytes + i;
                number = number * 3 + (digit < tq1_0_runs[r].digits ? from->codes[at] : 0);
            }
            block[tq1_0_runs[r].first + i] = (uint8_t)((number * 256 + 242) / 243);
        }
    }
}
