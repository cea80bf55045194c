/* The blocks are those of ggml-quants.c in ggml 0.25.1. */
#include "llama/types.h"

#include "llama/ggml.h"

#include <stddef.h>
#include <string.h>

/* Fields of `bits` from the lowest on, in each byte: Q1_0 and Q2_0. */
static void unpack_fields(const uint8_t *bytes, uint8_t *codes, unsigned count, unsigned bits) {
    const unsigned fields = 8 / bits, mask = (1u << bits) - 1;
    for (unsigned i = 0; i < count; i++) {
        codes[i] = bytes[i / fields] >> (i % fields * bits) & mask;
    }
}

static void pack_fields(uint8_t *bytes, const uint8_t *codes, unsigned count, unsigned bits) {
    const unsigned fields = 8 / bits;
    memset(bytes, 0, count / fields);
    for (unsigned i = 0; i < count; i++) {
        bytes[i / fields] |= (uint8_t)(codes[i] << (i % fields * bits));
    }
}

static void unpack_q1_0(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 128, 1);
}
static void pack_q1_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 1);
}
static void unpack_q2_0(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 64, 2);
}
static void pack_q2_0(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 64, 2);
}
static void unpack_q2_0_128(const uint8_t *block, uint8_t *codes) {
    unpack_fields(block + 2, codes, 128, 2);
}
static void pack_q2_0_128(uint8_t *block, const uint8_t *codes) {
    pack_fields(block + 2, codes, 128, 2);
}

/* The low nibbles are the first half of a block. */
static void unpack_q4_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        codes[i] = block[2 + i] & 15;
        codes[16 + i] = block[2 + i] >> 4;
    }
}
static void pack_q4_0(uint8_t *block, const uint8_t *codes) {
    for (unsigned i = 0; i < 16; i++) {
        block[2 + i] = (uint8_t)(codes[i] | codes[16 + i] << 4);
    }
}

/* Each field of 32 bytes is 32 codes in a row. */
static void unpack_tq2_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned i = 0; i < 256; i++) {
        codes[i] = block[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
    }
}
static void pack_tq2_0(uint8_t *block, const uint8_t *codes) {
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

static void unpack_tq1_0(const uint8_t *block, uint8_t *codes) {
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned i = 0; i < tq1_0_runs[r].bytes; i++) {
            uint8_t fraction = block[tq1_0_runs[r].first + i];
            for (unsigned digit = 0; digit < tq1_0_runs[r].digits; digit++) {
                codes[tq1_0_runs[r].at + digit * tq1_0_runs[r].bytes + i] =
                    (uint8_t)(fraction * 3u >> 8);
                fraction = (uint8_t)(fraction * 3u);
            }
        }
    }
}
static void pack_tq1_0(uint8_t *block, const uint8_t *codes) {
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

/* TQ2_0 may hold the code 3, which ggml takes as +2: so it is 2 bits with zero point 1. */
static const struct weight_type types[] = {
    {"Q1_0", GGML_Q1_0, 128, 18, "w1g128", unpack_q1_0, pack_q1_0, 0},
    {"Q2_0", GGML_Q2_0, 64, 18, "w2g64z1", unpack_q2_0, pack_q2_0, 0},
    {"Q2_0", GGML_Q2_0, 128, 34, "w2g128z1", unpack_q2_0_128, pack_q2_0_128, 0},
    {"TQ1_0", GGML_TQ1_0, 256, 54, "tg256", unpack_tq1_0, pack_tq1_0, 52},
    {"TQ2_0", GGML_TQ2_0, 256, 66, "w2g256z1", unpack_tq2_0, pack_tq2_0, 64},
    {"Q4_0", GGML_Q4_0, 32, 18, "w4g32", unpack_q4_0, pack_q4_0, 0},
};

const struct weight_type *weight_type_find(int32_t type, int64_t codes) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].type == type && types[i].codes == codes) {
            return &types[i];
        }
    }
    return NULL;
}
