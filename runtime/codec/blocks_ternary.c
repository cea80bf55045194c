/* Blocks of 256 codes of 2 bits or fewer, with one scale, as ggml 0.25.1 has them (ggml-quants.c).
 */
#include "codec/blocks.h"

/* ---- TQ2_0 ----------------------------------------------------------------------------- */

static const struct bits tq2_0 = {.at = 0, .count = 256, .width = 32, .bits = 2};

static void read_tq2_0(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block + 64);
    read_fields(parts->codes, block, tq2_0);
}
static void write_tq2_0(uint8_t *block, const loom_parts *parts) {
    copy_half(block + 64, parts->scales);
    write_bits(block, parts->codes, tq2_0);
}

/* ---- TQ1_0 ------------------------------------------------------------------------------
 *
 * A byte is a fraction of 256, whose digits to base 3 are codes: five, of which the last bytes use
 * four. Runs of 32, 16 and 4 bytes: their first digits, then their second ones, and so on.
 *
 * Five digits are 243 of the 256 bytes, four are 81. Of the bytes with the same digits one is
 * written, that of ggml's quantiser: so others come back as that one, which is the same weights. */
static const struct run {
    uint8_t first, bytes, digits, at;
} tq1_0_runs[] = {{0, 32, 5, 0}, {32, 16, 5, 160}, {48, 4, 4, 240}};

/* The digits of a run, whose numbers are constants where it is used: so its loops are vector code.
 */
static inline void read_digits(uint8_t *restrict codes, const uint8_t *restrict block,
                               struct run run) {
    uint8_t fractions[32];
    memcpy(fractions, block + run.first, run.bytes);
    for (unsigned digit = 0; digit < run.digits; digit++) {
        uint8_t *const to = codes + run.at + digit * run.bytes;
        for (unsigned i = 0; i < run.bytes; i++) {
            const unsigned product = fractions[i] * 3u;
            to[i] = (uint8_t)(product >> 8);
            fractions[i] = (uint8_t)product;
        }
    }
}

static void read_tq1_0(const loom_parts *parts, const uint8_t *block) {
    uint8_t codes[256];
    copy_half(parts->scales, block + 52);
    read_digits(codes, block, tq1_0_runs[0]);
    read_digits(codes, block, tq1_0_runs[1]);
    read_digits(codes, block, tq1_0_runs[2]);
    for (unsigned i = 0; i < 256; i += 8) {
        loom_store_bytes(parts->codes + i / 4, loom_join_fields(loom_load_bytes(codes + i), 2), 2);
    }
}
static void write_tq1_0(uint8_t *block, const loom_parts *parts) {
    copy_half(block + 52, parts->scales);
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned i = 0; i < tq1_0_runs[r].bytes; i++) {
            unsigned number = 0;
            for (unsigned digit = 0; digit < 5; digit++) {
                const unsigned at = tq1_0_runs[r].at + digit * tq1_0_runs[r].bytes + i;
                number = number * 3 + (digit < tq1_0_runs[r].digits ? parts->codes[at] : 0);
            }
            block[tq1_0_runs[r].first + i] = (uint8_t)((number * 256 + 242) / 243);
        }
    }
}

const struct block_codec codec_tq2_0 = {read_tq2_0, write_tq2_0};
const struct block_codec codec_tq1_0 = {read_tq1_0, write_tq1_0};
