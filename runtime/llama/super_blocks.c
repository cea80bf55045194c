/* Blocks of 256 codes with factors as ggml 0.25.1 has them (ggml-quants.c): K-quants, IQ4_XS. */
#include "llama/types.h"

#include <string.h>

static inline void copy_half(uint8_t *to, const uint8_t *from) {
    memcpy(to, from, 2);
}

/* ggml subtracts what an offset is here: the sign changes. */
static inline void copy_negative(uint8_t *to, const uint8_t *from) {
    to[0] = from[0];
    to[1] = from[1] ^ 128;
}

/* 32 codes of 2 bits in each of 4 fields of 32 bytes, twice. */
static void read_2_bits(const uint8_t *bytes, uint8_t *codes) {
    for (unsigned i = 0; i < 256; i++) {
        codes[i] = bytes[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
    }
}
static void write_2_bits(uint8_t *bytes, const uint8_t *codes) {
    memset(bytes, 0, 64);
    for (unsigned i = 0; i < 256; i++) {
        bytes[i / 128 * 32 + i % 32] |= (uint8_t)((codes[i] & 3) << i % 128 / 32 * 2);
    }
}

/* Codes of a byte each to fields of 2 or 4 bits, side by side. */
static void join_2_bits(uint8_t *restrict fields, const uint8_t *restrict codes) {
    for (unsigned i = 0; i < 64; i++) {
        const uint8_t *const c = codes + 4 * i;
        fields[i] = (uint8_t)(c[0] | c[1] << 2 | c[2] << 4 | c[3] << 6);
    }
}

/* 32 bytes have 32 codes in their low nibbles, and 32 in the high ones. */
static void read_nibbles(const uint8_t *bytes, uint8_t *codes) {
    for (unsigned part = 0; part < 4; part++) {
        for (unsigned i = 0; i < 32; i++) {
            codes[64 * part + i] = bytes[32 * part + i] & 15;
            codes[64 * part + 32 + i] = bytes[32 * part + i] >> 4;
        }
    }
}
static void write_nibbles(uint8_t *bytes, const uint8_t *codes) {
    for (unsigned i = 0; i < 128; i++) {
        const uint8_t *const pair = codes + i / 32 * 64 + i % 32;
        bytes[i] = (uint8_t)((pair[0] & 15) | pair[32] << 4);
    }
}

/* ---- Q2_K, Q3_K --------------------------------------------------------------------------- */

void block_read_q2_k(const uint8_t *block, const struct block_parts *to) {
    uint8_t codes[256];
    for (unsigned j = 0; j < 16; j++) {
        to->factors[j] = block[j] & 15;
        to->mins[j] = block[j] >> 4;
    }
    read_2_bits(block + 16, codes);
    join_2_bits(to->codes, codes);
    copy_half(to->scale, block + 80);
    copy_negative(to->offset, block + 82);
}
void block_write_q2_k(uint8_t *block, const struct block_parts *from) {
    for (unsigned j = 0; j < 16; j++) {
        block[j] = (uint8_t)(from->factors[j] | from->mins[j] << 4);
    }
    write_2_bits(block + 16, from->codes);
    copy_half(block + 80, from->scale);
    copy_negative(block + 82, from->offset);
}

/* 32 bytes of third bits, 64 of pairs, 12 of factors: nibbles of all, then pairs of upper bits. */
void block_read_q3_k(const uint8_t *block, const struct block_parts *to) {
    const uint8_t *const factors = block + 96;
    read_2_bits(block + 32, to->codes);
    for (unsigned i = 0; i < 256; i++) {
        to->codes[i] |= (uint8_t)((block[i % 32] >> i / 32 & 1) << 2);
    }
    for (unsigned j = 0; j < 16; j++) {
        const unsigned low = factors[j % 8] >> j / 8 * 4 & 15;
        const unsigned high = factors[8 + j % 4] >> j / 4 * 2 & 3;
        to->factors[j] = (uint8_t)((low | high << 4) - 32);
    }
    copy_half(to->scale, block + 108);
}
void block_write_q3_k(uint8_t *block, const struct block_parts *from) {
    uint8_t *const factors = block + 96;
    memset(block, 0, 32);
    memset(factors, 0, 12);
    write_2_bits(block + 32, from->codes);
    for (unsigned i = 0; i < 256; i++) {
        block[i % 32] |= (uint8_t)((from->codes[i] >> 2) << i / 32);
    }
    for (unsigned j = 0; j < 16; j++) {
        const unsigned factor = (from->factors[j] + 32u) & 63;
        factors[j % 8] |= (uint8_t)((factor & 15) << j / 8 * 4);
        factors[8 + j % 4] |= (uint8_t)((factor >> 4) << j / 4 * 2);
    }
    copy_half(block + 108, from->scale);
}

/* ---- Q4_K, Q5_K --------------------------------------------------------------------------- */

/* 12 bytes: 6 bits of the first four factors and of the first four minimums; then both nibbles of the
 * last four, whose upper two bits are those of the first bytes. */
static void read_6_bits(const uint8_t *bytes, uint8_t *factors, uint8_t *mins) {
    for (unsigned j = 0; j < 4; j++) {
        factors[j] = bytes[j] & 63;
        mins[j] = bytes[4 + j] & 63;
        factors[4 + j] = (uint8_t)((bytes[8 + j] & 15) | bytes[j] >> 6 << 4);
        mins[4 + j] = (uint8_t)(bytes[8 + j] >> 4 | bytes[4 + j] >> 6 << 4);
    }
}
static void write_6_bits(uint8_t *bytes, const uint8_t *factors, const uint8_t *mins) {
    for (unsigned j = 0; j < 4; j++) {
        bytes[j] = (uint8_t)(factors[j] | factors[4 + j] >> 4 << 6);
        bytes[4 + j] = (uint8_t)(mins[j] | mins[4 + j] >> 4 << 6);
        bytes[8 + j] = (uint8_t)((factors[4 + j] & 15) | mins[4 + j] << 4);
    }
}

void block_read_q4_k(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    copy_negative(to->offset, block + 2);
    read_6_bits(block + 4, to->factors, to->mins);
    for (unsigned part = 0; part < 4; part++) {
        const uint8_t *const bytes = block + 16 + 32 * part;
        uint8_t *const fields = to->codes + 32 * part;
        for (unsigned i = 0; i < 16; i++) {
            fields[i] = (uint8_t)((bytes[2 * i] & 15) | bytes[2 * i + 1] << 4);
            fields[16 + i] = (uint8_t)(bytes[2 * i] >> 4 | (bytes[2 * i + 1] & 0xf0));
        }
    }
}
void block_write_q4_k(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    copy_negative(block + 2, from->offset);
    write_6_bits(block + 4, from->factors, from->mins);
    write_nibbles(block + 16, from->codes);
}

/* Before the nibbles 32 bytes of fifth bits: bit j of byte i is that of code 32 j + i. */
void block_read_q5_k(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    copy_negative(to->offset, block + 2);
    read_6_bits(block + 4, to->factors, to->mins);
    read_nibbles(block + 48, to->codes);
    for (unsigned i = 0; i < 256; i++) {
        to->codes[i] |= (uint8_t)((block[16 + i % 32] >> i / 32 & 1) << 4);
    }
}
void block_write_q5_k(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    copy_negative(block + 2, from->offset);
    write_6_bits(block + 4, from->factors, from->mins);
    write_nibbles(block + 48, from->codes);
    memset(block + 16, 0, 32);
    for (unsigned i = 0; i < 256; i++) {
        block[16 + i % 32] |= (uint8_t)((from->codes[i] >> 4) << i / 32);
    }
}

/* ---- Q6_K --------------------------------------------------------------------------------- */

/* Of each 128 codes: 64 bytes of nibbles, the low ones first, and 32 of upper pairs. */
void block_read_q6_k(const uint8_t *block, const struct block_parts *to) {
    for (unsigned half = 0; half < 2; half++) {
        const uint8_t *const low = block + 64 * half, *const high = block + 128 + 32 * half;
        uint8_t *const codes = to->codes + 128 * half;
        for (unsigned i = 0; i < 64; i++) {
            codes[i] = (uint8_t)((low[i] & 15) | (high[i % 32] >> i / 32 * 2 & 3) << 4);
            codes[64 + i] = (uint8_t)(low[i] >> 4 | (high[i % 32] >> (4 + i / 32 * 2) & 3) << 4);
        }
    }
    memcpy(to->factors, block + 192, 16);
    copy_half(to->scale, block + 208);
}
void block_write_q6_k(uint8_t *block, const struct block_parts *from) {
    memset(block + 128, 0, 64);
    for (unsigned i = 0; i < 256; i++) {
        const unsigned half = i / 128, at = i % 128;
        uint8_t *const high = block + 128 + 32 * half + at % 32;
        *high |= (uint8_t)((from->codes[i] >> 4) << at / 32 * 2);
    }
    for (unsigned i = 0; i < 128; i++) {
        const uint8_t *const codes = from->codes + i / 64 * 128 + i % 64;
        block[i] = (uint8_t)((codes[0] & 15) | codes[64] << 4);
    }
    memcpy(block + 192, from->factors, 16);
    copy_half(block + 208, from->scale);
}

/* ---- IQ4_XS ------------------------------------------------------------------------------- */

/* Factors are 32 less than 6 bits: upper pairs, then nibbles. */
void block_read_iq4_xs(const uint8_t *block, const struct block_parts *to) {
    copy_half(to->scale, block);
    for (unsigned j = 0; j < 8; j++) {
        const unsigned high = block[2 + j / 4] >> j % 4 * 2 & 3;
        const unsigned low = block[4 + j / 2] >> j % 2 * 4 & 15;
        to->factors[j] = (uint8_t)((low | high << 4) - 32);
    }
    for (unsigned part = 0; part < 8; part++) {
        const uint8_t *const bytes = block + 8 + 16 * part;
        uint8_t *const fields = to->codes + 16 * part;
        for (unsigned i = 0; i < 8; i++) {
            fields[i] = (uint8_t)((bytes[2 * i] & 15) | bytes[2 * i + 1] << 4);
            fields[8 + i] = (uint8_t)(bytes[2 * i] >> 4 | (bytes[2 * i + 1] & 0xf0));
        }
    }
}
void block_write_iq4_xs(uint8_t *block, const struct block_parts *from) {
    copy_half(block, from->scale);
    memset(block + 2, 0, 6);
    for (unsigned j = 0; j < 8; j++) {
        const unsigned factor = (from->factors[j] + 32u) & 63;
        block[2 + j / 4] |= (uint8_t)((factor >> 4) << j % 4 * 2);
        block[4 + j / 2] |= (uint8_t)((factor & 15) << j % 2 * 4);
    }
    for (unsigned i = 0; i < 128; i++) {
        const uint8_t *const codes = from->codes + i / 16 * 32 + i % 16;
        block[8 + i] = (uint8_t)((codes[0] & 15) | codes[16] << 4);
    }
}
